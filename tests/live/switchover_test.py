#!/usr/bin/python3
"""Planned changes of the primary, with a client that writes; and what becomes of those that fail."""
import os
import signal
import threading
import time

from processes import processes_of, signal_all
from scenario import Scenario, main
from waiting import PATIENCE, until
from writer import Writer


class Switchover(Scenario):
    def others(self, primary):
        return [node for node in self.cluster if node is not primary]

    def switch(self, host, *words):
        return self.cluster.pgcm(host, "switchover", "--yes", "--json", *words, seconds=PATIENCE)

    def change(self, old, new, host, *words):
        """Asked on a host; everything is as it should be afterwards."""
        timeline = old.timeline()
        with Writer(self.cluster) as writer:
            writer.wait_rows(20)
            done = self.switch(host, "--to", new.name, *words).expect(0)
            writer.wait_rows(20, new)
            self.assertIs(self.cluster.healthy(), new)
        print(f"    nobody could write for {done.json['outage_ms']} ms")
        self.assertEqual(writer.lost(new), [])
        self.assertEqual(writer.lost(old), [])
        self.assert_promoted_once(new, timeline)
        self.assertEqual([step["state"] for step in done.json["steps"]], ["done"] * 4)
        self.assertEqual(self.requests(), [None] * len(list(self.cluster)))
        return done

    def requests(self):
        """What is left of requests in the catalogs."""
        seen = self.cluster.pgcm(self.cluster["p1"], "probe", "--json").json["nodes"]
        return [node["switchover"] for node in seen]


class Any(Switchover):
    options = {"sync": False, "toml": {"timing.failover_after": '"8s"', "timing.scan_period": '"250ms"',
                                       "timing.probe_timeout": '"500ms"', "timing.follow_check_after": '"10s"'}}

    def test_there_and_back(self):
        old = self.cluster.settle()
        new, third = self.others(old)
        done = self.change(old, new, third)
        self.assertEqual(done.json["action"], f"switchover to {new.name}")
        old.sql("SELECT 1")
        self.assertNotIn("pg_basebackup", old.log())
        self.change(new, old, new)

    def test_refused(self):
        old = self.cluster.settle()
        new, third = self.others(old)
        timeline = old.timeline()
        plan = self.switch(third, "--dry-run").expect(0).json
        self.assertEqual({step["state"] for step in plan["steps"]}, {"planned"})
        self.assertIn("(primary_healthy)", self.switch(third, "--to", old.name).expect(5).err)
        self.cluster.pgcm(third, "switchover").expect(2)
        self.cluster.kill_agents(new)
        until("the agent's session ends", lambda: "(agent_missing)" in self.switch(third, "--to", new.name).err)
        self.cluster.start_agents(new)
        self.cluster.end_agents(old)
        self.assertIn("(agent_missing)", self.switch(third, "--to", new.name).expect(5).err)
        self.cluster.start_agents(old)
        self.assertIs(self.cluster.healthy(), old)
        self.assertEqual(old.timeline(), timeline)

    def test_an_expired_request_does_nothing(self):
        old = self.cluster.settle()
        new = self.others(old)[0]
        timeline, now = old.timeline(), int(time.time() * 1000)
        request = ('{"id": "x", "from": "%s", "to": "%s", "timeline": %d, "by": "me", "at_ms": %d, "until_ms": %d, '
                   '"declined": ""}' % (old.name, new.name, timeline, now - 9000, now - 1000))
        old.sql(f"ALTER ROLE pgcm SET pgcm.switchover = '{request}'")
        until("all see it", lambda: all(self.requests()))
        old.crash()
        self.assertIs(self.cluster.healthy(), old)
        self.assertEqual(old.timeline(), timeline)
        old.sql("ALTER ROLE pgcm RESET pgcm.switchover")

    def test_target_receives_nothing(self):
        """Its walreceiver hangs: the old primary cannot end cleanly, and comes back."""
        old = self.cluster.settle()
        new, third = self.others(old)
        timeline = old.timeline()
        receivers = [pid for pid, line in processes_of(new.data).items() if "walreceiver" in line]
        self.assertTrue(receivers)
        with Writer(self.cluster) as writer:
            writer.wait_rows(5)
            signal_all(receivers, signal.SIGSTOP)
            try:
                failed = self.switch(third, "--to", new.name).expect(1)
            finally:
                signal_all(receivers, signal.SIGCONT)
            writer.wait_rows(5, old)
            self.assertIs(self.cluster.healthy(), old)
        self.assertIn("declines", failed.err)
        self.assertEqual(old.timeline(), timeline)
        self.assertEqual(writer.lost(old), [])
        self.assertEqual(self.requests(), [None] * 3)

    def test_agent_of_the_target_hangs(self):
        old = self.cluster.settle()
        new, third = self.others(old)
        with Writer(self.cluster) as writer:
            writer.wait_rows(5)
            new.agent.send_signal(signal.SIGSTOP)
            try:
                self.switch(third, "--to", new.name).expect(1)
                self.assertIs(self.cluster.primary(), old)
            finally:
                new.agent.send_signal(signal.SIGCONT)
            writer.wait_rows(5, old)
            self.assertIs(self.cluster.healthy(), old)
        self.assertEqual(writer.lost(old), [])


class Majority(Switchover):
    options = {"sync": False, "lease": True}

    def test_there_and_back(self):
        old = self.cluster.settle()
        new, third = self.others(old)
        self.change(old, new, third)
        self.change(new, old, new)

    def test_agent_of_the_target_hangs(self):
        """The votes were let go in its favour, and are won again by the rules."""
        old = self.cluster.settle()
        new, third = self.others(old)
        with Writer(self.cluster) as writer:
            writer.wait_rows(5)
            new.agent.send_signal(signal.SIGSTOP)
            try:
                self.switch(third, "--to", new.name).expect(1)
            finally:
                new.agent.send_signal(signal.SIGCONT)
            leader = self.cluster.healthy()
            writer.wait_rows(5, leader)
        self.assertEqual(writer.lost(leader), [])

    def test_agent_of_the_primary_is_killed_after_the_stop(self):
        old = self.cluster.settle()
        new, third = self.others(old)
        killed = threading.Event()

        def kill():
            until("the old primary has stopped", lambda: old.postmaster() is None)
            os.kill(old.agent.pid, signal.SIGKILL)
            killed.set()
        killer = threading.Thread(target=kill, daemon=True)
        with Writer(self.cluster) as writer:
            writer.wait_rows(5)
            killer.start()
            self.switch(third, "--to", new.name)
            killer.join(PATIENCE)
            self.assertTrue(killed.is_set())
            old.agent.wait(PATIENCE)
            old.agent = None
            self.cluster.start_agents(old)
            leader = self.cluster.healthy()
            writer.wait_rows(5, leader)
        self.assertEqual(writer.lost(leader), [])
        until(f"nothing is left of {old.operation()}", lambda: old.operation() is None)


class Strict(Switchover):
    options = {"lease": True, "sync": True,
               "toml": {"sync.mode": '"quorum"', "sync.count": "1", "sync.strict": "true"}}

    def test_change(self):
        old = self.cluster.settle()
        new, third = self.others(old)
        self.change(old, new, third)


if __name__ == "__main__":
    main(230)
