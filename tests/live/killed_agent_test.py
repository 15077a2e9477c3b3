#!/usr/bin/python3
"""Agents killed with -9 in the middle of each operation; those that come after them go on."""
import fcntl
import os
import signal
import threading
import time

from held_programs import HeldPrograms
from scenario import Scenario, main, needs
from waiting import PATIENCE, until


class Assassin(threading.Thread):
    """Stops the agent of a node as soon as a condition is true, and kills it."""

    def __init__(self, node, condition):
        super().__init__(daemon=True)
        self.node, self.condition, self.struck = node, condition, False

    def run(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.condition():
                os.kill(self.node.agent.pid, signal.SIGKILL)
                self.struck = True
                return

    def wait(self):
        self.join()
        assert self.struck, f"{self.node.name} did not come so far: {self.node.operation()}\n{self.node.log()}"
        assert self.node.agent.wait(timeout=PATIENCE) == -signal.SIGKILL
        self.node.agent = None


class KilledAgent(Scenario):
    def setUp(self):
        fresh = type(self).cluster is None
        super().setUp()
        if fresh:
            type(self).programs = HeldPrograms(self.cluster)
        self.programs = type(self).programs

    def settle(self, **settings):
        return self.cluster.settle(postgres__bin_dir=self.programs.toml, **settings)

    def operation_ends(self, node):
        """Whoever comes after a kill goes on to the very end: nothing is left of the operation."""
        until(lambda: f"the end of {node.operation()}", lambda: node.operation() is None, 20)

    def kill_at_step(self, old, step):
        """False when the step was over before it could be seen."""
        new = self.host_dies(old)
        self.cluster.start_agents(old)
        steps = set()

        def reached():
            steps.add(old.operation())
            too_late = len(steps) > 2 and old.operation() is None
            return ("rejoin", step) in steps or too_late
        killer = Assassin(old, reached)
        killer.start()
        killer.wait()
        left = old.operation()
        self.cluster.start_agents(old)
        self.assertIs(self.cluster.healthy(), new)
        self.operation_ends(old)
        return left == ("rejoin", step)

    def each_step(self, steps, **settings):
        old = self.settle(**settings)
        for step in steps:
            for attempt in range(4):
                with self.subTest(step=step, attempt=attempt):
                    met = self.kill_at_step(old, step)
                    old = self.cluster.primary()
                if met:
                    break
            self.assertTrue(met, f"the step {step} was never caught")

    def seen(self, node):
        """By a command on the node's own host."""
        return self.cluster.pgcm(node, "status", "--json").json

    def told(self, document):
        """What a view, or status, says is under way on the node."""
        operation = document.get("operation")
        return operation and (operation["operation"], operation["from"], operation["step"])

    def kill_while_held(self, name, moment, **settings):
        """Killed while a program waits, before or after its work."""
        old = self.settle(**settings)
        new = self.host_dies(old)
        self.programs.hold(name, moment)
        self.cluster.start_agents(old)
        self.programs.wait_held(name, moment)
        self.assertEqual(old.operation()[0], "rejoin")
        until("the agent tells of it", lambda: self.told(old.get("/view")[1]) == ("rejoin", old.name, old.operation()[1]))
        self.cluster.kill_agents(old)
        self.programs.release()
        self.assertEqual(self.told(self.seen(old)), ("rejoin", old.name, old.operation()[1]))
        self.cluster.start_agents(old)
        self.assertIs(self.cluster.healthy(), new)
        self.operation_ends(old)
        self.assertIsNone(self.told(self.seen(old)))
        until("the agent tells no more of it", lambda: self.told(old.get("/view")[1]) is None)
        self.assertEqual(list(old.dir.glob("data.pgcm-*")), [])

    @needs("pg_rewind")
    def test_rewind_step_by_step(self):
        self.each_step(["save", "restore", "prove_streaming", "drop_slots"])

    @needs("pg_rewind")
    def test_before_pg_rewind(self):
        self.kill_while_held("pg_rewind", "before")

    @needs("pg_rewind")
    def test_after_pg_rewind(self):
        self.kill_while_held("pg_rewind", "after")

    @needs("pg_rewind")
    def test_before_recovery(self):
        self.kill_while_held("recover", "before")

    def test_before_the_start(self):
        self.kill_while_held("start", "before")

    def test_basebackup_step_by_step(self):
        self.each_step(["accept", "swap"], rejoin__methods='["basebackup"]')

    def swap_is_finished(self, node, primary):
        self.assertIs(self.cluster.healthy(), primary)
        self.operation_ends(node)
        self.assertEqual(list(node.dir.glob("data.pgcm-*")), [])

    def test_between_the_two_renames_of_a_swap(self):
        primary = self.settle()
        node = next(node for node in self.cluster if node is not primary)
        self.cluster.kill_agents(node)
        self.cluster.stop_server(node)
        node.cut_a_swap_short(primary)
        self.cluster.start_agents(node)
        self.swap_is_finished(node, primary)

    def test_a_command_between_the_two_renames_of_a_swap(self):
        """Killed beside an agent, which waits for it and then does the rest."""
        primary = self.settle()
        node = next(node for node in self.cluster if node is not primary)
        with open(node.state / "operation.lock") as lock:
            until("the command's turn", lambda: fcntl.flock(lock, fcntl.LOCK_EX) is None)
            self.cluster.stop_server(node)
            node.cut_a_swap_short(primary)
            until("a missing data directory", lambda: "data_directory_missing" in node.log())
            self.assertTrue((node.dir / "data.pgcm-ready").exists(), "it is the command's to finish")
        self.swap_is_finished(node, primary)

    def test_before_pg_basebackup(self):
        self.kill_while_held("pg_basebackup", "before", rejoin__methods='["basebackup"]')

    def test_after_pg_basebackup(self):
        self.kill_while_held("pg_basebackup", "after", rejoin__methods='["basebackup"]')

    def test_in_the_middle_of_a_promotion(self):
        old = self.settle()
        timeline = old.timeline()
        standbys = [node for node in self.cluster if node is not old]
        startups = {}
        for node in standbys:  # a promotion that begins, and does not get on
            startups[node] = int(node.value("SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'"))
            os.kill(startups[node], signal.SIGSTOP)
        try:
            self.cluster.kill_agents(old)
            old.crash()
            chosen = until("a promotion that waits", lambda: next(
                (node for node in standbys if "step: promote the local server" in node.log()), None))
            until("its intent on disk", lambda: (chosen.operation() or ("",))[0] == "promote")
            self.cluster.kill_agents(chosen)
            self.assertEqual(chosen.role(), "standby")
        finally:
            for pid in startups.values():
                os.kill(pid, signal.SIGCONT)
        self.cluster.start_agents(chosen, old)
        self.assertIs(self.cluster.healthy(), chosen)
        self.assert_promoted_once(chosen, timeline)
        self.operation_ends(chosen)

    def test_between_new_settings_and_their_reload(self):
        primary = self.settle()
        middle, stray = [node for node in self.cluster if node is not primary]
        self.cluster.end_agents(stray)
        conninfo = stray.value("SELECT setting FROM pg_settings WHERE name = 'primary_conninfo'")
        for setting in (f"primary_conninfo = $$ {conninfo.replace(f'port={primary.port}', f'port={middle.port}')} $$",
                        "primary_slot_name = ''"):
            stray.sql(f"ALTER SYSTEM SET {setting}")
        self.cluster.read_upstream_again(stray)
        until("a cascade", lambda: self.cluster.streaming(middle) == [stray.name])
        written = stray.data / "postgresql.auto.conf"
        self.cluster.start_agents(stray)
        killer = Assassin(stray, lambda: f"port={primary.port}" in written.read_text())
        killer.start()
        killer.wait()
        self.cluster.start_agents(stray)
        self.assertIs(self.cluster.healthy(), primary)


if __name__ == "__main__":
    main(290)
