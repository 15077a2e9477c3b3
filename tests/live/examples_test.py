#!/usr/bin/python3
"""Examples on real clusters: an agent made of a shell script, of a timer, of cron; and keepalived. Needs root."""
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

from cluster import PGCM, SOURCE
from processes import run
from scenario import Scenario, main
from waiting import PATIENCE, Session, until
from writer import Writer

EXAMPLES = SOURCE / "examples"
BUILD = Path(os.environ.get("PGCM_BUILD") or Path(PGCM).parent)


class Pieces(Scenario):
    """No agent runs: what decides is called again and again by something else."""

    options = {"nodes": 2, "sync": False}

    def setUp(self):
        super().setUp()
        self.cluster.end_agents()
        self.path = self.cluster.base / "bin"
        self.path.mkdir(exist_ok=True)
        if not (self.path / "pgcm").exists():
            (self.path / "pgcm").symlink_to(PGCM)

    def both(self):
        primary = until("a primary", self.cluster.primary)
        return primary, next(node for node in self.cluster if node is not primary)

    def compose(self, node, **environment):
        """One turn of compose.sh on a node's host, as cron runs it."""
        environment = {"PATH": f"{self.path}:/usr/bin:/bin", "PGCM_CONFIG": str(node.toml), **environment}
        return run(EXAMPLES / "shell" / "compose.sh", environment=environment)

    def lost(self, old, turn):
        """The primary is gone; `turn` is taken on the standby's host until that one leads, and clients write again."""
        _, standby = self.both()
        timeline = old.timeline()
        with Writer(self.cluster) as writer:
            writer.wait_rows(10)
            # So that none is lost: the commits are not waited for here.
            until("all rows on the standby", lambda: writer.rows[-1:] and writer.lost(standby) == [])
            old.crash()
            until(lambda: f"a promotion: {turn(standby)}", lambda: turn(standby).code == 0 and standby.role() == "primary")
            writer.wait_rows(10, standby)
        self.assert_promoted_once(standby, timeline)
        return standby

    def back_again(self, old, new):
        """By pgcm, as the script leaves that to a person."""
        self.cluster.pgcm(old, "demote", "--yes", "--to", new.name).expect(0)
        until(lambda: f"{old.name} streams: {self.cluster.roles()}", self.cluster.is_well)

    def test_compose(self):
        primary, standby = self.both()
        for node in (primary, standby):
            self.assertEqual(self.compose(node).code, 0)
        self.assertIs(self.cluster.primary(), primary)
        # A standby that follows nobody is pointed at the primary.
        standby.sql("ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=1'")
        standby.sql("SELECT pg_reload_conf()")
        until("no stream", lambda: self.cluster.streaming(primary) == [])
        self.compose(standby).expect(0)
        until("a stream", self.cluster.is_well)

        stamp = standby.state / "compose.since"
        new = self.lost(primary, lambda node: self.compose(node, FAILOVER_AFTER="1"))
        self.assertIs(new, standby)
        self.assertTrue(stamp.exists(), "since when there was no primary")
        self.compose(new).expect(0)
        self.assertFalse(stamp.exists())
        self.assertEqual(self.compose(primary).code, 1)  # its server is down: for a person
        self.back_again(primary, new)
        self.assertEqual([self.compose(node).code for node in self.cluster], [0, 0])

    def test_the_timer_runs_one_turn_after_the_other(self):
        """The ExecStart of pgcm-check.service as `cmake --install` writes it, with the configuration where it is looked for."""
        prefix = self.cluster.base / "installed"
        run("cmake", "--install", BUILD, "--prefix", prefix).expect(0)
        units = [prefix / "lib/systemd/system" / name for name in ("pgcm-check.service", "pgcm-check.timer")]
        verified = run("systemd-analyze", "verify", "--man=no", *units).expect(0)
        self.assertEqual(verified.out + verified.err, "")
        line, = re.findall(r"^ExecStart=(.*)$", units[0].read_text(), re.M)
        self.assertIn(str(prefix), line)
        user, = re.findall(r"^User=(.*)$", units[0].read_text(), re.M)
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]

        def turn(node):
            home = self.cluster.base / f"etc.{node.name}"
            (home / "pgcm").mkdir(parents=True, exist_ok=True)
            shutil.copy(node.toml, home / "pgcm" / "pgcm.toml")
            for path in (node.toml.parent, node.state, home, home / "pgcm", home / "pgcm" / "pgcm.toml"):
                shutil.chown(path, user)
            return run(*become, *shlex.split(line), environment={"XDG_CONFIG_HOME": str(home)})

        primary, standby = self.both()
        self.assertEqual([turn(node).code for node in (primary, standby)], [0, 0])
        self.assertEqual(turn(primary).lines[-1]["schema"], "pgcm.turn/1")
        new = self.lost(primary, turn)
        # A turn rebuilds the former primary, too.
        until(f"{primary.name} streams", lambda: turn(primary).code == 0 and self.cluster.is_well())
        self.assertIs(new, standby)

    def test_the_line_of_cron(self):
        line = next(line for line in (EXAMPLES / "shell/cron").read_text().splitlines() if line.startswith("*/5"))
        command = line.split(None, 6)[6]
        primary, standby = self.both()
        environment = {"PATH": f"{self.path}:/usr/bin:/bin", "PGCM_CONFIG": str(primary.toml)}
        self.assertEqual(run("sh", "-c", command, environment=environment).expect(0).out, "")
        self.cluster.stop_server(standby)
        said = run("sh", "-c", command, environment=environment).out
        self.assertRegex(said, rf"^PGCM WARNING - cluster: degraded, primary {primary.name}, 0 standbys streaming; .*\n$")
        self.cluster.start_server(standby)
        until("a stream", self.cluster.is_well)


