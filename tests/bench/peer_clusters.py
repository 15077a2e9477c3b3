"""Three servers under another tool than pgcm, for tests/bench/peers: made in a temporary folder, and always removed.

Each tool is set up as its own manual says, with the shortest settings that it takes and that work. All servers have the
same postgresql.conf, with a wal_retrieve_retry_interval of 100 ms: with PostgreSQL's default of 5 s each promotion
after a crash would take that long. The clients log in as they do with pgcm (scram-sha-256), the tools' own sessions are
trusted. etcd and the monitor, of which there is one each, are left alone by everything that is measured.
"""
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg2

from cluster import HTTP, Node, living
from processes import processes_of, run, signal_all
from waiting import PATIENCE, Session, until

BIN = "/usr/lib/postgresql/15/bin"
OWNER = "postgres"
SETTINGS = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "shared_buffers": "16MB",
            "max_connections": "100", "max_wal_senders": "20", "max_replication_slots": "20", "wal_level": "replica",
            "wal_log_hints": "on", "wal_keep_size": "64MB", "hot_standby": "on", "wal_retrieve_retry_interval": "100ms",
            "log_min_messages": "log", "timezone": "UTC", "log_timezone": "UTC"}
ACCESS = ["host all client 127.0.0.0/8 scram-sha-256", "local all all trust", "local replication all trust",
          "host all all 127.0.0.0/8 trust", "host replication all 127.0.0.0/8 trust"]


def free_ports(count):
    """From $PLAYGROUND_PORTS as examples/playground takes it; below the range that the kernel gives to clients."""
    first, last = map(int, os.environ.get("PLAYGROUND_PORTS", "15000-31999").split("-"))
    held, dice = [], secrets.SystemRandom()
    try:
        for _ in range(20000):
            if len(held) == count:
                return [place.getsockname()[1] for place in held]
            place = socket.socket()
            try:
                place.bind(("127.0.0.1", dice.randint(first, last)))
                held.append(place)
            except OSError:
                place.close()
        raise AssertionError(f"no {count} free ports from {first} to {last}")
    finally:
        for place in held:
            place.close()


def executable(pid):
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)"))
    except OSError:
        return ""


class PeerNode(Node):
    """Its server is asked over TCP: not every tool can be told where the socket is."""

    @property
    def superuser(self):
        return {"host": self.host, "port": self.port, "user": "postgres", "dbname": "postgres"}

    def agents(self):
        return [pid for pid in processes_of(self.dir) if executable(pid) != "postgres"]

    def crash(self):
        self.cluster.note_shared_memory(self.postmaster())
        super().crash()


