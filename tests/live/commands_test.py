#!/usr/bin/python3
"""The commands that a person or a script calls, on a cluster whose agents are switched off."""
import json
import signal
import subprocess

from cluster import PGCM
from processes import run
from scenario import Scenario, main
from waiting import until
from writer import Writer


class Commands(Scenario):
    def setUp(self):
        super().setUp()
        self.cluster.end_agents()
        self.primary = self.cluster.primary() if self.cluster.is_well() else self.cluster.settle()
        self.standbys = [node for node in self.cluster if node is not self.primary]
        self.cluster.end_agents()

    def pgcm(self, node, *words, **how):
        return self.cluster.pgcm(node, *words, **how)

    def rules(self, election, node):
        entry = next(entry for entry in election["candidates"] if entry["node"] == node.name)
        return [reason["rule"] for reason in entry["reasons"]]

    def test_pipeline(self):
        standby = self.standbys[0]
        view = self.pgcm(standby, "probe").expect(0)
        self.assertEqual(view.json["schema"], "pgcm.view/1")
        piped = subprocess.run(f"{PGCM} probe -c {standby.toml} | {PGCM} elect --view - -c {standby.toml}", shell=True,
                               stdout=subprocess.PIPE, check=True)
        self.assertEqual(json.loads(piped.stdout)["primary"], self.primary.name)
        status = self.pgcm(standby, "status", "--view", "-", stdin=view.out).expect(0).json
        self.assertEqual(status["primary"], self.primary.name)

        self.cluster.stop_server(self.primary)
        view = self.pgcm(standby, "probe", "--inventory").expect(0)
        inventory = next(node for node in view.json["nodes"] if node["node"] == standby.name)["inventory"]
        self.assertGreater(inventory["database_bytes"], 1_000_000)
        election = self.pgcm(standby, "elect", "--view", "-", stdin=view.out).expect(0).json
        self.assertIsNone(election["primary"])
        self.assertEqual(election["winner"], standby.name)
        self.assertEqual(self.rules(election, self.primary), ["not_accepting"])
        self.assertEqual(self.rules(election, standby), ["best_standby"])
        self.assertEqual(self.rules(election, self.standbys[1]), ["better_standby"])
        # A saved view needs no configuration, and no cluster.
        alone = run(PGCM, "elect", "--view", "-", stdin=view.out, environment={"PGCM_CONFIG": "", "HOME": "/nowhere"})
        self.assertEqual(alone.expect(0).json["winner"], standby.name)

    def test_one_node_only(self):
        nodes = self.pgcm(self.primary, "probe", self.standbys[1].name).expect(0).json["nodes"]
        self.assertEqual([node["node"] for node in nodes if node["reach"] == "accepting"], [self.standbys[1].name])
        self.assertIn("nobody", self.pgcm(self.primary, "probe", "nobody").expect(2).err)

    def test_json_and_table(self):
        for words in (["probe"], ["status"], ["elect"]):
            piped = self.pgcm(self.primary, *words).expect(0).json
            self.assertEqual(piped.keys(), self.pgcm(self.primary, *words, "--json").expect(0).json.keys())
            table = self.pgcm(self.primary, *words, "--table").expect(0).out
            self.assertFalse(table.startswith("{"))
            for node in self.cluster:
                self.assertIn(node.name, table)
            self.assertNotIn("\033", table)
            self.assertIn("\033", self.pgcm(self.primary, *words, "--table", "--color", "always").expect(0).out)
            self.pgcm(self.primary, *words, "--table", "--json").expect(2)

    def test_status_exit_codes(self):
        self.pgcm(self.primary, "status").expect(0)
        plugin = self.pgcm(self.primary, "status", "--plugin").expect(0)
        self.assertRegex(plugin.out, r"^PGCM OK - .* \| primaries=1 streaming=2")
        for node in self.standbys:
            self.cluster.stop_server(node)
        status = self.pgcm(self.primary, "status").expect(3).json
        self.assertEqual(status["verdict"], "degraded")
        self.assertIn("no_standby", [alert["code"] for alert in status["alerts"]])
        self.assertIn("PGCM WARNING - ", self.pgcm(self.primary, "status", "--plugin").expect(1).out)
        self.cluster.stop_server(self.primary)
        status = self.pgcm(self.primary, "status").expect(4).json
        self.assertEqual((status["verdict"], status["primary"]), ("no_primary", None))
        self.assertIn("PGCM CRITICAL - ", self.pgcm(self.primary, "status", "--plugin").expect(2).out)
        self.pgcm(self.primary, "elect").expect(5)
        unknown = self.pgcm(self.primary, "status", "--plugin", "--view", "/nowhere").expect(3)
        self.assertTrue(unknown.out.startswith("UNKNOWN"), unknown)
        for node in self.cluster:
            self.cluster.start_server(node)

    def test_two_primaries_have_exit_code_4(self):
        self.cluster.as_owner("pg_ctl", "promote", "-w", "-D", self.standbys[0].data)
        status = self.pgcm(self.primary, "status").expect(4).json
        self.assertEqual(status["verdict"], "many_primaries")
        self.assertIn("many_primaries", [alert["code"] for alert in status["alerts"]])
        self.pgcm(self.standbys[0], "status", "--plugin").expect(2)

    def test_promote(self):
        standby, other = self.standbys
        timeline = self.primary.timeline()
        refused = self.pgcm(standby, "promote", "--yes").expect(5)
        self.assertIn("primary_healthy", refused.err)
        self.assertIn("primary_healthy", self.pgcm(standby, "promote", "--dry-run").expect(5).err)
        self.assertIn("not_standby", self.pgcm(self.primary, "promote", "--yes", "--force").expect(5).err)
        self.cluster.stop_server(self.primary)
        self.assertIn("better_standby", self.pgcm(other, "promote", "--yes").expect(5).err)
        self.assertIn("--yes", self.pgcm(standby, "promote").expect(2).err)
        plan = self.pgcm(standby, "promote", "--dry-run").expect(0).json
        self.assertTrue(plan["dry_run"])
        self.assertTrue(plan["steps"])
        self.assertEqual({step["state"] for step in plan["steps"]}, {"planned"})
        self.assertEqual(standby.role(), "standby")
        done = self.pgcm(standby, "promote", "--yes").expect(0)
        self.assertEqual(standby.role(), "primary")
        self.assert_promoted_once(standby, timeline)
        self.assertEqual([step["name"] for step in done.json["steps"]], [step["name"] for step in plan["steps"]])
        for line in done.err.splitlines():
            self.assertEqual(json.loads(line)["schema"], "pgcm.step/1")
        self.assertEqual(standby.sql("SELECT slot_name FROM pg_replication_slots ORDER BY 1"),
                         [(f"pgcm_{name}",) for name in sorted((self.primary.name, other.name))])
        self.pgcm(standby, "promote", "--yes").expect(5)  # it is primary already

    def test_promote_by_force_and_demote(self):
        methods = ["rewind"] * self.cluster.has_program("pg_rewind") + ["basebackup"]
        for method in methods:
            with self.subTest(method=method):
                old = self.cluster.primary()
                standby = next(node for node in self.cluster if node is not old)
                rest = next(node for node in self.cluster if node not in (old, standby))
                self.pgcm(standby, "promote", "--yes", "--force").expect(0)
                self.assertEqual((old.role(), standby.role()), ("primary", "primary"))
                old.sql("CREATE TABLE lost_with_the_loser (a int)")
                plan = self.pgcm(old, "demote", "--method", method, "--dry-run").expect(0).json
                self.assertEqual({step["state"] for step in plan["steps"]} - {"planned"}, set())
                self.assertEqual(old.role(), "primary")
                self.assertIn("--yes", self.pgcm(old, "demote", "--method", method).expect(2).err)
                done = self.pgcm(old, "demote", "--method", method, "--yes").expect(0).json
                self.assertIn(f"pg_{method}", [step["name"] for step in done["steps"] if step["state"] == "done"])
                self.assertEqual(old.role(), "standby")
                self.assertIn(old.name, self.cluster.streaming(standby))
                self.assertEqual(old.sql("SELECT to_regclass('lost_with_the_loser')"), [(None,)])
                self.assertEqual(list(old.dir.glob("data.pgcm-*")), [])
                demoted = self.pgcm(rest, "demote", "--yes").expect(0).json  # it has WAL of the loser
                self.assertEqual(demoted["steps"][-1]["state"], "done")
                self.assertIs(self.cluster.healthy(), standby)

    def test_demote_refusals(self):
        self.assertIn("is the only primary", self.pgcm(self.primary, "demote", "--yes").expect(5).err)
        self.assertIn("nobody", self.pgcm(self.primary, "demote", "--yes", "--to", "nobody").expect(2).err)
        refused = self.pgcm(self.primary, "demote", "--yes", "--to", self.standbys[0].name).expect(5)
        self.assertIn("not_primary", refused.err)
        self.pgcm(self.primary, "demote", "--yes", "--method", "magic").expect(2)
        self.assertIs(self.cluster.healthy(), self.primary)

    def test_follow(self):
        middle, stray = self.standbys
        self.pgcm(self.primary, "follow").expect(5)
        self.assertIn("not_primary", self.pgcm(stray, "follow", "--to", middle.name).expect(5).err)
        conninfo = stray.value("SELECT setting FROM pg_settings WHERE name = 'primary_conninfo'")
        stray.sql("ALTER SYSTEM SET primary_slot_name = ''")
        wrong = conninfo.replace(f"port={self.primary.port}", f"port={middle.port}")
        stray.sql(f"ALTER SYSTEM SET primary_conninfo = $$ {wrong} $$")
        self.cluster.read_upstream_again(stray)
        until("a cascade", lambda: self.cluster.streaming(middle) == [stray.name])
        status = self.pgcm(stray, "status").json
        self.assertEqual(next(node["follows"] for node in status["nodes"] if node["node"] == stray.name), middle.name)
        self.pgcm(stray, "follow", "--dry-run").expect(0)
        self.assertEqual(self.cluster.streaming(middle), [stray.name])
        self.pgcm(stray, "follow", "--to", self.primary.name).expect(0)
        self.assertIs(self.cluster.healthy(), self.primary)
        again = self.pgcm(stray, "follow").expect(0).json
        self.assertIn("skipped", [step["state"] for step in again["steps"]])

    def test_sync_standby(self):
        self.assertEqual(self.primary.value("SHOW synchronous_standby_names"), "*")
        self.assertIn("not_primary", self.pgcm(self.standbys[0], "sync-standby").expect(5).err)
        writer = Writer(self.cluster)
        for node in self.standbys:
            self.cluster.stop_server(node)
        with writer:
            self.pgcm(self.primary, "sync-standby", "--dry-run").expect(0)
            self.assertEqual(self.primary.value("SHOW synchronous_standby_names"), "*")
            done = self.pgcm(self.primary, "sync-standby").expect(0).json
            self.assertEqual([reason["rule"] for reason in done["reasons"]], ["sync_changes"])
            writer.wait_rows(5)
        self.assertEqual(self.primary.value("SHOW synchronous_standby_names"), "")
        for node in self.standbys:
            self.cluster.start_server(node)
        until("the standbys are back", lambda: len(self.cluster.streaming(self.primary)) == 2)
        self.pgcm(self.primary, "sync-standby").expect(0)
        self.assertEqual(self.primary.value("SHOW synchronous_standby_names"), "*")

    def test_watch_once_from_cron(self):
        """Several calls make the whole failover, and bring the old primary back."""
        old, timeline = self.primary, self.primary.timeline()
        for node in self.cluster:
            self.pgcm(node, "watch", "--once").expect(0)
        self.cluster.stop_server(old)

        def new():
            for node in self.standbys:
                self.pgcm(node, "watch", "--once", "--quiet").expect(0)
            return next((node for node in self.standbys if node.role() == "primary"), None)
        primary = until(lambda: f"a failover: {self.cluster.roles()}", new)
        self.assert_promoted_once(primary, timeline)

        def all_well():
            for node in self.cluster:
                self.pgcm(node, "watch", "--once", "--quiet").expect(0)
            return self.pgcm(primary, "status").code == 0
        until("the old primary is back", all_well)
        self.assertIs(self.cluster.healthy(), primary)

    def test_watch_in_a_dry_run_does_nothing(self):
        """Not even to its own memory: the timers run on from the last turn in earnest."""
        standby = self.standbys[0]
        self.pgcm(standby, "watch", "--once").expect(0)
        self.cluster.stop_server(self.primary)
        said = self.pgcm(standby, "watch", "--once").expect(0)
        self.assertIn('"rule":"failover_after_running"', said.out)

        def kept():
            return [(path, path.stat().st_mtime_ns) for path in sorted(standby.state.iterdir())
                    if path.name != "server.log"]  # the server's own
        before = kept()

        def would_promote():
            said = self.pgcm(standby, "watch", "--once", "--dry-run").expect(0)
            return any(action["action"] == "promote" for line in said.lines for action in line["decision"]["actions"])
        until("a promotion planned", would_promote)
        self.assertTrue(would_promote())
        self.assertEqual(kept(), before)
        self.assertEqual(standby.role(), "standby")

    def test_only_one_works_on_a_node(self):
        node = self.standbys[0]
        self.cluster.start_agents(node)
        self.assertIn("already works", self.pgcm(node, "watch").expect(6).err)
        self.pgcm(node, "watch", "--once").expect(6)
        self.assertEqual(self.pgcm(node, "status").code, 0)
        self.assertEqual(self.cluster.end_agents(node), [0])

    def test_journal_is_decided_again(self):
        self.cluster.start_agents()
        self.primary.crash()
        self.cluster.wait_primary(self.primary)
        self.cluster.healthy()
        self.cluster.end_agents(number=signal.SIGTERM)
        for node in self.cluster:
            journal = node.state / "journal.ndjson"
            replayed = run(PGCM, "elect", "--view", journal).expect(0).json
            self.assertEqual((replayed["schema"], replayed["differing"]), ("pgcm.replay/1", []))
            decisions = [line for line in journal.read_text().splitlines() if '"pgcm.record/1"' in line]
            self.assertEqual(replayed["same"], len(decisions))
            self.assertGreater(replayed["same"], 2)
            run(PGCM, "elect", "--table", "--view", journal).expect(0)


if __name__ == "__main__":
    main(290)