class Keepalived(Scenario):
    """examples/checks/keepalived.conf by Debian's keepalived, one beside each server, on a network of their own."""

    options = {"nodes": 2, "partitionable": True, "sync": False, "sets": {"listen_addresses": "*"}}
    address = "10.77.0.200"

    def configuration(self, node):
        text = (EXAMPLES / "checks/keepalived.conf").read_text()
        check = f"{EXAMPLES}/checks/primary-here -c {node.toml}"
        for theirs, ours in (("/usr/share/doc/pgcm/examples/checks/primary-here", check),
                             ("user postgres", f"user {self.cluster.owner}"), ("10.0.0.9/24", f"{self.address}/24")):
            self.assertIn(theirs, text)
            text = text.replace(theirs, ours)
        path = node.dir / "keepalived.conf"
        path.write_text(text)
        return path

    def keepalived(self, node):
        """Started in the node's network, and ended with the test."""
        config = self.configuration(node)
        pids = [f"--{name}={node.dir}/keepalived.{name}" for name in ("pid", "vrrp_pid", "checkers_pid", "bfd_pid")]
        with open(node.dir / "keepalived.log", "wb") as log:
            program = subprocess.Popen(
                node.in_network("keepalived", "--dont-fork", "--log-console", "--no-syslog", "--vrrp", "-f", str(config), *pids),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, "PGCM": PGCM})

        def end():
            program.terminate()
            program.wait(PATIENCE)
        self.addCleanup(end)

    def has_address(self, node):
        told = run(*node.in_network("ip", "-o", "address", "show", "dev", "eth0")).expect(0).out
        return f" {self.address}/" in told

    def holders(self):
        return [node.name for node in self.cluster if self.has_address(node)]

    def logs(self):
        return "".join(f"{node.name}:\n{(node.dir / 'keepalived.log').read_text()}" for node in self.cluster)

    def behind(self):
        """The server that a client outside of all hosts finds behind the address."""
        outside = self.cluster["p1"].netns.rpartition("-")[0] + "-outside"
        environment = {"PGPASSFILE": str(self.cluster.dir / "passfile"), "PGCONNECT_TIMEOUT": "2"}
        dsn = f"host={self.address} port={self.cluster['p1'].port} user=pgcm dbname=postgres"
        asked = run("nsenter", f"--net=/run/netns/{outside}", "psql", "-XAtq", "-d", dsn, "-c",
                    "SELECT current_setting('data_directory') WHERE NOT pg_is_in_recovery()", environment=environment)
        return asked.out.strip()

    def test_the_address_follows_the_primary(self):
        primary = self.cluster.settle()
        for node in self.cluster:
            self.keepalived(node)
        until(lambda: f"the address at {primary.name}: {self.holders()}\n{self.logs()}",
              lambda: self.holders() == [primary.name])
        until(lambda: f"the primary behind the address: {self.behind()}", lambda: self.behind() == str(primary.data))
        new = self.host_dies(primary)
        until(lambda: f"the address at {new.name}: {self.holders()}\n{self.logs()}", lambda: self.holders() == [new.name])
        until(lambda: f"the new one behind the address: {self.behind()}", lambda: self.behind() == str(new.data))
        # The former primary comes back as a standby, and its keepalived leaves the address where it is.
        self.cluster.start_agents(primary)
        self.assertIs(self.cluster.healthy(), new)
        self.assertEqual(self.holders(), [new.name])
        self.assertEqual(self.behind(), str(new.data))


if __name__ == "__main__":
    main(230)