class PeerCluster:
    """What tests/live/cluster.py's Cluster is for pgcm, as far as the clients and the measures need it."""
    packages = programs = ()

    def __init__(self):
        self.base = self.dir = Path(tempfile.mkdtemp(prefix="pgcm-peers-"))
        self.base.chmod(0o755)
        self.owner, self.started, self.shared_memory = OWNER, [], set()
        user = pwd.getpwnam(OWNER)
        self.ids = user.pw_uid, user.pw_gid
        living.append(self)
        ports = free_ports(8)
        self.nodes = {}
        for number, name in enumerate(("p1", "p2", "p3")):
            facts = {"port": ports[number], "socket": "", "netns": "", "host": "127.0.0.1", "http": ""}
            self.nodes[name] = PeerNode(name, facts, self)
        self.extra_ports = ports[3:]
        for name in ("p1", "p2", "p3", "bin", "run", "other"):
            (self.dir / name).mkdir()
        for place in (self.base, *self.base.iterdir()):
            shutil.chown(place, OWNER, OWNER)
        self.make()

    def __iter__(self):
        return iter(self.nodes.values())

    def __getitem__(self, name):
        return self.nodes[name]

    # --- programs

    @property
    def environment(self):
        home = str(self.dir)
        return {"PATH": f"{home}/bin:{BIN}:/usr/bin:/bin", "HOME": home, "LC_ALL": "C.UTF-8", "XDG_RUNTIME_DIR": f"{home}/run",
                "XDG_CONFIG_HOME": f"{home}/config", "XDG_DATA_HOME": f"{home}/share", "TMPDIR": f"{home}/run"}

    def words(self, command):
        """As the servers' user, with nothing of the caller's environment."""
        environment = [f"{key}={value}" for key, value in self.environment.items()]
        return ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--init-groups", "env", "-i", *environment,
                *map(str, command)]

    def run(self, *command, seconds=PATIENCE):
        return run(*self.words(command), seconds=seconds).expect(0)

    def start(self, place, log, *command):
        """In the background, in a folder by which it is found again."""
        with open(self.dir / place / log, "ab") as out:
            os.fchown(out.fileno(), *self.ids)
            program = subprocess.Popen(self.words(command), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                       cwd=self.dir / place, start_new_session=True)
        self.started.append(program)
        return program

    def put(self, path, text, mode=0o600):
        path.write_text(text)
        path.chmod(mode)
        shutil.chown(path, OWNER, OWNER)
        return path

    def init_database(self, node, **more):
        self.run(f"{BIN}/initdb", "-D", node.data, "-U", "postgres", "-E", "UTF8", "--locale=C", "--auth=trust", "--no-sync")
        settings = {**SETTINGS, **more}
        lines = [f"{key} = '{value}'\n" for key, value in settings.items()]
        self.put(node.data / "postgresql.conf", "".join(lines))
        self.put(node.data / "pg_hba.conf", "\n".join(ACCESS) + "\n")

    # --- what is

    def roles(self):
        return {node.name: node.role() for node in self}

    def primaries(self):
        return [node for node in self if node.role() == "primary"]

    def primary(self):
        found = self.primaries()
        return found[0] if len(found) == 1 else None

    def healthy(self, seconds=PATIENCE):
        """Waits until two standbys stream from the one primary, and the tool itself says that all is well."""
        def is_healthy():
            primary = self.primary()
            streaming = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
            try:
                return primary if primary and primary.value(streaming) == 2 and self.is_ready() else None
            except (psycopg2.Error, TimeoutError, OSError, ValueError):
                return None
        return until(lambda: f"a healthy cluster: {self.roles()}", is_healthy, seconds)

    def kill_agents(self, node):
        signal_all(node.agents(), signal.SIGKILL)

    # --- the end

    def note_shared_memory(self, pid):
        """What a server that is killed leaves in the kernel."""
        try:
            maps = Path(f"/proc/{pid}/maps").read_text()
        except OSError:
            return
        self.shared_memory |= {("file", path) for path in re.findall(r"/dev/shm/PostgreSQL\.\d+", maps)}
        self.shared_memory |= {("segment", number) for number in re.findall(r" (\d+) +/SYSV", maps)}

    def show(self):
        """For a trial that did not come to its end."""
        print(f"--- {self.dir}: {self.roles()}", flush=True)
        for log in sorted([*self.dir.glob("*/*.log")]):
            print(f"--- {log}", *log.read_text(errors="replace").splitlines()[-25:], sep="\n", flush=True)

    def remove(self):
        """Agents first, so that nobody starts a server again; the servers as they clean up best; then what is left."""
        if self not in living:
            return
        all_of_it = processes_of(self.base)
        signal_all([pid for pid in all_of_it if executable(pid) != "postgres"], signal.SIGKILL)
        signal_all(all_of_it, signal.SIGCONT)
        for place in self.base.iterdir():
            pid = _postmaster(place / "data")
            if pid:
                self.note_shared_memory(pid)
                signal_all([pid], signal.SIGQUIT)
        _wait_none(self.base, 3)
        for _ in range(20):
            signal_all(processes_of(self.base), signal.SIGKILL)
            if _wait_none(self.base, 0.5):
                break
        for program in self.started:
            program.wait(PATIENCE)
        for kind, name in self.shared_memory:
            if kind == "file":
                Path(name).unlink(missing_ok=True)
            else:
                subprocess.run(["ipcrm", "-m", name], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(self.base, ignore_errors=True)
        living.remove(self)
        assert not processes_of(self.base) and not self.base.exists(), f"left: {processes_of(self.base)} {self.base}"


def _postmaster(data):
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n")[0])
        return pid if executable(pid) == "postgres" and os.readlink(f"/proc/{pid}/cwd") == str(data) else None
    except (OSError, ValueError):
        return None


def _wait_none(directory, seconds):
    try:
        return until("the end", lambda: not processes_of(directory), seconds)
    except AssertionError:
        return False


class Repmgr(PeerCluster):
    """repmgrd looks once a second, the least there is, and takes one failed look for a failure."""
    programs = ("/usr/bin/repmgr", f"{BIN}/repmgrd")

    def make(self):
        # A switchover runs commands on the other nodes through ssh. They stand on this machine.
        self.put(self.dir / "bin/ssh", '#!/bin/sh\nwhile :; do\n  case $1 in\n    -o) shift 2 ;;\n    -*) shift ;;\n'
                                       '    *) break ;;\n  esac\ndone\nshift\nexec /bin/sh -c "$*"\n', 0o755)
        first, *others = self
        for number, node in enumerate(self, 1):
            self.put(node.dir / "repmgr.conf", self.configuration(number, node))
        self.init_database(first, shared_preload_libraries="repmgr")
        self.start_server(first)
        first.sql("CREATE ROLE repmgr SUPERUSER LOGIN")
        first.sql("CREATE DATABASE repmgr OWNER repmgr", 30)
        self.repmgr(first, "primary", "register")
        for node in others:
            self.repmgr(node, "-h", first.host, "-p", first.port, "-U", "repmgr", "-d", "repmgr",
                        "standby", "clone", "--fast-checkpoint")
            self.start_server(node)
            self.repmgr(node, "standby", "register", "--wait-sync=30")
        for node in self:
            self.start(node.name, "repmgrd.log", f"{BIN}/repmgrd", "-f", node.dir / "repmgr.conf", "--daemonize=false")

    def configuration(self, number, node):
        repmgr, conf = "/usr/bin/repmgr", node.dir / "repmgr.conf"
        control = f"{BIN}/pg_ctl -D {node.data}"
        start = f'-w -l {node.dir}/server.log -o "-p {node.port}"'
        return "".join(f"{key}='{value}'\n" for key, value in {
            "node_id": number, "node_name": node.name, "data_directory": node.data, "pg_bindir": BIN,
            "conninfo": f"host={node.host} port={node.port} user=repmgr dbname=repmgr connect_timeout=2",
            "use_replication_slots": "true", "failover": "automatic", "repmgrd_pid_file": f"{node.dir}/repmgrd.pid",
            "promote_command": f"{repmgr} standby promote -f {conf}",
            "follow_command": f"{repmgr} standby follow -f {conf} --upstream-node-id=%n",
            "service_start_command": f"{control} {start} start", "service_restart_command": f"{control} {start} restart",
            "service_stop_command": f"{control} -m fast -w stop", "service_reload_command": f"{control} reload",
            "service_promote_command": f"{control} promote", "monitor_interval_secs": 1, "reconnect_attempts": 1,
            "reconnect_interval": 1, "promote_check_interval": 1}.items())

    def repmgr(self, node, *words):
        return self.run("/usr/bin/repmgr", "-f", node.dir / "repmgr.conf", *words)

    def start_server(self, node):
        self.start(node.name, "server.log", f"{BIN}/postgres", "-D", node.data, "-p", node.port)
        until(lambda: f"{node.name} answers: {node.role()}", lambda: node.role() in ("primary", "standby"))

    def is_ready(self):
        return all("monitoring" in (node.dir / "repmgrd.log").read_text(errors="replace") for node in self)

    def switch_over(self, old):
        new = next(node for node in self if node is not old)
        before = set(Path("/tmp").glob("node-rejoin.*.log"))  # the command leaves one there
        try:
            self.repmgr(new, "standby", "switchover", "--siblings-follow")
        finally:
            for left in set(Path("/tmp").glob("node-rejoin.*.log")) - before:
                left.unlink()


class Patroni(PeerCluster):
    """ttl, loop_wait and retry_timeout at the least that Patroni takes; etcd with one member."""
    programs = ("/usr/bin/patroni", "/usr/bin/patronictl", "/usr/bin/etcd")

    def make(self):
        self.etcd, peer = (f"127.0.0.1:{port}" for port in self.extra_ports[:2])
        self.start("other", "etcd.log", "/usr/bin/etcd", "--name=e1", f"--data-dir={self.dir}/other/etcd",
                   f"--listen-client-urls=http://{self.etcd}", f"--advertise-client-urls=http://{self.etcd}",
                   f"--listen-peer-urls=http://{peer}", f"--initial-advertise-peer-urls=http://{peer}",
                   f"--initial-cluster=e1=http://{peer}")
        until("etcd answers", self.etcd_answers)
        self.rest = dict(zip(self.nodes, self.extra_ports[2:]))
        password = secrets.token_hex(16)
        for node in self:
            self.put(node.dir / "patroni.yml", json.dumps(self.configuration(node, password)))
        for node in self:
            self.start(node.name, "patroni.log", "/usr/bin/python3", "/usr/bin/patroni", node.dir / "patroni.yml")
            until(lambda: f"{node.name} answers: {node.role()}", lambda: node.role() in ("primary", "standby"))

    def configuration(self, node, password):
        rest = f"127.0.0.1:{self.rest[node.name]}"
        dynamic = {"ttl": 20, "loop_wait": 1, "retry_timeout": 3,
                   "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": SETTINGS}}
        return {"scope": "peers", "name": node.name, "restapi": {"listen": rest, "connect_address": rest},
                "etcd3": {"host": self.etcd}, "watchdog": {"mode": "off"},
                "bootstrap": {"dcs": dynamic, "initdb": [{"encoding": "UTF8"}, {"locale": "C"}]},
                "postgresql": {
                    "listen": f"{node.host}:{node.port}", "connect_address": f"{node.host}:{node.port}",
                    "data_dir": str(node.data), "bin_dir": BIN, "pgpass": f"{node.dir}/pgpass", "pg_hba": ACCESS,
                    "parameters": {"unix_socket_directories": ""},
                    "authentication": {"superuser": {"username": "postgres", "password": password},
                                       "replication": {"username": "replicator", "password": password}}}}

    def etcd_answers(self):
        try:
            with HTTP.open(f"http://{self.etcd}/health", timeout=2) as answer:
                return json.load(answer)["health"] == "true"
        except (OSError, ValueError):
            return False

    def is_ready(self):
        with HTTP.open(f"http://127.0.0.1:{self.rest['p1']}/cluster", timeout=2) as answer:
            members = json.load(answer)["members"]
        return sorted(member["role"] for member in members) == ["leader", "replica", "replica"] and \
            all(member["state"] in ("running", "streaming") for member in members)

    def switch_over(self, old):
        new = next(node for node in self if node is not old)
        self.run("/usr/bin/python3", "/usr/bin/patronictl", "-c", old.dir / "patroni.yml", "switchover", "peers",
                 "--leader", old.name, "--candidate", new.name, "--force")


