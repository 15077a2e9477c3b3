"""Clusters for live tests: made by examples/playground, watched by pgcm, asked by SQL, and always removed."""
import atexit
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import psycopg2

from processes import end_running, processes_of, run, signal_all
from waiting import PATIENCE, Session, until

SOURCE = Path(__file__).resolve().parents[2]
PLAYGROUND = SOURCE / "examples" / "playground"
PGCM = os.environ.get("PGCM") or str(SOURCE / "build" / "release" / "pgcm")
SERVER = os.environ.get("PGCM_TEST_BIN")  # the bin_dir of the PostgreSQL to test with; without it the newest of Debian's

HTTP = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy stands between

# Short, so that a failover is over soon.
TIMING = {
    "timing.scan_period": '"250ms"',
    "timing.probe_timeout": '"500ms"',
    "timing.failover_after": '"1s"',
    "timing.conflict_after": '"2s"',
    "timing.follow_check_after": '"10s"',
    "sync.degrade_after": '"2s"',
}
# Under a lease the playground itself says the shortest timings that are legal.
LEASE_TIMING = {key: TIMING[key]
                for key in ("timing.conflict_after", "timing.follow_check_after", "sync.degrade_after")}
# For tests of what others see of a lease: its own timing is not their matter, and a busy machine must not end it.
CALM_LEASE = {"timing.scan_period": '"500ms"', "timing.probe_timeout": '"1s"', "lease.ttl": '"6s"',
              "lease.fence_margin": '"2s"'}


class Server:
    """A PostgreSQL server, in a network of its own where the cluster is partitionable."""

    def __init__(self, name, facts, cluster):
        self.name, self.cluster = name, cluster
        self.dir = cluster.dir / name
        self.data, self.server_log = self.dir / "data", self.dir / "server.log"
        self.port, self.socket = int(facts["port"]), facts["socket"]
        self.netns, self.host = facts["netns"], facts["host"]

    @property
    def superuser(self):
        return {"host": self.socket, "port": self.port, "user": "postgres", "dbname": "postgres"}

    def sql(self, text, seconds=5.0):
        with Session(self.superuser, seconds) as session:
            return session.run(text, seconds)

    def value(self, text, seconds=5.0):
        return self.sql(text, seconds)[0][0]

    def role(self):
        """"primary", "standby", or why it is not known."""
        try:
            return "standby" if self.value("SELECT pg_is_in_recovery()", 2.0) else "primary"
        except (psycopg2.Error, TimeoutError) as error:
            return f"unknown: {error}".strip()

    def timeline(self):
        """Of the WAL that a primary writes; pg_control_checkpoint() would lag behind a promotion."""
        return int(self.value("SELECT pg_walfile_name(pg_current_wal_lsn())")[:8], 16)

    def postmaster(self):
        """Its pid, or None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            alive = os.path.realpath(f"/proc/{pid}/cwd") == os.path.realpath(self.data)
            return pid if alive and "/postgres" in os.readlink(f"/proc/{pid}/exe") else None
        except (OSError, ValueError):
            return None

    def server_processes(self):
        return sorted(pid for pid in processes_of(self.data) if _works_in(pid, self.data))

    def postmasters(self):
        """The pids of all that the logs tell of."""
        logs = (self.server_log, self.dir / "state" / "server.log")
        return {int(pid) for log in logs for pid in re.findall(r"\[(\d+)\].* LOG:  starting PostgreSQL", _text(log))}

    def crash(self):
        """kill -9 to the postmaster."""
        pid = self.postmaster()
        assert pid, f"{self.name} does not run"
        os.kill(pid, signal.SIGKILL)
        until(f"the end of {self.name}'s postmaster", lambda: self.postmaster() != pid)

    def freeze(self):
        self.frozen = [self.postmaster()]  # first, so that it makes no more children
        signal_all(self.frozen, signal.SIGSTOP)
        children = [pid for pid in self.server_processes() if pid not in self.frozen]
        signal_all(children, signal.SIGSTOP)
        self.frozen += children

    def thaw(self):
        signal_all(reversed(self.frozen), signal.SIGCONT)

    def in_network(self, *command):
        """A command line that runs in this place's network."""
        return [*(["nsenter", f"--net=/run/netns/{self.netns}"] if self.netns else []), *command]


