#!/usr/bin/python3
"""Two primaries, standbys that follow the wrong node, and directories that pg_rewind cannot help."""
from held_programs import HeldPrograms
from scenario import Scenario, main
from waiting import until


def rules(turn):
    return [reason["rule"] for reason in turn["decision"]["reasons"]]


class Conflict(Scenario):
    def others(self, primary):
        return [node for node in self.cluster if node is not primary]

    def test_second_primary(self):
        old = self.cluster.settle()
        bystander, upstart = self.others(old)
        timeline = old.timeline()
        self.cluster.as_owner("pg_ctl", "promote", "-w", "-D", upstart.data)
        self.assertEqual(old.role(), "primary")
        old.sql("CREATE TABLE lost_with_the_loser (a int)")
        self.assertIs(self.cluster.healthy(), upstart)
        self.assert_promoted_once(upstart, timeline)

        stood_by = [turn for turn in bystander.turns() if "many_primaries" in rules(turn)]
        self.assertNotEqual(stood_by, [])
        for turn in stood_by:
            self.assertEqual(turn["decision"]["actions"], [])
        self.assertTrue(any("conflict_wait" in rules(turn) for turn in old.turns()))
        self.assertTrue(any("conflict_keeps" in rules(turn) for turn in upstart.turns()))
        self.assertNotIn("rejoin", upstart.log())
        for node in self.cluster:
            self.assertEqual(node.sql("SELECT to_regclass('lost_with_the_loser')"), [(None,)])

    def test_standby_of_the_wrong_node(self):
        primary = self.cluster.settle()
        middle, stray = self.others(primary)
        self.cluster.end_agents()
        conninfo = stray.value("SELECT setting FROM pg_settings WHERE name = 'primary_conninfo'")
        wrong = conninfo.replace(f"port={primary.port}", f"port={middle.port}")
        self.assertNotEqual(wrong, conninfo)
        stray.sql("ALTER SYSTEM SET primary_slot_name = ''")
        stray.sql(f"""ALTER SYSTEM SET primary_conninfo = $conninfo${wrong}$conninfo$""")
        self.cluster.read_upstream_again(stray)
        until("a cascade", lambda: self.cluster.streaming(middle) == [stray.name]
              and self.cluster.streaming(primary) == [middle.name])
        status = self.cluster.pgcm(primary, "status", "--json").json
        self.assertEqual(next(node["follows"] for node in status["nodes"] if node["node"] == stray.name), middle.name)
        self.cluster.start_agents()
        self.assertIs(self.cluster.healthy(), primary)
        self.assertEqual(self.cluster.streaming(middle), [])
        self.assertEqual(stray.value("SHOW primary_slot_name"), f"pgcm_{stray.name}")
        self.assertTrue(any("follows_wrong_node" in rules(turn) for turn in stray.turns()))
        active = primary.sql("SELECT active FROM pg_replication_slots WHERE slot_name = 'pgcm_' || '%s'" % stray.name)
        self.assertEqual(active, [(True,)])

    def test_wal_that_pg_rewind_needs_is_gone(self):
        old = self.cluster.settle()
        timeline = old.timeline()
        other, new = self.others(old)
        self.cluster.end_agents()
        self.cluster.as_owner("pg_ctl", "promote", "-w", "-D", new.data)
        for step in ("CREATE TABLE lost_with_the_loser (a int)", "SELECT pg_switch_wal()", "CHECKPOINT") * 2:
            old.sql(step.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"), 20)
        current = old.value("SELECT pg_walfile_name(pg_current_wal_lsn())")
        redo = old.value("SELECT redo_wal_file FROM pg_control_checkpoint()")
        for segment in (old.data / "pg_wal").iterdir():
            if len(segment.name) == 24 and segment.name < min(current, redo):
                segment.unlink()
        self.cluster.start_agents()
        self.assertIs(self.cluster.healthy(), new)
        self.assert_promoted_once(new, timeline)
        self.assertIn("pg_basebackup", old.log())
        self.assertEqual(old.sql("SELECT to_regclass('lost_with_the_loser')"), [(None,)])
        until("the end of the operation", lambda: old.operation() is None)
        self.assertEqual(list(old.dir.glob("data.pgcm-*")), [])


class WithoutRewind(Scenario):
    options = {"sets": {"wal_log_hints": "off"}}

    def test_clone_and_the_old_directory(self):
        programs = HeldPrograms(self.cluster)
        old = self.cluster.settle(postgres__bin_dir=programs.toml)
        timeline = old.timeline()
        (old.data / "mark_of_the_old_directory").touch()
        self.cluster.kill_agents(old)
        old.crash()
        new = self.cluster.wait_primary(old)
        programs.hold("start")
        self.cluster.start_agents(old)
        programs.wait_held("start")
        self.assertEqual(old.operation(), ("rejoin", "start"))
        kept = list(old.dir.glob("data.pgcm-old-*"))
        self.assertEqual([(place / "mark_of_the_old_directory").exists() for place in kept], [True])
        self.assertFalse((old.data / "mark_of_the_old_directory").exists())
        programs.release()
        self.assertIs(self.cluster.healthy(), new)
        self.assert_promoted_once(new, timeline)
        self.assertNotIn("step: rewind", old.log())
        until("the end of the operation", lambda: old.operation() is None)
        self.assertEqual(list(old.dir.glob("data.pgcm-*")), [])


if __name__ == "__main__":
    main(170)
