#!/usr/bin/python3
"""`pgcm watch --dry-run`: it tells what an agent would do, and leaves everything as it was."""
import json
import signal
import time
from contextlib import ExitStack, contextmanager

from interrupted_test import Running
from scenario import Scenario, main
from waiting import until


class DryRun(Scenario):
    def setUp(self):
        super().setUp()
        self.primary = until("one primary", self.cluster.primary)
        self.standbys = [node for node in self.cluster if node is not self.primary]
        until("the standbys stream", self.cluster.is_well)

    @contextmanager
    def dry_runs(self, *nodes):
        """On these nodes; they end as a service does."""
        with ExitStack() as stack:
            running = {node: stack.enter_context(Running(node, "watch", "--dry-run")) for node in nodes}
            yield running
            for one in running.values():
                self.assertEqual(one.end(signal.SIGTERM), 0, one.said())

    def would(self, running, action):
        """Until the latest turn of one has that action."""
        def latest():
            lines = [line for line in running.said().splitlines() if line.startswith("{") and line.endswith("}")]
            actions = json.loads(lines[-1])["decision"]["actions"] if lines else []
            return next((found for found in actions if found["action"] == action), None)
        return until(lambda: f"it would {action}\n{running.said()}", latest)

    def everything(self):
        """What an agent could change."""
        files = sorted((str(path), path.stat().st_mtime_ns) for node in self.cluster
                       for path in (node.state, *node.state.rglob("*"), node.data / "postgresql.auto.conf")
                       if path.name != "server.log")  # the server's own
        roles = {node.name: (node.role(), node.postmaster()) for node in self.cluster}
        seen = [node.sql("SELECT setconfig FROM pg_db_role_setting ORDER BY 1")
                + node.sql("SELECT slot_name, active FROM pg_replication_slots ORDER BY 1")
                for node in self.cluster if node.postmaster()]
        return files, roles, seen, self.locks()

    def locks(self):
        """The votes that are taken."""
        return [row for node in self.cluster if node.postmaster()
                for row in node.sql("SELECT classid, objid FROM pg_locks WHERE locktype = 'advisory' ORDER BY 1, 2")]

    def ask_for_a_switchover(self, to):
        """As the command does, which refuses to without an agent."""
        now = int(time.time() * 1000)
        request = {"id": "x", "from": self.primary.name, "to": to.name, "timeline": self.primary.timeline(),
                   "by": "me", "at_ms": now, "until_ms": now + 600_000, "declined": ""}
        self.primary.sql(f"ALTER ROLE pgcm SET pgcm.switchover = '{json.dumps(request)}'")

    def take_request_back(self):
        self.primary.sql("ALTER ROLE pgcm RESET pgcm.switchover")
        until("the standbys stream", self.cluster.is_well)

    def assert_told_once(self, running):
        """Not again and again, as what is done would be, were it in earnest."""
        told = [line for line in running.said().splitlines() if 'step="dry run"' in line]
        self.assertEqual(len(told), len(set(told)), "\n".join(told))
        self.assertTrue(told)


class Majority(DryRun):
    options = {"lease": True, "sync": False}

    def test_alone(self):
        """Nobody acts; a request for a switchover stands, is weighed, and stays."""
        for node in self.standbys:
            node.sql("ALTER SYSTEM SET wal_retrieve_retry_interval = '100ms'")
            node.sql("SELECT pg_reload_conf()")
        with self.dry_runs(*self.cluster) as running:
            before = self.everything()
            until("the lease that it would have", lambda: 'rule="lease_held"' in running[self.primary].said())
            until("each has looked", lambda: all("follows" in running[node].said() for node in self.standbys))
            self.ask_for_a_switchover(self.standbys[0])
            asked = self.everything()
            self.would(running[self.primary], "decline_switchover")  # nobody may count on it
            self.assertEqual(self.everything(), asked)
            self.take_request_back()
            self.assertEqual(self.everything(), before)
            self.cluster.stop_server(self.primary)
            down = self.everything()
            until(lambda: "a promotion planned", lambda: any(
                '"action":"promote"' in running[node].said() for node in self.standbys))
            self.assertEqual(self.everything(), down)
            self.assertEqual(self.locks(), [])
            self.cluster.start_server(self.primary)
            for node in self.cluster:
                self.assertNotIn('"action":"fence"', running[node].said())
            self.assert_told_once(running[self.primary])
        self.assertEqual([list(node.state.iterdir()) for node in self.cluster], [[], [], []])

    def test_beside_the_agents(self):
        """It takes nothing from them: not the lock of the state directory, not the lease, no request."""
        primary = self.cluster.settle()
        to = next(node for node in self.cluster if node is not primary)
        with self.dry_runs(*self.cluster) as running:
            until("the lease that it would have", lambda: 'rule="lease_held"' in running[primary].said())
            self.cluster.pgcm(to, "switchover", "--yes", "--to", to.name).expect(0)
            self.assertIs(self.cluster.healthy(), to)
        self.cluster.end_agents()


if __name__ == "__main__":
    main(110)