class Node(Server):
    """A server of the cluster, with its agent."""

    def __init__(self, name, facts, cluster):
        super().__init__(name, facts, cluster)
        self.toml, self.state, self.agent_log = self.dir / "pgcm.toml", self.dir / "state", self.dir / "agent.log"
        self.http = facts["http"]
        self.agent = None       # Popen
        self.logged_before = 0  # length of the agent's log when the present agent began

    def freeze_host(self):
        """Every process of the node: server, agent and guard. Once more until there is no new one."""
        self.stopped = []
        while found := [pid for pid in processes_of(self.dir) if pid not in self.stopped]:
            signal_all(found, signal.SIGSTOP)
            self.stopped += found

    def thaw_host(self, condition=lambda: True):
        """The server first: dangerous is the moment in which it runs and its agent does not yet."""
        server = self.server_processes()
        signal_all(server, signal.SIGCONT)
        until(f"the server of {self.name} is thawed", condition)
        signal_all([pid for pid in self.stopped if pid not in server], signal.SIGCONT)

    def log(self, everything=False):
        """What the agent said, without the turns that it prints beside."""
        try:
            text = self.agent_log.read_bytes()[0 if everything else self.logged_before:].decode(errors="replace")
        except FileNotFoundError:
            return ""
        return "".join(line for line in text.splitlines(True) if not line.startswith("{"))

    def turns(self):
        """What the present agent printed: one object a turn in which something changed."""
        text = self.agent_log.read_bytes()[self.logged_before:].decode(errors="replace")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{") and line.endswith("}")]

    def get(self, path, address=None):
        """What the agent answers over HTTP: (status, document)."""
        try:
            with HTTP.open(f"http://{address or self.http}{path}", timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def cut_a_swap_short(self, to):
        """What a kill between the two renames of a clone's swap leaves; the server is down."""
        subprocess.run(["cp", "-a", self.data, self.dir / "data.pgcm-ready"], check=True)
        self.data.rename(self.dir / "data.pgcm-old-20260101T000000Z")
        document = {"schema": "pgcm.operation/1", "operation": "rejoin", "to": to.name, "step": "swap",
                    "method": "basebackup", "started": "2026-01-01T00:00:00.000Z", "attempts": 1, "why": "a test"}
        (self.state / "operation.json").write_text(json.dumps(document))

    def operation(self):
        """The step of the operation that is on disk, as (operation, step), or None."""
        try:
            document = json.loads((self.state / "operation.json").read_text())
            return document["operation"], document["step"]
        except (FileNotFoundError, ValueError):
            return None


def _works_in(pid, directory):
    try:
        return os.path.realpath(f"/proc/{pid}/cwd") == os.path.realpath(directory)
    except OSError:
        return False


living = []


class Cluster:
    def __init__(self, nodes=3, sync=True, toml=None, sets=None, partitionable=False, folder="cluster", lease=False,
                 witnesses=0):
        self.base = Path(tempfile.mkdtemp(prefix="pgcm-live-"))
        self.base.chmod(0o755)
        self.dir = self.base / folder
        self.nodes, self.witnesses, self.lease = {}, {}, lease
        living.append(self)
        words = ["up", "--nodes", nodes, "--witnesses", witnesses]
        words += ["--sync"] * sync + ["--partitionable"] * partitionable + ["--lease"] * lease
        words += ["--bin-dir", SERVER] if SERVER else []
        for key, value in {**(LEASE_TIMING if lease else TIMING), **(toml or {})}.items():
            words += ["--toml", f"{key}={value}"]
        for key, value in (sets or {}).items():
            words += ["--set", f"{key}={value}"]
        self.playground(*words).expect(0)
        facts = {}
        for word in shlex.split(self.playground("env").expect(0).out):
            key, _, value = word.partition("=")
            facts[key] = value
        self.owner, self.bin_dir = facts["playground_owner"], facts["playground_bin_dir"]
        for name in facts["playground_nodes"].split():
            mine = {key: facts[f"{name}_{key}"] for key in ("port", "socket", "http", "netns", "host")}
            self.nodes[name] = Node(name, mine, self)
        for name in facts["playground_witnesses"].split():
            mine = {key: facts[f"{name}_{key}"] for key in ("port", "socket", "netns", "host")}
            self.witnesses[name] = Server(name, mine, self)
        self.first_toml = {name: node.toml.read_text() for name, node in self.nodes.items()}
        self.settings = {}
        self.agents = PGCM, {}  # the program that is the agents', and what its environment has besides

    @property
    def version(self):
        """Of the servers: 12 to 18."""
        return int((self["p1"].data / "PG_VERSION").read_text())

    def has_program(self, name):
        """Whether the servers' packages brought it; pg_rewind is rare."""
        return os.access(f"{self.bin_dir}/{name}", os.X_OK)

    def __getitem__(self, name):
        return self.nodes.get(name) or self.witnesses[name]

    def __iter__(self):
        return iter(self.nodes.values())

    def playground(self, verb, *words):
        return run(PLAYGROUND, verb, "--dir", self.dir, *words, seconds=180)

    def pgcm(self, node, *words, **how):
        """pgcm on the host of a node."""
        return run(*node.in_network(PGCM, words[0], "-c", node.toml, *words[1:]), **how)

    def status(self, node=None):
        return self.pgcm(node or self["p1"], "status", "--json").json

    def as_owner(self, *command):
        """A program of the server, as the servers' user."""
        become = ["setpriv", f"--reuid={self.owner}", f"--regid={self.owner}", "--init-groups"]
        return run(*become * (os.geteuid() == 0), f"{self.bin_dir}/{command[0]}", *command[1:]).expect(0)

    def read_upstream_again(self, standby):
        """After ALTER SYSTEM SET primary_conninfo; before 13 only a start reads it."""
        if self.version >= 13:
            standby.sql("SELECT pg_reload_conf()")
        else:
            self.as_owner("pg_ctl", "restart", "-w", "-D", standby.data, "-l", standby.dir / "server.log")

    # --- configuration

    def configure(self, settings, nodes=None):
        """Sets keys of pgcm.toml, as SECTION.KEY: raw TOML."""
        for node in nodes or self:
            text = node.toml.read_text()
            for key, raw in settings.items():
                text = set_key(text, key, raw)
            node.toml.write_text(text)

    def reset_configuration(self):
        for name, text in self.first_toml.items():
            self[name].toml.write_text(text)

    # --- agents and servers

    def start_agents(self, *nodes):
        program, environment = self.agents
        for node in nodes or self:
            assert node.agent is None, f"the agent of {node.name} runs already"
            node.logged_before = node.agent_log.stat().st_size if node.agent_log.exists() else 0
            with open(node.agent_log, "ab") as log:
                node.agent = subprocess.Popen(node.in_network(program, "watch", "-c", str(node.toml)),
                                              env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=log,
                                              stderr=log, start_new_session=True)
            (node.dir / "agent.pid").write_text(f"{node.agent.pid}\n")
        for node in nodes or self:
            until(lambda: f"the agent of {node.name} begins\n{node.log()}",
                  lambda: "pgcm begins" in node.log() or node.agent.poll() is not None)
            if node.agent.poll() is not None:
                raise AssertionError(f"the agent of {node.name} ended with {node.agent.poll()}\n{node.log()}")

    def end_agents(self, *nodes, number=signal.SIGTERM):
        """Returns the exit codes."""
        nodes = [node for node in nodes or self if node.agent is not None]
        for node in nodes:
            node.agent.send_signal(number)
        codes = []
        for node in nodes:
            codes.append(node.agent.wait(timeout=PATIENCE))
            node.agent = None
        return codes

    def kill_agents(self, *nodes):
        return self.end_agents(*nodes, number=signal.SIGKILL)

    def stop_server(self, node):
        self.playground("stop", node.name).expect(0)

    def start_server(self, node):
        self.playground("start", node.name).expect(0)

    # --- what is

    def roles(self):
        return {node.name: node.role() for node in self}

    def primary(self):
        """The only one, or None."""
        names = [name for name, role in self.roles().items() if role == "primary"]
        return self[names[0]] if len(names) == 1 else None

    def wait_primary(self, *others_than, seconds=PATIENCE):
        """The only primary, once it is another node than these."""
        def other():
            found = self.primary()
            return found if found is not None and found not in others_than else None
        names = [node.name for node in others_than]
        return until(lambda: f"a primary other than {names}: {self.roles()}", other, seconds)

    def streaming(self, primary):
        """The names under which standbys stream from a node."""
        rows = primary.sql("SELECT application_name FROM pg_stat_replication WHERE state = 'streaming'")
        return sorted(row[0] for row in rows)

    def healthy(self, seconds=PATIENCE):
        """Waits until PostgreSQL itself and pgcm say so; returns the primary."""
        seen = []

        def is_healthy():
            seen[:] = [self.roles()]
            primary = self.primary()
            if primary is None or list(seen[0].values()).count("standby") != len(self.nodes) - 1:
                return None
            seen.append(self.streaming(primary))
            if seen[1] != sorted(node.name for node in self if node is not primary):
                return None
            status = self.pgcm(self["p1"], "status", "--json")
            seen.append(status)
            return primary if status.code == 0 and status.json["primary"] == primary.name else None

        def why_not():
            ends = [f"{node.name}:\n" + "\n".join(node.log().splitlines()[-40:]) for node in self]
            return "\n".join(["a healthy cluster: " + ", ".join(map(str, seen)), *ends])
        return until(why_not, is_healthy, seconds)

    def is_well(self):
        """Whether PostgreSQL itself says so, now."""
        primary = self.primary()
        others = sorted(node.name for node in self if node is not primary)
        return primary is not None and self.streaming(primary) == others

    def settle(self, **settings):
        """All servers and agents run with these settings (SECTION__KEY="raw TOML"), and the cluster is healthy."""
        settings = {key.replace("__", "."): raw for key, raw in settings.items()}
        if settings != self.settings:
            self.end_agents()
            self.reset_configuration()
            self.configure(settings)
            self.settings = settings
        idle = [node for node in self if node.agent is None]
        if idle:
            self.start_agents(*idle)
        primary = self.healthy()
        # What they publish, and what others see of them, is there from their first turn on.
        until(lambda: f"a turn of each agent\n{[node.log() for node in idle]}",
              lambda: all(" reason: " in node.log() for node in idle))
        return primary

    # --- the end

    def show(self):
        """For a test that failed."""
        print(f"\n--- roles: {self.roles()}", flush=True)
        for node in self:
            for name, text in (("agent.log", node.log(everything=True)), ("server.log", _text(node.server_log)),
                               ("state/server.log", _text(node.state / "server.log"))):
                print(f"--- {node.name}/{name}", *text.splitlines()[-40:], sep="\n", flush=True)
            if node.agent is not None and node.agent.poll() is not None:
                print(f"--- the agent of {node.name} has ended with {node.agent.poll()}", flush=True)
        processes = [f"{pid} {line}" for pid, line in processes_of(self.base).items()]
        print("--- processes", *processes, sep="\n", flush=True)

    def remove(self):
        """Removes it all; an AssertionError when something is left."""
        if self not in living:
            return
        for node in self:
            if node.agent is not None:
                node.agent.kill()
                node.agent.wait()  # its guard ends with "down"
        places = [*self, *self.witnesses.values()]
        makers = {pid for place in places for pid in place.postmasters()}
        down = self.playground("down")
        mark = [place.netns for place in places if place.netns]
        until(lambda: f"no process is left: {processes_of(self.base)}", lambda: not processes_of(self.base), 10)
        shutil.rmtree(self.base, ignore_errors=True)
        living.remove(self)
        spaces = [name for name in mark if os.path.exists(f"/run/netns/{name}")]
        sockets = [place.socket for place in places if os.path.exists(place.socket)]
        left = [self.base] if self.base.exists() else []
        left += [f"shared memory of pid {pid}" for pid in makers & unused_segments()]
        assert down.code == 0 and not spaces and not sockets and not left, f"left: {spaces} {sockets} {left}\n{down}"


def unused_segments():
    """The makers of those pieces of shared memory that no process has any more."""
    rows = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
    return {int(maker) for _, _, _, _, maker, _, users, *_ in rows if users == "0"}


def _text(path):
    try:
        return path.read_text(errors="replace")
    except FileNotFoundError:
        return ""


def set_key(text, key, raw):
    """A TOML text with one key changed or added."""
    section, _, name = key.rpartition(".")
    lines = text.splitlines()
    if f"[{section}]" not in lines:
        lines += ["", f"[{section}]"]
    at = lines.index(f"[{section}]") + 1
    end = at
    while end < len(lines) and not lines[end].startswith("["):
        if re.match(rf"{re.escape(name)}\s*=", lines[end]):
            lines[end] = f"{name} = {raw}"
            return "\n".join(lines) + "\n"
        end += 1
    lines.insert(at, f"{name} = {raw}")
    return "\n".join(lines) + "\n"


def _remove_all(tell=False):
    for cluster in reversed(living[:]):  # what one stands on comes later
        try:
            if tell:
                cluster.show()
            cluster.remove()
        except Exception as error:  # on the way out nothing may keep the others from being removed
            print(f"cluster.py: {cluster.base}: {error}", flush=True)


def _ended_from_outside(number, _):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print(f"cluster.py: ended by {signal.Signals(number).name}", flush=True)
    end_running()
    _remove_all(tell=number == signal.SIGALRM)
    os._exit(128 + number)


def guard(seconds):
    """Whatever happens, the clusters are removed; after so many seconds as well."""
    atexit.register(_remove_all)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, _ended_from_outside)
    signal.alarm(seconds)
