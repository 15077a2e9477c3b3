#!/usr/bin/python3
"""Rejoins by hand on two nodes while things break: the last good copy stays, and the next try comes through."""
import os
import subprocess

from held_programs import HeldPrograms
from interrupted_test import Running
from processes import run
from scenario import Scenario, main, needs
from waiting import PATIENCE, until


class RejoinFaults(Scenario):
    options = {"nodes": 2, "sync": False}

    def setUp(self):
        fresh = type(self).cluster is None
        super().setUp()
        if fresh:
            self.cluster.settle()
            self.cluster.end_agents()
            type(self).programs = HeldPrograms(self.cluster)
            self.cluster.configure({"postgres.bin_dir": self.programs.toml})
        self.programs = type(self).programs
        self.loser = until("one primary", self.cluster.primary)
        self.winner = next(node for node in self.cluster if node is not self.loser)

    def two_primaries(self):
        """Each with WAL of its own."""
        self.cluster.pgcm(self.winner, "promote", "--yes", "--force").expect(0)
        for node in self.cluster:
            node.sql("CREATE TABLE IF NOT EXISTS went_apart (node text)")
            node.sql(f"INSERT INTO went_apart VALUES ('{node.name}')")

    def demote(self, *words, code=0):
        return self.cluster.pgcm(self.loser, "demote", "--yes", "--to", self.winner.name, *words).expect(code)

    def comes_through(self, **steps):
        """The next try does, with these steps in these states."""
        done = self.demote()
        states = {step["name"]: step["state"] for step in done.json["steps"]}
        self.assertEqual({name: states.get(name) for name in steps}, steps, done)
        until("a standby that streams", lambda: self.cluster.streaming(self.winner) == [self.loser.name])
        self.assertIsNone(self.loser.operation())
        self.assertEqual(list(self.loser.dir.glob("data.pgcm-*")), [])

    def source_dies_amid(self, program):
        self.two_primaries()
        self.programs.hold(program, "amid")
        try:
            with Running(self.loser, "demote", "--yes", "--to", self.winner.name, "--method",
                         program.removeprefix("pg_")) as command:
                self.programs.wait_held(program, "amid")
                self.winner.crash()
                self.programs.release()
                self.assertEqual(command.process.wait(PATIENCE), 1, command.said())
        finally:
            self.programs.release()
        self.assertEqual(self.loser.operation(), ("rejoin", "failed"))
        self.assertTrue((self.loser.data / "global" / "pg_control").exists())
        self.assertIsNone(self.loser.postmaster())
        self.cluster.start_server(self.winner)

    def no_rewind_is_told(self):
        """Of a bin_dir that has none, as some packages have not."""
        program = self.programs.place / "pg_rewind"
        with self.programs.without(program):
            plan = self.demote("--dry-run").json
        step = next(step for step in plan["steps"] if step["name"] == "pg_rewind")
        self.assertEqual((step["state"], step["detail"]), ("skipped", f"there is no pg_rewind in {self.programs.place}"))

    @needs("pg_rewind")
    def test_source_dies_amid_pg_rewind(self):
        self.source_dies_amid("pg_rewind")
        self.comes_through(prove_streaming="done")

    def test_source_dies_amid_pg_basebackup(self):
        self.source_dies_amid("pg_basebackup")
        self.comes_through(prove_streaming="done")

    @needs("pg_rewind")
    def test_wal_that_pg_rewind_needs_is_gone(self):
        self.two_primaries()
        self.loser.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active")
        recent = self.loser.value("SELECT current_setting('server_version_num')::int >= 130000")
        self.loser.sql(f"ALTER SYSTEM SET {'wal_keep_size' if recent else 'wal_keep_segments'} = 0")
        self.loser.sql("SELECT pg_reload_conf()")
        for _ in range(4):
            self.loser.sql("SELECT pg_switch_wal()")
            self.loser.sql("CREATE TABLE again (i int); DROP TABLE again")
            self.loser.sql("CHECKPOINT", 20)
        self.comes_through(pg_rewind="failed", pg_basebackup="done", prove_streaming="done")

    def test_nothing_traces_the_changes(self):
        self.two_primaries()
        self.no_rewind_is_told()
        if self.loser.value("SHOW data_checksums") == "on":
            self.cluster.stop_server(self.loser)
            self.cluster.as_owner("pg_checksums", "--disable", "-D", self.loser.data)
            self.cluster.start_server(self.loser)
        self.loser.sql("ALTER SYSTEM SET wal_log_hints = off")
        self.cluster.stop_server(self.loser)
        self.cluster.start_server(self.loser)
        plan = self.demote("--dry-run").json
        found = next(step for step in plan["steps"] if step["name"] == "find")
        self.assertIn("wal_log_hints or checksums: no", found["detail"])
        self.assertEqual(self.loser.role(), "primary")
        self.comes_through(pg_rewind="skipped", pg_basebackup="done", prove_streaming="done")
        self.loser.sql("ALTER SYSTEM RESET wal_log_hints")
        self.cluster.stop_server(self.loser)
        self.cluster.start_server(self.loser)

    def test_swap_cut_short(self):
        """Between its two renames: the plan leaves it so, the command puts the clone in place."""
        standby, primary = self.winner, self.loser
        self.cluster.stop_server(standby)
        standby.cut_a_swap_short(primary)
        self.cluster.pgcm(standby, "demote", "--dry-run", "--to", primary.name).expect(0)
        self.assertFalse(standby.data.exists())
        self.loser, self.winner = standby, primary
        self.comes_through(find="done", prove_streaming="done")

    def test_disk_that_fills_up(self):
        """The clone ends, and the data directory stands as it was."""
        self.two_primaries()
        small, at_home = self.loser.dir / "small", self.loser.data
        self.cluster.stop_server(self.loser)
        size = int(run("du", "-sk", at_home).out.split()[0])
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size * 3 + 131072}k,mode=755", "pgcm", small], check=True)
        try:
            subprocess.run(["chown", self.cluster.owner, small], check=True)
            subprocess.run(["cp", "-a", at_home, small / "data"], check=True)
            before = self.loser.toml.read_text()
            self.cluster.configure({"postgres.data_dir": f'"{small}/data"'}, [self.loser])
            self.programs.hold("pg_basebackup")
            with Running(self.loser, "demote", "--yes", "--method", "basebackup") as command:
                self.programs.wait_held("pg_basebackup")
                subprocess.run(f"head -c 10G /dev/zero >'{small}/filler'", shell=True, stderr=subprocess.DEVNULL)
                self.programs.release()
                self.assertEqual(command.process.wait(PATIENCE), 1)
                self.assertIn("No space left on device", command.said())
            self.assertTrue((small / "data" / "global" / "pg_control").exists())
            filler = small / "filler"
            filler.unlink()
            kilobytes = os.statvfs(small).f_bavail * os.statvfs(small).f_frsize // 1024 - 8192
            filler.write_bytes(bytes(kilobytes * 1024))
            refused = self.demote("--method", "basebackup", code=5)
            self.assertIn("there is no room for a second copy", refused.err)
            self.loser.toml.write_text(before)
        finally:
            self.programs.release()
            subprocess.run(["umount", small], check=True)
            small.rmdir()
        self.comes_through(prove_streaming="done")


if __name__ == "__main__":
    main(290)
