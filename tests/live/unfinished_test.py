#!/usr/bin/python3
"""Operations that do not come to their end: tried again, but not for ever; and gone on with after a fence."""
import hashlib
import json
import os
import signal
from pathlib import Path

from scenario import Scenario, main
from waiting import until

MOST_ATTEMPTS = 10


class Unfinished(Scenario):
    options = {"lease": True, "witnesses": 2, "sync": False}

    def broken_programs(self):
        """A bin_dir whose pg_basebackup and pg_rewind fail."""
        place = self.cluster.base / "broken"
        place.mkdir()
        for program in Path(self.cluster.bin_dir).iterdir():
            if program.name in ("pg_basebackup", "pg_rewind"):
                (place / program.name).write_text("#!/bin/sh\necho 'it is broken' >&2\nexit 1\n")
                (place / program.name).chmod(0o755)
            else:
                (place / program.name).symlink_to(program)
        return place

    def content(self, node):
        """Of all that the server would lose."""
        return {str(path.relative_to(node.data)): hashlib.sha256(path.read_bytes()).hexdigest()
                for folder in ("base", "global", "pg_xact") for path in sorted((node.data / folder).rglob("*"))
                if path.is_file()}

    def attempts(self, node):
        try:
            document = json.loads((node.state / "operation.json").read_text())
            return document["step"], document["attempts"]
        except FileNotFoundError:
            return None

    def failure(self, node):
        """What the agent's alert says."""
        alerts = node.get("/status")[1].get("alerts", [])  # none before its first turn
        return next((alert["text"] for alert in alerts if alert["code"] == "operation_failed"), "")

    def test_a_rejoin_is_not_tried_for_ever(self):
        """The first of its attempts and the tenth, which comes minutes later; a person sets it going again."""
        old = self.cluster.settle()
        new = self.host_dies(old)
        broken = self.broken_programs()
        self.cluster.configure({"postgres.bin_dir": f'"{broken}"', "rejoin.methods": '["basebackup"]'}, [old])
        self.cluster.start_agents(old)
        until(lambda: f"a first attempt fails\n{old.log()}", lambda: self.attempts(old) == ("failed", 1))
        before = self.content(old)
        self.cluster.end_agents(old)
        document = json.loads((old.state / "operation.json").read_text())
        document["attempts"] = MOST_ATTEMPTS - 1
        (old.state / "operation.json").write_text(json.dumps(document))
        self.cluster.start_agents(old)
        until(lambda: f"it gives up: {self.failure(old)}", lambda: "a person has to look" in self.failure(old))
        self.assertEqual(self.attempts(old), ("failed", MOST_ATTEMPTS))
        self.assertIn(f"{MOST_ATTEMPTS} attempts to rejoin {new.name} failed", self.failure(old))
        self.assertIn("then `pgcm demote` tries again", self.failure(old))
        self.assertIn("it is broken", self.failure(old))
        self.assertIsNone(old.postmaster())
        self.assertEqual(self.content(old), before)
        self.assertEqual(list(old.dir.glob("data.pgcm-*")), [])

        for program in ("pg_basebackup", "pg_rewind"):  # the cause is mended
            (broken / program).unlink()
            (broken / program).symlink_to(Path(self.cluster.bin_dir) / program)
        self.cluster.pgcm(old, "demote", "--yes").expect(0)
        self.assertIs(self.cluster.healthy(), new)
        until("nothing is left of it", lambda: self.attempts(old) is None and not self.failure(old))

    def test_what_a_fence_cut_short_is_ended(self):
        """A promotion that waits when the lease ends. Somebody else is promoted then, and the agent, which lives on,
        leaves nothing behind."""
        old = self.cluster.settle()
        chosen, other = [node for node in self.cluster if node is not old]
        witnesses = list(self.cluster.witnesses.values())
        startup = int(chosen.value("SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'"))
        os.kill(startup, signal.SIGSTOP)  # a promotion that begins, and does not get on
        other.freeze_host()
        try:
            self.cluster.kill_agents(old)
            old.crash()
            until(lambda: f"its intent on disk\n{chosen.log()}", lambda: (chosen.operation() or ("",))[0] == "promote")
            for witness in witnesses:
                witness.freeze()
            until(lambda: f"the fence\n{chosen.log()}", lambda: "no process of the local server is left" in chosen.log())
            self.assertEqual(chosen.operation()[0], "promote")
            chosen.agent.send_signal(signal.SIGSTOP)
        finally:
            other.thaw_host()
            for witness in witnesses:
                witness.thaw()
        self.assertIs(self.cluster.wait_primary(old), other)
        chosen.agent.send_signal(signal.SIGCONT)
        until("it follows", lambda: chosen.name in self.cluster.streaming(other))
        until(lambda: f"the end of {chosen.operation()}\n{chosen.log()}", lambda: chosen.operation() is None, 20)
        self.cluster.start_agents(old)
        self.assertIs(self.cluster.healthy(), other)
        # The lock is free, too: a command by hand may work.
        self.cluster.pgcm(chosen, "follow").expect(0)


if __name__ == "__main__":
    main(170)
