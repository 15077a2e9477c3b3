#!/usr/bin/python3
"""Servers that are alive and do not answer, or have no connection left."""
import psycopg2

from scenario import Scenario, main
from waiting import Session, until

def published(node):
    """What the agent of a node shows over HTTP."""
    return node.get("/status")[1]


def seen(status, node):
    return next(entry for entry in status["nodes"] if entry["node"] == node.name)


class Hung(Scenario):
    def others(self, primary):
        return [node for node in self.cluster if node is not primary]

    def turns_pass(self, node, count):
        """Until the agent has looked so many times more."""
        looks = set()
        def looked():
            looks.add(published(node)["taken_at"])
            return len(looks) > count
        until(f"{count} looks of {node.name}", looked)

    def test_all_connections_taken(self):
        primary = self.cluster.settle()
        timeline = primary.timeline()
        sessions = []
        try:
            with self.assertRaises(psycopg2.OperationalError) as full:
                for _ in range(100):
                    sessions.append(Session(primary.superuser))
            self.assertIn("too many clients", str(full.exception))
            for node in self.cluster:
                self.turns_pass(node, 20)  # five times failover_after
                self.assertEqual(published(node)["primary"], primary.name)
            for node in self.cluster:
                status = self.cluster.pgcm(node, "status", "--json").expect(0).json
                entry = seen(status, primary)
                self.assertEqual((entry["reach"], entry["role"]), ("accepting", "primary"))
        finally:
            for session in sessions:
                session.close()
        self.assertIs(self.cluster.healthy(), primary)
        self.assertEqual(primary.timeline(), timeline)
        for node in self.cluster:
            self.assertNotIn("promote", node.log())

    def test_hung_standby_delays_nobody(self):
        primary = self.cluster.settle()
        timeline = primary.timeline()
        hung, other = self.others(primary)
        hung.freeze()
        try:
            until("the agents see it",
                  lambda: all(seen(published(node), hung)["reach"] == "stalled" for node in self.cluster))
            self.turns_pass(primary, 10)
            for watching in self.cluster:
                status = published(watching)
                self.assertEqual(seen(status, hung)["reach"], "stalled")
                for node in (primary, other):
                    self.assertEqual(seen(status, node)["reach"], "accepting")
                    self.assertLess(seen(status, node)["took_ms"], seen(status, hung)["took_ms"])
            status = self.cluster.pgcm(other, "status", "--json").expect(3).json
            self.assertNotEqual(seen(status, hung)["reach"], "accepting")
            self.assertLess(seen(status, primary)["took_ms"], seen(status, hung)["took_ms"])
            alerts = [(alert["code"], alert["node"]) for alert in status["alerts"]]
            self.assertIn(("node_unreachable", hung.name), alerts)
        finally:
            hung.thaw()
        self.assertIs(self.cluster.healthy(), primary)
        self.assertEqual(primary.timeline(), timeline)

    def test_hung_primary_wakes_up_again(self):
        old = self.cluster.settle()
        timeline = old.timeline()
        old.freeze()
        try:
            new = until(lambda: f"another primary: {self.cluster.roles()}",
                        lambda: next((node for node in self.others(old) if node.role() == "primary"), None))
            self.assertNotIn("operation: start", old.log())  # a process of it lives
        finally:
            old.thaw()
        self.assertIs(self.cluster.healthy(), new)
        self.assert_promoted_once(new, timeline)
        self.assertIn("conflict_loses", old.log())


if __name__ == "__main__":
    main(170)