class PgAutoFailover(PeerCluster):
    """Keepers report once a second: the monitor takes two reports that are missing for a failure."""
    programs = ("/usr/bin/pg_autoctl",)
    monitor_settings = {"health_check_period": 500, "health_check_timeout": 500, "health_check_max_retries": 1,
                        "health_check_retry_delay": 100, "node_considered_unhealthy_timeout": 2000,
                        "primary_demote_timeout": 1000, "startup_grace_period": 1000}

    @property
    def environment(self):
        return {**super().environment, "PGHOST": "127.0.0.1"}  # of the monitor, which pg_autoctl asks through a socket else

    def make(self):
        self.monitor_port = self.extra_ports[0]
        common = ["--pgctl", f"{BIN}/pg_ctl", "--hostname", "127.0.0.1", "--auth", "trust", "--no-ssl"]
        data = self.dir / "other/data"
        self.run("/usr/bin/pg_autoctl", "create", "monitor", "--pgdata", data, "--pgport", self.monitor_port, *common)
        with open(data / "postgresql.conf", "a") as conf:
            conf.write(f"unix_socket_directories = ''\nshared_buffers = '16MB'\n")
        self.run("/usr/bin/pg_autoctl", "config", "set", "--pgdata", data, "postgresql.listen_addresses", "127.0.0.1")
        self.start("other", "monitor.log", "/usr/bin/pg_autoctl", "run", "--pgdata", data)
        until("the monitor answers", self.monitor_answers)
        for key, value in self.monitor_settings.items():
            self.monitor(f"ALTER SYSTEM SET pgautofailover.{key} = {value}")
        self.monitor("SELECT pg_reload_conf()")
        uri = f"postgres://autoctl_node@127.0.0.1:{self.monitor_port}/pg_auto_failover?sslmode=disable"
        self.init_database(self["p1"])
        for node in self:
            self.run("/usr/bin/pg_autoctl", "create", "postgres", "--pgdata", node.data, "--pgport", node.port, "--pghost",
                     node.host, "--listen", node.host, "--name", node.name, "--monitor", uri, *common)
            self.start(node.name, "keeper.log", "/usr/bin/pg_autoctl", "run", "--pgdata", node.data)

    def monitor(self, text):
        with Session({"host": "127.0.0.1", "port": self.monitor_port, "user": "postgres", "dbname": "pg_auto_failover"}) as session:
            return session.run(text)

    def monitor_answers(self):
        try:
            return self.monitor("SELECT 1")
        except (psycopg2.Error, TimeoutError):
            return False

    def is_ready(self):
        states = self.monitor("SELECT reportedstate::text, goalstate::text, health FROM pgautofailover.node ORDER BY 1")
        return states == [("primary", "primary", 1), ("secondary", "secondary", 1), ("secondary", "secondary", 1)]

    def switch_over(self, _):
        self.run("/usr/bin/pg_autoctl", "perform", "switchover", "--pgdata", self.dir / "other/data")
