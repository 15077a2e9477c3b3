#!/usr/bin/python3
"""[hooks]: told of what happens, asked before a promotion; a hung one holds up nobody. And the examples of hooks."""
import json
import os
import shlex
import shutil
import subprocess

from cluster import SOURCE
from processes import processes_of, run
from scenario import Scenario, main
from waiting import Session, until
from writer import Writer

HOOKS = SOURCE / "examples" / "hooks"


class Hooks(Scenario):
    options = {"nodes": 3, "toml": {"hooks.timeout": '"3s"'}}

    def hook(self, name, text):
        path = self.cluster.base / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return path

    def recorder(self):
        """Writes each event into a file of its node."""
        return self.hook("record", f'cat >>{shlex.quote(str(self.cluster.base))}/events.$1\necho "$PGCM_EVENT of $1"\n')

    def events(self, node):
        path = self.cluster.base / f"events.{node.name}"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def settle(self, **hooks):
        settings = {f"hooks__{key}": json.dumps(value) for key, value in hooks.items()}
        primary = self.cluster.settle(**settings)
        until("each agent has had a turn", lambda: all(node.get("/alerts")[0] == 200 for node in self.cluster))
        return primary

    def alerts(self, node):
        return {alert["code"]: alert for alert in node.get("/alerts")[1]["alerts"]}

    def test_told_and_asked(self):
        veto = self.cluster.base / "veto"
        record = str(self.recorder())
        asks = str(self.hook("asks", f'cat {shlex.quote(str(veto))} 2>/dev/null || exit 0\nexit 9\n'))
        old = self.settle(on_event=[record, "{node}"], before_promote=[asks])
        standbys = [node for node in self.cluster if node is not old]
        veto.write_text("the disk of the new one is not mounted\nand more\n")
        self.cluster.kill_agents(old)
        old.crash()

        def held():
            for node in standbys:
                if "hook_vetoed" in self.alerts(node):
                    return node
        node = until("a veto", held)
        self.assertIn("the disk of the new one is not mounted;", self.alerts(node)["hook_vetoed"]["text"])
        rules = lambda: {reason["rule"]: reason for reason in node.get("/decision")[1]["reasons"]}
        until("its reason", lambda: "hook_vetoed" in rules())
        self.assertEqual(rules()["hook_vetoed"]["facts"]["message"], "the disk of the new one is not mounted")
        self.assertIsNone(self.cluster.primary())
        refused = self.cluster.pgcm(node, "promote", "--yes", "--json").code
        self.assertEqual(refused, 5)

        veto.unlink()
        new = self.cluster.wait_primary(old)
        with Writer(self.cluster) as writer:
            writer.wait_rows(3, new)
        self.cluster.start_agents(old)
        self.assertIs(self.cluster.healthy(), new)
        until("the veto is over", lambda: "hook_vetoed" not in self.alerts(new))
        told = until("the events", lambda: (found := self.events(new)) and any(
            event["event"] == "after_promote" for event in found) and found)
        names = [event["event"] for event in told]
        self.assertEqual(names[names.index("before_promote") + 1:].count("after_promote"), 1)
        after = next(event for event in told if event["event"] == "after_promote")
        self.assertEqual((after["schema"], after["node"], after["result"]), ("pgcm.event/1", new.name, "done"))
        self.assertGreaterEqual(after["took_ms"], 0)
        until("the alert is over", lambda: ("alert_cleared", "no_primary") in {
            (event["event"], event.get("alert")) for event in self.events(new)})
        self.assertIn(("alert_raised", "no_primary"), {(event["event"], event.get("alert")) for event in told})
        self.assertIn(("alert_raised", "hook_vetoed"), {(event["event"], event.get("alert")) for event in told})
        # The former primary comes back by itself, and its agent tells of that.
        until("the way back", lambda: any(event["event"] in ("after_rejoin", "after_follow") for event in self.events(old)))
        self.assertIn(f"after_promote of {new.name}", new.log())
        self.assertNotIn("hook_failed", self.alerts(new))

    def test_hung_ones_hold_up_nobody(self):
        hang = str(self.hook("hang", "exec sleep 1000\n"))
        old = self.settle(on_event=[hang], before_promote=[hang], timeout="500ms")
        new = self.host_dies(old)
        self.assertEqual(self.alerts(new)["hook_failed"]["severity"], "warning")
        self.cluster.start_agents(old)
        self.assertIs(self.cluster.healthy(), new)
        self.cluster.end_agents()
        until(lambda: f"no hook is left: {processes_of(self.cluster.base)}",
              lambda: not any(str(hang) in line for line in processes_of(self.cluster.base).values()))

    def test_missing_ones_are_an_alert(self):
        old = self.settle(on_event=["/nonexistent/hook"], before_promote=["/nonexistent/asked"])
        new = self.host_dies(old)
        alert = until("an alert", lambda: self.alerts(new).get("hook_failed"))
        self.assertIn("/nonexistent/", alert["text"])
        self.cluster.start_agents(old)
        self.assertIs(self.cluster.healthy(), new)

    def test_the_reload_that_takes_them_out_waits_for_them(self):
        record = str(self.hook("slow", f'sleep 1\ncat >>{shlex.quote(str(self.cluster.base))}/slow\n'))
        primary = self.settle(on_event=[record])
        before = len((self.cluster.base / "slow").read_text().splitlines()) if (self.cluster.base / "slow").exists() else 0
        standby = next(node for node in self.cluster if node is not primary)
        primary.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE false")
        self.cluster.pgcm(standby, "follow", "--json").expect(0)  # by hand: it waits for its hooks
        after = [json.loads(line)["event"] for line in (self.cluster.base / "slow").read_text().splitlines()[before:]]
        self.assertLessEqual({"before_follow", "after_follow"}, set(after))


