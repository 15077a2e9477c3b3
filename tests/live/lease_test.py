#!/usr/bin/python3
"""One primary at a time, provably: what goes wrong while clients write, each node in a network of its own.

Needs root.
"""
from clients import Clients, overlap
from lease_scenarios import CLUSTERS, SCENARIOS, play
from scenario import Scenario, main
from waiting import until


class Lease(Scenario):
    """Plays a scenario, and judges it by what every one of them owes."""

    def go_through(self, name):
        outcome = play(self.cluster, SCENARIOS[name])
        print(f"    {outcome}", flush=True)
        fault = outcome.fault
        # A host that was frozen with its guard may take rows until one of them runs; nobody else ever does.
        self.assertEqual(outcome.overlap(without=outcome.thawed_rows), 0.0, "two nodes wrote at once")
        self.assertEqual(outcome.timelines, 1 if SCENARIOS[name].failover else 0, "promotions")
        if SCENARIOS[name].failover:
            self.assertIsNot(outcome.leader, fault.old)
            self.assertNotEqual(fault.old_role, "primary", "the old primary beside the new one")
        else:
            self.assertIs(outcome.leader, fault.old)
            self.assertEqual({row.node for row in outcome.clients.rows}, {fault.old.name})
            self.assertEqual(outcome.lost, [])
        self.assertLessEqual({row.node for row in outcome.lost}, {fault.old.name}, "lost of the new primary")
        return outcome


class Asynchronous(Lease):
    options = CLUSTERS["async"]

    def test_primary_cut_off(self):
        self.go_through("primary_cut")

    def test_standby_cut_off(self):
        self.go_through("standby_cut")

    def test_primary_is_not_heard(self):
        self.go_through("primary_mute")

    def test_primary_hears_nobody(self):
        self.go_through("primary_deaf")

    def test_firewall_resets(self):
        self.go_through("primary_rejected")

    def test_host_frozen(self):
        self.go_through("host_frozen")

    def test_host_half_thawed(self):
        # Without strict, rows that the server acknowledges while it is alone are seen, and lost.
        outcome = self.go_through("host_half_thawed")
        self.assertTrue(outcome.thawed_rows)
        self.assertLessEqual(set(outcome.lost), set(outcome.thawed_rows))

    def test_agent_frozen(self):
        old = self.go_through("agent_frozen").fault.old
        self.assertIn("the guard stopped the local server", old.log())

    def test_agent_killed_for_good(self):
        self.go_through("agent_killed")

    def test_agent_restarted(self):
        postmaster = self.cluster.settle().postmaster()
        old = self.go_through("agent_restarted").fault.old
        self.assertEqual(old.postmaster(), postmaster)

    def test_agent_reloaded(self):
        postmaster = self.cluster.settle().postmaster()
        old = self.go_through("agent_reloaded").fault.old
        self.assertGreaterEqual(old.log().count("the configuration was read again"), 5)
        self.assertEqual(old.postmaster(), postmaster)

    def test_voter_crashes_too(self):
        self.go_through("voter_crashes_too")

    def test_voter_crashes_while_its_vote_ripens(self):
        self.go_through("voter_crashes_while_ripening")


class Strict(Lease):
    """No acknowledged row is lost, and a thawed primary acknowledges none."""
    options = CLUSTERS["strict"]

    def go_through(self, name):
        outcome = super().go_through(name)
        self.assertEqual(outcome.lost, [])
        self.assertEqual(outcome.thawed_rows, [])
        return outcome

    def test_primary_cut_off(self):
        self.go_through("primary_cut")

    def test_host_half_thawed(self):
        self.go_through("host_half_thawed")

    def test_agent_frozen(self):
        self.go_through("agent_frozen")

    def test_voter_crashed_before(self):
        self.go_through("voter_crashed_before")


class Witness(Lease):
    """Two nodes, and a database that only casts a vote."""
    options = CLUSTERS["witness"]

    def test_primary_cut_off(self):
        self.go_through("primary_cut")

    def test_standby_cut_off(self):
        self.go_through("standby_cut")

    def test_nodes_cut_from_each_other(self):
        self.go_through("link_cut")

    def test_host_killed(self):
        self.go_through("host_killed")

    def test_witness_crashes_too(self):
        self.go_through("voter_crashes_too")


class FirstAgent(Scenario):
    """A primary that never had an agent: nobody ever gave it a vote."""
    options = CLUSTERS["async"]

    def test_cut_off_as_it_begins(self):
        old, *others = self.cluster
        self.cluster.start_agents(*others)
        for node in others:
            until(lambda: f"{node.name} follows {old.name}\n{node.log()}", lambda: 'rule="follows"' in node.log())
        with Clients(self.cluster) as clients:
            clients.wait_rows(20, old)
            self.cluster.start_agents(old)
            self.cluster.playground("cut", old.name, *(node.name for node in others)).expect(0)
            until(lambda: f"rows written to another node: {self.cluster.roles()}",
                  lambda: sum(1 for row in list(clients.rows) if row.node != old.name) >= 200)
            until(lambda: f"{old.name} is fenced\n{old.log()}", lambda: old.role() != "primary")
        self.assertEqual(overlap(clients.rows), 0.0, "two nodes wrote at once")


if __name__ == "__main__":
    main(470)
