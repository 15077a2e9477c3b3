#!/usr/bin/python3
"""Servers and agents that die, and how they come back."""
import signal

import psycopg2

from background import Background
from processes import signal_all
from scenario import Scenario, main
from waiting import Session
from writer import Writer


class Watcher(Background):
    """Asks a node whether it is in recovery, and remembers the answers."""

    def __init__(self, node):
        super().__init__()
        self.node, self.answers, self.session = node, [], None

    def again(self):
        try:
            self.session = self.session or Session(self.node.superuser, 1.0)
            self.answers.append(self.session.run("SELECT pg_is_in_recovery()", 1.0)[0][0])
        except (psycopg2.Error, TimeoutError):
            self.last()

    def last(self):
        if self.session:
            self.session.close()
        self.session = None


class Crash(Scenario):
    def crash_with_unsent_wal(self, node):
        """The histories part: what is written last reaches nobody."""
        senders = [row[0] for row in node.sql("SELECT pid FROM pg_stat_replication")]
        signal_all(senders, signal.SIGSTOP)
        node.sql("SET synchronous_commit = local; CREATE TABLE never_sent (a int)")
        node.crash()
        signal_all(senders, signal.SIGKILL)

    def test_primary_crashes_and_hands_over(self):
        old = self.cluster.settle(failover__on_crash='"failover"')
        timeline = old.timeline()
        with Writer(self.cluster) as writer:
            writer.wait_rows(20)
            self.crash_with_unsent_wal(old)
            new = self.cluster.wait_primary(old)
            writer.wait_rows(20, new)
            self.assertIs(self.cluster.healthy(), new)
            writer.wait_rows(5, new)
        self.assert_promoted_once(new, timeline)
        self.assertEqual(writer.lost(new), [])
        self.assertEqual(writer.lost(old), [])
        self.assertEqual(old.sql("SELECT to_regclass('never_sent')"), [(None,)])
        self.assertIn("pg_rewind", old.log())
        self.assertEqual("pg_basebackup" in old.log(), not self.cluster.has_program("pg_rewind"))
        self.assertNotIn(" error   operation", old.log())

    def test_primary_crashes_and_is_restarted(self):
        # Long enough for a crash recovery, so that nobody takes over meanwhile.
        old = self.cluster.settle(timing__failover_after='"15s"')
        timeline, before = old.timeline(), old.postmaster()
        with Writer(self.cluster) as writer:
            writer.wait_rows(20)
            old.crash()
            writer.wait_rows(20)
        self.assertIs(self.cluster.healthy(), old)
        self.assertNotEqual(old.postmaster(), before)
        self.assertEqual(old.timeline(), timeline)
        self.assertEqual(writer.lost(old), [])
        for node in self.cluster:
            self.assertNotIn("promote", node.log())

    def test_host_of_the_primary_dies(self):
        old = self.cluster.settle()
        timeline = old.timeline()
        with Writer(self.cluster) as writer:
            writer.wait_rows(20)
            self.cluster.kill_agents(old)
            old.crash()
            new = self.cluster.wait_primary(old)
            writer.wait_rows(20, new)
            self.assert_promoted_once(new, timeline)
            self.assertIsNone(old.postmaster())
            self.cluster.start_agents(old)
            self.assertIs(self.cluster.healthy(), new)
        self.assert_promoted_once(new, timeline)
        self.assertEqual(writer.lost(new), [])
        self.assertEqual(writer.lost(old), [])

    def test_standby_crashes(self):
        primary = self.cluster.settle()
        timeline, postmaster = primary.timeline(), primary.postmaster()
        standby = next(node for node in self.cluster if node is not primary)
        before = standby.postmaster()
        with Writer(self.cluster) as writer:
            writer.wait_rows(10)
            standby.crash()
            self.assertIs(self.cluster.healthy(), primary)
            writer.wait_rows(10)
        self.assertNotEqual(standby.postmaster(), before)
        self.assertEqual((primary.timeline(), primary.postmaster()), (timeline, postmaster))
        self.assertEqual(writer.lost(primary), [])
        self.assertEqual({row[3] for row in writer.rows}, {primary.name})

    def test_former_primary_never_serves_again(self):
        old = self.cluster.settle()
        timeline = old.timeline()
        with Writer(self.cluster) as writer:
            writer.wait_rows(10)
            self.cluster.end_agents(old)
            self.cluster.stop_server(old)
            new = self.cluster.wait_primary(old)
            writer.wait_rows(10, new)
        with Watcher(old) as watcher:
            self.cluster.start_agents(old)
            self.assertIs(self.cluster.healthy(), new)
        self.assertIn(True, watcher.answers)
        self.assertNotIn(False, watcher.answers)
        self.assert_promoted_once(new, timeline)
        self.assertEqual(writer.lost(old), [])


if __name__ == "__main__":
    main(170)