class PgBouncer(Scenario):
    """examples/hooks/pgbouncer: clients of a real PgBouncer go to the new primary."""

    options = {"nodes": 3, "toml": {"hooks.timeout": '"10s"'}}

    def settle(self, folder):
        """Each agent's hook has its own server's address."""
        for node in self.cluster:
            hook = folder / f"hook.{node.name}"
            hook.write_text(f"#!/bin/sh\nPGCM_PRIMARY='host={node.socket} port={node.port}' exec {HOOKS}/pgbouncer "
                            f"{folder}/primary.ini 'host={folder} port=6432 dbname=pgbouncer user=postgres'\n")
            hook.chmod(0o755)
            self.cluster.configure({"hooks.on_event": json.dumps([f"{folder}/hook.{{node}}"])})
        self.cluster.start_agents()
        return self.cluster.healthy()

    def test_clients_follow(self):
        folder = self.cluster.base / "pgbouncer"
        folder.mkdir()
        shutil.chown(folder, self.cluster.owner)
        primary = self.settle(folder)
        (folder / "primary.ini").write_text(f"[databases]\n* = host={primary.socket} port={primary.port}\n")
        (folder / "users").write_text('"postgres" ""\n')
        (folder / "pgbouncer.ini").write_text(
            f"[pgbouncer]\nlisten_port = 6432\nunix_socket_dir = {folder}\nauth_type = trust\n"
            f"auth_file = {folder}/users\nadmin_users = postgres\n"
            f"pidfile = {folder}/pid\nserver_login_retry = 1\n%include {folder}/primary.ini\n")
        become = ["setpriv", f"--reuid={self.cluster.owner}", f"--regid={self.cluster.owner}", "--init-groups"]
        with open(folder / "log", "wb") as log:
            bouncer = subprocess.Popen([*become * (os.geteuid() == 0), shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"),
                                        str(folder / "pgbouncer.ini")], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            dsn = {"host": str(folder), "port": 6432, "user": "postgres", "dbname": "postgres"}

            def serves():
                try:
                    with Session(dsn, 3) as session:
                        return session.run("SELECT current_setting('port'), pg_is_in_recovery()", 3)[0]
                except Exception:
                    return None
            until(lambda: f"a server behind it\n{(folder / 'log').read_text()}",
                  lambda: serves() == (str(primary.port), False))
            new = self.host_dies(primary)
            until(lambda: f"the new one behind it\n{(folder / 'log').read_text()}\n{new.log()}",
                  lambda: serves() == (str(new.port), False))
            until("what the hook said", lambda: "clients go to" in new.log())
            self.cluster.start_agents(primary)
            self.assertIs(self.cluster.healthy(), new)
        finally:
            bouncer.terminate()
            bouncer.wait(30)


class Address(Scenario):
    """examples/hooks/address in a network of three: the caches of a client go to the new host at once."""

    def setUp(self):
        self.spaces = [f"pgcmaddr{os.getpid()}{side}" for side in ("a", "b", "c")]
        self.addCleanup(lambda: [run("ip", "netns", "delete", space) for space in self.spaces])
        for at, space in enumerate(self.spaces):
            run("ip", "netns", "add", space).expect(0)
        a, b, c = self.spaces
        # c is the client, and the wire: a bridge with both hosts on it.
        self.within(c, "ip", "link", "add", "br0", "type", "bridge").expect(0)
        self.within(c, "ip", "address", "add", "10.97.0.1/24", "dev", "br0").expect(0)
        self.within(c, "ip", "link", "set", "br0", "up").expect(0)
        for at, space in enumerate((a, b), 2):
            self.within(c, "ip", "link", "add", f"v{at}", "type", "veth", "peer", "name", "eth0", "netns", space).expect(0)
            self.within(c, "ip", "link", "set", f"v{at}", "master", "br0", "up").expect(0)
            self.within(space, "ip", "address", "add", f"10.97.0.{at}/24", "dev", "eth0").expect(0)
            self.within(space, "ip", "link", "set", "eth0", "up").expect(0)

    def within(self, space, *command, stdin=None):
        return run("ip", "netns", "exec", space, *command, stdin=stdin)

    def hook(self, space, event):
        words = ["env", f"PGCM_EVENT={event}", HOOKS / "address", "10.97.0.9/24", "eth0"]
        return self.within(space, *words, stdin="").expect(0).out

    def call(self):
        """Something for the address, so that the client asks who has it."""
        self.within(self.spaces[2], "bash", "-c", "echo >/dev/udp/10.97.0.9/9").expect(0)

    def mac(self, space):
        return json.loads(self.within(space, "ip", "-j", "link", "show", "eth0").expect(0).out)[0]["address"]

    def neighbour(self):
        found = json.loads(self.within(self.spaces[2], "ip", "-j", "neigh", "show", "10.97.0.9").expect(0).out)
        return found[0].get("lladdr") if found else None

    def test_the_address_moves(self):
        a, b, c = self.spaces
        self.assertIn("took", self.hook(a, "after_promote"))
        self.call()
        until("the client's cache", lambda: self.neighbour() == self.mac(a))
        self.assertEqual(self.hook(a, "alert_raised"), "")
        # The host is gone without a word, and its successor takes the address.
        self.within(a, "ip", "link", "set", "eth0", "down").expect(0)
        self.hook(b, "after_promote")
        until("the client's cache", lambda: self.neighbour() == self.mac(b))
        # It comes back, still has it, and lets go before it rejoins.
        self.within(a, "ip", "link", "set", "eth0", "up").expect(0)
        self.assertIn("let go", self.hook(a, "before_rejoin"))
        self.assertEqual(self.hook(a, "before_fence"), "")
        self.assertNotIn("10.97.0.9", self.within(a, "ip", "address", "show").out)
        self.assertIn("10.97.0.9", self.within(b, "ip", "address", "show").out)


if __name__ == "__main__":
    main(290)
