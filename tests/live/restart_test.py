#!/usr/bin/python3
"""Agents that are upgraded or started anew under a lease: nothing changes hands, and the primary is never unwatched."""
import signal

from background import Background
from cluster import CALM_LEASE
from processes import processes_of
from scenario import Scenario, main
from waiting import until
from writer import Writer


class Watched(Background):
    """Looks again and again whether a guard stands beside a node's server, and what its neighbours see of it."""

    def __init__(self, node, other):
        super().__init__()
        self.node, self.other = node, other
        self.looks, self.unguarded, self.alerts = 0, [], set()

    def guarded(self):
        found = processes_of(self.node.dir)
        return any("internal-guard" in line for line in found.values()) or found

    def again(self):
        self.looks += 1
        # A walk through the processes is no picture of one moment: where one guard comes and another goes meanwhile,
        # it shows neither. The next walk does.
        if self.guarded() is not True and (found := self.guarded()) is not True:
            self.unguarded.append(found)
        try:
            self.alerts |= {alert["code"] for alert in self.other.get("/alerts")[1].get("alerts", [])}
        except OSError:  # it is started anew, too
            pass


class Restart(Scenario):
    options = {"nodes": 3, "lease": True, "toml": CALM_LEASE}

    def facts(self, primary):
        return (primary.name, primary.timeline(), primary.postmaster(),
                {node.name: node.postmaster() for node in self.cluster})

    def term(self, node):
        return self.cluster.pgcm(node, "probe", "--json").json["nodes"][0]["vote"]["term"]

    def restart(self, node, writer):
        """As systemd does: the new one comes when the old one has ended."""
        self.assertEqual(self.cluster.end_agents(node), [0])
        self.cluster.start_agents(node)
        writer.wait_rows(20)
        until(lambda: f"a turn of the new agent\n{node.log()}", lambda: node.get("/heartbeat")[0] == 200)

    def leads(self, node):
        """The new agent itself holds a lease, under which its predecessor's server goes on."""
        return 200 == node.get("/primary")[0]

    def test_one_after_the_other(self):
        primary = self.cluster.settle()
        other = next(node for node in self.cluster if node is not primary)
        until("the lease", lambda: self.leads(primary))
        before, term = self.facts(primary), self.term(primary)
        with Writer(self.cluster) as writer, Watched(primary, other) as watched:
            writer.wait_rows(20)
            for _ in range(4):
                self.restart(primary, writer)
                until(lambda: f"the lease\n{primary.log()}", lambda: self.leads(primary))
            # An upgrade of all hosts, one by one; and one whose new agent comes while the old one's votes are young.
            for node in self.cluster:
                self.restart(node, writer)
            until(lambda: f"the lease\n{primary.log()}", lambda: self.leads(primary))
            seen = watched.looks
            until(lambda: f"some more looks: {watched.bug!r}", lambda: watched.looks > seen + 3, 20)
        self.assertEqual(self.facts(primary), before, "nobody promoted, stopped or started anything")
        self.assertEqual(self.term(primary), term, "nobody was elected")
        self.assertEqual(watched.unguarded, [], f"of {watched.looks} looks")
        self.assertGreater(watched.looks, 20)
        self.assertFalse(watched.alerts & {"no_primary", "many_primaries"}, watched.alerts)
        self.assertEqual({row[3] for row in writer.rows}, {primary.name})
        self.assertEqual(writer.lost(primary), [])
        for node in self.cluster:
            until(f"all rows on {node.name}", lambda: writer.lost(node) == [])
        self.assertNotIn("the guard stopped", "".join(node.log(everything=True) for node in self.cluster))
        self.assertIs(self.cluster.healthy(), primary)

    def test_a_crash_of_the_agent(self):
        """Nobody had time to say goodbye: the votes are still there when the new one comes."""
        primary = self.cluster.settle()
        other = next(node for node in self.cluster if node is not primary)
        until("the lease", lambda: self.leads(primary))
        before = self.facts(primary)
        with Writer(self.cluster) as writer, Watched(primary, other) as watched:
            writer.wait_rows(20)
            for _ in range(2):
                self.assertEqual(self.cluster.kill_agents(primary), [-signal.SIGKILL])
                self.cluster.start_agents(primary)
                writer.wait_rows(20)
                until(lambda: f"the lease\n{primary.log()}", lambda: self.leads(primary))
        self.assertEqual(self.facts(primary), before)
        self.assertEqual(watched.unguarded, [], f"of {watched.looks} looks")
        self.assertEqual(writer.lost(primary), [])
        self.assertIs(self.cluster.healthy(), primary)


if __name__ == "__main__":
    main(110)
