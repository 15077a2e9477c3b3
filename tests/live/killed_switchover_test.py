#!/usr/bin/python3
"""A switchover whose agents are killed with -9, one after the other at each step that any of them takes."""
import contextlib
import os
import signal
import subprocess
import time

from cluster import PGCM, SOURCE
from scenario import Scenario, main
from waiting import PATIENCE, until
from writer import Writer

MORTAL = os.environ.get("PGCM_MORTAL_PGCM") or str(SOURCE / "build" / "release" / "tests" / "live" / "mortal" /
                                                   "mortal_pgcm")

SLOW = ("switchover stop", "switchover promoted", "promote promote", "promote wait", "rejoin start")


class KilledSwitchover(Scenario):
    def setUp(self):
        fresh = type(self).cluster is None
        super().setUp()
        self.told = self.cluster.base / "told"
        if fresh:
            self.told.mkdir()
            self.cluster.agents = MORTAL, {"PGCM_MORTAL": str(self.told)}

    def forget(self):
        for file in self.told.iterdir():
            file.unlink()

    def moments_of(self, node):
        """Of the steps that its agent told: "switchover stop running"."""
        file = self.told / f"{node.name}.told"
        told = list(dict.fromkeys(file.read_text().splitlines() if file.exists() else []))
        last = {line.split()[0]: line for line in told}.values()
        moments = []
        for line in told:
            step, _, state = line.rpartition(" ")
            if state == "running" or line in last:
                moments.append(line)
            if state == "running" and step in SLOW:
                moments.append(f"{step} amid")
        return moments

    def assert_all_have_their_data(self):
        for node in self.cluster:
            self.assertTrue((node.data / "global" / "pg_control").exists(), f"{node.name} has no data directory")

    def requests(self):
        seen = self.cluster.pgcm(self.cluster["p1"], "probe", "--json").json["nodes"]
        return [node["switchover"] for node in seen]

    def asked(self, host, new):
        return subprocess.Popen([PGCM, "switchover", "-c", str(host.toml), "--yes", "--json", "--to", new.name],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def plan(self):
        """Which agent dies where, as the code itself tells it: at the beginning of each step and the end of the last
        one. In some it is waited for a server: there it dies amid them, too."""
        old = self.cluster.settle()
        new, third = [node for node in self.cluster if node is not old]
        self.forget()
        self.cluster.pgcm(third, "switchover", "--yes", "--to", new.name, seconds=PATIENCE).expect(0)
        self.assertIs(self.cluster.healthy(), new)
        until("nothing is left to do", lambda: all(node.operation() is None for node in self.cluster))
        return [(role, step) for role, node in (("old", old), ("new", new)) for step in self.moments_of(node)]

    def kill_at(self, role, step):
        old = self.cluster.settle()
        new, third = [node for node in self.cluster if node is not old]
        victim = {"old": old, "new": new}[role]
        timeline = old.timeline()
        self.forget()
        with Writer(self.cluster) as writer:
            writer.wait_rows(3)
            (self.told / f"{victim.name}.dies").write_text(step + "\n")
            with self.asked(third, new) as command:
                try:
                    self.assertEqual(victim.agent.wait(PATIENCE), -signal.SIGKILL)
                    victim.agent = None
                    self.assert_all_have_their_data()
                    began = time.monotonic()
                    self.cluster.start_agents(victim)
                    said = command.wait(PATIENCE)  # the next agent may go on with what was asked
                finally:
                    command.kill()
            leader = self.cluster.healthy()
            took = time.monotonic() - began
            writer.wait_rows(3, leader)
        self.assertEqual(writer.lost(leader), [])
        self.assertIn(leader, (new,) if said == 0 else (old, new))
        self.assertEqual(leader.timeline(), timeline + (leader is new), "one promotion makes one new timeline")
        until("the end of all operations", lambda: all(node.operation() is None for node in self.cluster))
        self.assertEqual(self.requests(), [None] * len(list(self.cluster)))
        print(f"    {step} of the {role} one: the {'new' if leader is new else 'old'} one leads, after {took:.1f} s;"
              f" the command ended with {said}")

    def at_each_step(self):
        plan = self.plan()
        done = [step for _, step in plan]
        for known in ("switchover hand_over running", "switchover promoted done", "promote promote running",
                      "promote checkpoint done", *(f"{step} amid" for step in SLOW)):
            self.assertIn(known, done)
        for role, step in plan:
            with self.subTest(role=role, step=step):
                self.kill_at(role, step)


class Any(KilledSwitchover):
    options = {"sync": False, "toml": {"timing.failover_after": '"8s"'}}

    def test_at_each_step(self):
        self.at_each_step()

    def test_a_promotion_that_takes_its_time(self):
        """The agent that gave its word dies meanwhile; the next one does not start the old primary beside it."""
        old = self.cluster.settle()
        new, third = [node for node in self.cluster if node is not old]
        timeline = old.timeline()
        self.forget()
        startup = int(new.value("SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'"))
        os.kill(startup, signal.SIGSTOP)
        try:
            with self.asked(third, new) as command:
                until("it is being promoted", lambda: "promote wait running" in self.moments_of(new))
                self.cluster.kill_agents(old)
                self.cluster.start_agents(old)
                until(lambda: f"the next agent sees it\n{old.log()}", lambda: "another_primary_lives" in old.log())
                self.assertIsNone(old.postmaster())
                self.assertEqual(new.role(), "standby")
                os.kill(startup, signal.SIGCONT)
                command.wait(PATIENCE)
        finally:
            with contextlib.suppress(ProcessLookupError):  # it ended with the recovery
                os.kill(startup, signal.SIGCONT)
        self.assertIs(self.cluster.healthy(), new)
        self.assert_promoted_once(new, timeline)


class Majority(KilledSwitchover):
    options = {"sync": False, "lease": True}

    def test_at_each_step(self):
        self.at_each_step()


if __name__ == "__main__":
    main(280)
