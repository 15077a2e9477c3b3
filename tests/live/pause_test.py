#!/usr/bin/python3
"""A paused cluster: nothing is promoted, started or stopped before somebody resumes, or the pause is over."""
import os
import pwd
import time

from scenario import Scenario, main
from waiting import until

SEVERAL_ELECTIONS = 3.0  # seconds; failover_after is 1 s


class Pause(Scenario):
    options = {"sync": False}

    def pause(self, node, *words):
        return self.cluster.pgcm(node, "pause", *words, "--json").expect(0).json

    def resume(self, node):
        return self.cluster.pgcm(node, "resume", "--json").expect(0).json

    def paused(self, node):
        """The alert, as the cluster's status has it."""
        alerts = self.cluster.status(node)["alerts"]
        return next((alert for alert in alerts if alert["code"] == "paused"), None)

    def others(self, primary):
        return [node for node in self.cluster if node is not primary]

    def all_know(self, nodes):
        for node in nodes:
            until(lambda: f"{node.name} knows of the pause\n{node.log()}", lambda: 'rule="paused"' in node.log())

    def nobody_serves(self):
        until(f"nobody serves: {self.cluster.roles()}", lambda: "primary" not in self.cluster.roles().values())
        time.sleep(SEVERAL_ELECTIONS)
        self.assertNotIn("primary", self.cluster.roles().values())

    def test_nothing_happens_until_somebody_resumes(self):
        primary = self.cluster.settle()
        first, second = self.others(primary)
        self.assertIn("it is not paused", self.resume(first)["steps"][0]["detail"])
        self.assertEqual(self.cluster.pgcm(first, "pause", "--dry-run", "--json").expect(0).json["steps"][0]["state"],
                         "planned")
        self.assertIsNone(self.paused(second))
        self.pause(first, "--why", "new \"kernel\"'s day", "--for", "1h")
        self.assertIn("paused already", self.pause(second)["steps"][0]["detail"])
        self.all_know(self.cluster)
        self.assertEqual(self.paused(second)["facts"]["why"], "new \"kernel\"'s day")
        self.assertEqual(self.cluster.status(second)["verdict"], "healthy")
        self.assertIn("paused by", self.cluster.pgcm(second, "status", "--plugin").expect(0).out)
        self.cluster.pgcm(first, "switchover", "--yes").expect(5)

        self.cluster.end_agents()
        primary.crash()
        self.cluster.start_agents()
        self.all_know(self.cluster)
        self.nobody_serves()
        refused = self.cluster.pgcm(first, "promote", "--yes").expect(5)
        self.assertIn("(paused)", refused.err)
        self.cluster.pgcm(first, "follow").expect(5)
        self.assertIn("a new primary ends it for all", self.resume(first)["steps"][0]["detail"])
        self.resume(second)
        told = self.cluster.pgcm(second, "history", "--json").expect(0).json["entries"]
        self.assertIn(("resume", "done", pwd.getpwuid(os.getuid()).pw_name),
                      [(entry["action"], entry["state"], entry["user"]) for entry in told if entry["kind"] == "operation"])
        new = self.cluster.wait_primary(primary)
        self.assertIs(self.cluster.healthy(), new)
        until("the new primary ends the pause for all", lambda: self.paused(primary) is None)

    def test_it_survives_a_promotion(self):
        primary = self.cluster.settle()
        first, second = self.others(primary)
        self.pause(primary)
        self.all_know(self.cluster)
        primary.crash()
        self.nobody_serves()
        self.cluster.pgcm(first, "promote", "--force", "--yes").expect(0)
        self.assertIs(self.cluster.primary(), first)
        self.assertIsNotNone(self.paused(second))
        time.sleep(SEVERAL_ELECTIONS)
        self.assertIsNone(primary.postmaster())
        self.resume(second)
        self.assertIs(self.cluster.healthy(), first)
        self.assertIsNone(self.paused(primary))

    def test_it_ends_by_itself(self):
        primary = self.cluster.settle()
        self.pause(primary, "--for", "6s")
        began = time.monotonic()
        self.all_know(self.cluster)
        primary.crash()
        self.cluster.healthy()
        self.assertGreater(time.monotonic() - began, 5.0)


if __name__ == "__main__":
    main(110)
