#!/usr/bin/python3
"""Links between nodes that are cut, each node in a network namespace of its own. Needs root."""
from scenario import Scenario, main
from waiting import until
from writer import Writer


def rules(turn):
    return [reason["rule"] for reason in turn["decision"]["reasons"]]


class Partition(Scenario):
    # Nobody listens on that port of the place outside; a refusal is an answer.
    options = {"partitionable": True, "toml": {"network.arbiters": '["10.77.0.254:22"]'}}

    def cut(self, *places):
        self.cluster.playground("cut", *places).expect(0)

    def heal(self):
        self.cluster.playground("heal").expect(0)

    def tearDown(self):
        self.heal()

    def synchronous(self, primary, state):
        return primary.value(f"SELECT application_name FROM pg_stat_replication WHERE sync_state = '{state}'")

    def role_is(self, node, role):
        until(lambda: f"{node.name} is a {role}: {self.cluster.roles()}", lambda: node.role() == role)

    def test_primary_cut_off_from_the_standbys(self):
        old = self.cluster.settle()
        timeline = old.timeline()
        standbys = [node for node in self.cluster if node is not old]
        self.cut(old.name, *(node.name for node in standbys))
        new = until(lambda: f"another primary: {self.cluster.roles()}",
                    lambda: next((node for node in standbys if node.role() == "primary"), None))
        self.role_is(old, "primary")  # quorum "any" cannot help it
        self.heal()
        self.assertIs(self.cluster.healthy(), new)
        self.assert_promoted_once(new, timeline)
        self.assertIn("conflict_loses", old.log())

    def test_standby_cut_off_from_all(self):
        primary = self.cluster.settle()
        timeline = primary.timeline()
        alone = self.cluster[self.synchronous(primary, "potential")]
        writer = Writer(self.cluster)
        self.cut(alone.name)
        until(lambda: f"it sees that it is alone: {alone.log()}",
              lambda: any("network_down" in rules(turn) for turn in alone.turns()))
        with writer:
            writer.wait_rows(20, primary)
        self.role_is(alone, "standby")
        self.heal()
        self.assertIs(self.cluster.healthy(), primary)
        self.assertEqual(primary.timeline(), timeline)
        self.assertNotIn("promote", alone.log().partition("network_down")[2])
        until("it has caught up", lambda: not writer.lost(alone))

    def test_one_link_cut(self):
        """A standby that does not reach the primary, which the other one hears, promotes nobody."""
        primary = self.cluster.settle()
        timeline = primary.timeline()
        alone = self.cluster[self.synchronous(primary, "potential")]
        other = self.cluster[self.synchronous(primary, "sync")]
        writer = Writer(self.cluster)
        self.cut(primary.name, alone.name)
        with writer:
            until(lambda: f"it hears of the primary: {alone.log()}",
                  lambda: any("primary_heard_by_standby" in rules(turn) for turn in alone.turns()))
            writer.wait_rows(20, primary)
        self.assertEqual(self.cluster.roles(), {primary.name: "primary", alone.name: "standby", other.name: "standby"})
        self.heal()
        self.assertIs(self.cluster.healthy(), primary)
        self.assertEqual(primary.timeline(), timeline)


if __name__ == "__main__":
    main(170)
