#!/usr/bin/python3
"""A disk that hangs under the primary, as those who ask over HTTP see it."""
import contextlib

from cluster import CALM_LEASE
from hung_disk import HungDisk
from http_test import curl
from scenario import Scenario, main
from waiting import until


class Disk(Scenario):
    options = {"lease": True, "toml": {**CALM_LEASE, "timing.primary_start_timeout": '"8s"'}}

    def leaders(self):
        """The nodes that say of themselves that they may be written to."""
        return [node.name for node in self.cluster if curl(f"http://{node.http}/primary").status == 200]

    def test_no_old_yes_of_a_primary_whose_disk_hangs(self):
        self.cluster.settle()
        self.cluster.end_agents()
        for node in self.cluster:
            self.cluster.stop_server(node)
        with contextlib.ExitStack() as stack:
            disks = {node: stack.enter_context(HungDisk(node)) for node in self.cluster}
            stack.callback(self.all_down, disks)
            for node in self.cluster:
                self.cluster.start_server(node)
            self.cluster.start_agents()
            until("a leader", lambda: len(self.leaders()) == 1)  # a former primary that was down long is stopped once more
            primary = self.cluster.healthy()
            until("nothing under way", lambda: all(node.operation() is None for node in self.cluster))
            until("one leader", lambda: self.leaders() == [primary.name])
            disks[primary].hang()
            until("no yes of the primary", lambda: primary.name not in self.leaders())
            until("the agent sees its disk", lambda: "disk_stalled" in
                  [alert["code"] for alert in primary.get("/alerts")[1]["alerts"]])
            # The server does not answer, and the loop turns all the same.
            wanted = {"/primary": 503, "/read-only": 503, "/health": 503, "/readiness": 503, "/patroni": 503,
                      "/liveness": 200, "/heartbeat": 200, "/status": 200}
            self.assertEqual({path: curl(f"http://{primary.http}{path}").status for path in wanted}, wanted)
            # Its agent gives it up, though it may be full of looks that hang in it, and another one leads.
            until(lambda: f"another leads\n{primary.log()}", lambda: self.leaders() and primary.name not in self.leaders())
            disks[primary].answer()
            leader = self.cluster.healthy()
            until("one leader again", lambda: self.leaders() == [leader.name])

    def all_down(self, disks):
        for disk in disks.values():
            disk.answer()
        self.cluster.end_agents()
        for node in self.cluster:
            self.cluster.stop_server(node)


if __name__ == "__main__":
    main(110)
