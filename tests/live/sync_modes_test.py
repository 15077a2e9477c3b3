#!/usr/bin/python3
"""The named modes of sync.mode, with a client that writes all the while and a pg_receivewal that must never count."""
import subprocess

from processes import run
from scenario import Scenario, main
from waiting import until
from writer import Writer


class Receiver:
    """A pg_receivewal attached to a node; it answers at once, so that '*' would take it for a standby."""

    def __init__(self, cluster, node):
        self.folder = cluster.dir / "received"
        run("install", "-d", "-o", cluster.owner, self.folder).expect(0)
        self.command = ["setpriv", f"--reuid={cluster.owner}", "--clear-groups", f"{cluster.bin_dir}/pg_receivewal",
                        "--synchronous", "-h", node.socket, "-p", str(node.port), "-U", "postgres", "-D",
                        str(self.folder)]
        self.node = node

    def state(self):
        rows = self.node.sql("SELECT sync_state FROM pg_stat_replication WHERE application_name = 'pg_receivewal'"
                             " AND state = 'streaming'")
        return rows[0][0] if rows else None

    def __enter__(self):
        self.program = subprocess.Popen(self.command, stdin=subprocess.DEVNULL)
        until("pg_receivewal streams", self.state)
        return self

    def __exit__(self, *_):
        self.program.terminate()
        self.program.wait(20)


class SyncModes(Scenario):
    def names(self, node):
        return node.value("SHOW synchronous_standby_names")

    def wait_names(self, node, wanted):
        until(lambda: f"{wanted!r}, not {self.names(node)!r}", lambda: self.names(node) == wanted)

    def standbys(self, primary):
        return [node for node in self.cluster if node is not primary]

    def quoted(self, *nodes):
        return ", ".join(f'"{node.name}"' for node in nodes)

    def check_named(self, mode, method, state):
        primary = self.cluster.settle(sync__mode=f'"{mode}"')
        one, other = self.standbys(primary)
        self.wait_names(primary, f"{method} 1 ({self.quoted(one, other)})")
        with Receiver(self.cluster, primary) as receiver, Writer(self.cluster) as writer:
            writer.wait_rows(10)
            states = dict(primary.sql("SELECT application_name, sync_state FROM pg_stat_replication"))
            self.assertEqual(states[one.name], state)
            self.assertEqual(receiver.state(), "async")
            self.stop(one)
            self.wait_names(primary, f"{method} 1 ({self.quoted(other)})")
            writer.wait_rows(10)
            self.stop(other)
            self.wait_names(primary, "")  # those who wait are released
            writer.wait_rows(10)
            self.assertEqual(receiver.state(), "async")
            self.cluster.start_agents(one, other)
            self.wait_names(primary, f"{method} 1 ({self.quoted(one, other)})")
            writer.wait_rows(10)
            self.assertEqual(receiver.state(), "async")
        self.assertIs(self.cluster.healthy(), primary)
        self.assertEqual(writer.lost(primary), [])
        until("the standbys have all rows", lambda: not any(writer.lost(node) for node in (one, other)))

    def stop(self, node):
        self.cluster.end_agents(node)
        self.cluster.stop_server(node)

    def test_quorum(self):
        self.check_named("quorum", "ANY", "quorum")

    def test_priority(self):
        self.check_named("priority", "FIRST", "sync")

    def test_strict_waits_rather_than_degrades(self):
        primary = self.cluster.settle(sync__mode='"quorum"', sync__strict="true")
        one, other = self.standbys(primary)
        names = f"ANY 1 ({self.quoted(one, other)})"
        self.wait_names(primary, names)
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        with Writer(self.cluster) as writer:
            writer.wait_rows(10)
            self.stop(one)
            self.stop(other)
            until("a commit waits", lambda: primary.value(waits) == 1)
            acknowledged = len(writer.rows)
            until(lambda: "degrade_after is over: " + str(primary.turns()[-1:]), lambda: any(
                reason["rule"] == "sync_strict_holds" for turn in primary.turns()
                for reason in turn["decision"]["reasons"]))
            self.assertEqual((self.names(primary), len(writer.rows)), (names, acknowledged))
            self.assertEqual(primary.value(waits), 1)
            self.cluster.start_agents(one)
            writer.wait_rows(10)
            self.cluster.start_agents(other)
            self.assertIs(self.cluster.healthy(), primary)
        self.assertEqual(writer.lost(primary), [])

    def test_off_is_a_person_s(self):
        primary = self.cluster.settle(sync__mode='"off"')
        one, other = self.standbys(primary)
        primary.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{one.name}'")
        primary.sql("SELECT pg_reload_conf()")
        self.wait_names(primary, one.name)
        with Writer(self.cluster) as writer:
            writer.wait_rows(10)
            self.stop(other)
            self.cluster.start_agents(other)
            self.cluster.healthy()
            writer.wait_rows(10)
        self.assertEqual(self.names(primary), one.name)

    def test_it_is_written_only_when_it_changes(self):
        primary = self.cluster.settle(sync__mode='"quorum"')
        one, other = self.standbys(primary)
        self.wait_names(primary, f"ANY 1 ({self.quoted(one, other)})")
        path = primary.data / "postgresql.auto.conf"
        before = path.stat().st_mtime_ns
        beats = primary.get("/heartbeat")[1]
        until("more turns of the agent", lambda: primary.get("/heartbeat")[1] != beats)
        with Writer(self.cluster) as writer:
            writer.wait_rows(200)
        self.assertEqual(path.stat().st_mtime_ns, before)


if __name__ == "__main__":
    main(230)
