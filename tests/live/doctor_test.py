#!/usr/bin/python3
"""The doctor: one thing after another is broken in a cluster, is found, and is gone once the remedy is applied to the
letter. No agents run; nothing but the remedies changes a server."""
import re
import subprocess
import time

from cluster import PGCM, set_key
from processes import run
from scenario import Scenario, main
from waiting import until


class Doctor(Scenario):
    options = {"lease": True, "witnesses": 1, "sync": True, "sets": {"allow_in_place_tablespaces": "on"}}

    def setUp(self):
        super().setUp()
        self.p1, self.p2, self.p3 = self.cluster
        self.cluster.reset_configuration()
        if not getattr(self.cluster, "cured", False):
            self.cure_the_fresh()

    def check(self, node=None, code=None, *words):
        """The findings of `config check` on the host of a node, p2's by default."""
        said = self.cluster.pgcm(node or self.p2, "config", "check", *words)
        worst = [finding["severity"] for finding in said.json["findings"]]
        said.expect((2 if "critical" in worst else 0) if code is None else code)
        self.assertEqual(said.json["schema"], "pgcm.check/1")
        return said.json["findings"]

    def found(self, findings=None):
        findings = self.check() if findings is None else findings
        return {(finding["code"], finding["node"]) for finding in findings}

    def restart(self, node):
        self.cluster.stop_server(node)
        self.cluster.start_server(node)

    def cure(self, findings):
        """As told: the statements on that node, one by one, and a restart where one is asked for."""
        restarts = []
        for finding in findings:
            node = self.cluster[finding["node"]]
            for statement in finding["sql"]:
                node.sql(statement)
            if "restart" in finding["remedy"] and node not in restarts:
                restarts.append(node)
        for node in restarts:
            self.restart(node)
        until("the standbys stream", self.cluster.is_well)

    def cure_the_fresh(self):
        """What PostgreSQL's own defaults leave to be mended."""
        findings = self.check(code=0)
        self.assertEqual(self.found(findings), {
            ("retry_interval_long", "p2"), ("retry_interval_long", "p3"), ("hba_unseen", "p1"),
            ("slot_wal_unlimited", "p1"), ("slot_wal_unlimited", "p2"), ("slot_wal_unlimited", "p3"),
            ("connect_public", "p1"), ("connect_public", "w1")})
        self.cure(findings)
        self.assert_well()
        self.cluster.cured = True

    def assert_well(self):
        until(lambda: f"nothing is found: {self.check()}", lambda: not self.check())

    def test_nothing_is_found_on_any_host(self):
        for node in self.cluster:
            self.assertEqual(self.check(node, 0), [])
        table = self.cluster.pgcm(self.p2, "config", "check", "--table").expect(0)
        self.assertIn("nothing stands in the way", table.out)

    def test_nothing_is_written(self):
        def everything():
            files = sorted((str(path), path.stat().st_mtime_ns) for path in self.p2.state.rglob("*"))
            settings = [node.sql("SELECT name, setting FROM pg_file_settings ORDER BY seqno") for node in self.cluster]
            slots = [node.sql("SELECT slot_name FROM pg_replication_slots ORDER BY 1") for node in self.cluster]
            roles = self.p1.sql("SELECT rolname, rolsuper FROM pg_roles ORDER BY 1")
            return files, settings, slots, roles
        before = everything()
        self.check()
        self.assertEqual(everything(), before)

    def test_settings_that_a_reload_mends(self):
        self.cluster.configure({"sync.mode": '"quorum"'})
        broken = [(self.p1, "full_page_writes = off", "full_page_writes_off"), (self.p3, "fsync = off", "fsync_off"),
                  (self.p1, "synchronous_commit = local", "synchronous_commit_low"),
                  (self.p3, "wal_retrieve_retry_interval = '5s'", "retry_interval_long"),
                  (self.p1, "max_slot_wal_keep_size = -1", "slot_wal_unlimited"),
                  (self.p2, "wal_keep_size = 0", "wal_not_kept")]
        for node, setting, _ in broken:
            node.sql(f"ALTER SYSTEM SET {setting}")
        for node in self.cluster:
            node.sql("SELECT pg_reload_conf()")
        expected = {(code, node.name) for node, _, code in broken}
        until(lambda: f"{expected} are found: {self.found()}", lambda: self.found() == expected)
        self.cure(self.check())
        self.assert_well()

    def test_settings_that_a_restart_mends(self):
        self.p1.sql("ALTER SYSTEM SET wal_log_hints = off")
        self.p1.sql("ALTER SYSTEM SET max_wal_senders = 3")
        self.p1.sql("ALTER SYSTEM SET archive_mode = on")
        self.p2.sql("ALTER SYSTEM SET max_connections = 50")
        self.p2.sql("SELECT pg_reload_conf()")
        self.restart(self.p1)
        until("the standbys stream", self.cluster.is_well)
        findings = self.check()
        self.assertEqual(self.found(findings), {("changes_untraced", "p1"), ("wal_senders_few", "p1"),
                                                ("archiver_idle", "p1"), ("restart_pending", "p2")})
        self.p1.sql("ALTER SYSTEM SET archive_command = 'false'")
        self.cure([finding for finding in findings if finding["code"] != "archiver_idle"])
        self.p1.sql("SELECT pg_switch_wal()")
        until(lambda: f"the failure to archive is found: {self.found()}",
              lambda: self.found() == {("archiver_fails", "p1")})
        self.p1.sql("ALTER SYSTEM SET archive_command = 'true'")
        self.p1.sql("SELECT pg_reload_conf()")
        self.assert_well()

    def test_a_standby_has_less_than_the_primary(self):
        """It stops replaying, or does not start any more."""
        self.p1.sql("ALTER SYSTEM SET max_connections = 40")
        self.cluster.stop_server(self.p1)
        self.cluster.start_server(self.p1)
        findings = self.check()
        expected = {("standby_setting_low", "p2"), ("standby_setting_low", "p3")}
        self.assertTrue(self.found(findings) >= expected, findings)
        self.cure([finding for finding in findings if finding["code"] == "standby_setting_low"])
        self.assert_well()

    def test_timeouts_of_the_role(self):
        self.p1.sql("ALTER ROLE pgcm SET statement_timeout = '5s'")
        self.p1.sql("ALTER ROLE pgcm IN DATABASE postgres SET idle_session_timeout = '400ms'")
        findings = self.check()
        self.assertEqual(self.found(findings), {("statement_timeout_short", "p1"), ("idle_timeout_short", "p1")})
        self.cure(findings)
        self.assert_well()

    def test_pg_hba(self):
        path = self.p1.data / "pg_hba.conf"
        text = path.read_text()
        path.write_text("host replication all all reject\n" + text)
        self.p1.sql("SELECT pg_reload_conf()")
        findings = self.check()
        self.assertEqual(self.found(findings), {("replication_refused", "p1"), ("hba_refuses", "p1")})
        self.assertEqual(len(findings), 3)  # tried from p2; read for p2 and p3
        lines = {re.search(r'"(host .*?)"', finding["remedy"]).group(1).replace("ADDRESS", "127.0.0.1")
                 for finding in findings}
        path.write_text("\n".join(sorted(lines)) + "\n" + path.read_text())
        self.p1.sql("SELECT pg_reload_conf()")
        self.assert_well()
        path.write_text(text)
        self.p1.sql("SELECT pg_reload_conf()")

    def test_a_slot_is_lost(self):
        self.p1.sql("SELECT pg_create_physical_replication_slot('backup_x', true)")
        self.p1.sql("ALTER SYSTEM SET max_slot_wal_keep_size = '16MB'")
        self.p1.sql("SELECT pg_reload_conf()")

        def lost():
            self.p1.sql("SELECT pg_switch_wal()", 20)
            self.p1.sql("CREATE TABLE IF NOT EXISTS filler (x int); CHECKPOINT", 20)
            self.p1.sql("INSERT INTO filler VALUES (1)", 20)
            return self.p1.value("SELECT wal_status FROM pg_replication_slots WHERE slot_name = 'backup_x'") == "lost"
        until("the slot is lost", lost)
        findings = self.check()
        self.assertEqual(self.found(findings), {("slot_lost", "p1")})
        self.cure(findings)
        self.p1.sql("ALTER SYSTEM SET max_slot_wal_keep_size = '1GB'")
        self.p1.sql("SELECT pg_reload_conf()")
        self.assert_well()

    def test_who_does_not_answer_is_a_finding(self):
        self.p3.freeze()
        self.cluster["w1"].freeze()
        try:
            began = time.monotonic()
            findings = self.check(None, 2, "--timeout", "500ms")
            self.assertLess(time.monotonic() - began, 30)
            self.assertTrue(self.found(findings) >= {("unreachable", "p3"), ("unreachable", "w1")})
            self.assertEqual(self.found(self.check(None, 0, "--offline")), set())
        finally:
            self.p3.thaw()
            self.cluster["w1"].thaw()
        until("the standbys stream", self.cluster.is_well)
        self.assert_well()

    def test_the_cluster_s_own_settings(self):
        text = self.p2.toml.read_text()
        for name in ("p1", "p2"):
            text = text.replace(f'[[node]]\nname = "{name}"\n', f'[[node]]\nname = "{name}"\nnofailover = true\n')
        text = set_key(set_key(text, "sync.mode", '"quorum"'), "sync.count", "2")
        self.p2.toml.write_text(set_key(text, "sync.strict", "true"))
        self.assertEqual(self.found(), {("one_candidate", "p3"), ("sync_strict_short", None)})

    def test_tablespaces(self):
        self.p1.sql("CREATE TABLESPACE fast LOCATION ''", 20)
        self.assertEqual(self.found(), {("tablespaces", "p1")})
        self.p1.sql("DROP TABLESPACE fast", 20)
        self.assert_well()

    def test_synchronous_standby_names(self):
        self.p1.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.p1.sql("SELECT pg_reload_conf()")
        self.assert_well()
        folder = self.cluster.dir / "received"
        run("install", "-d", "-o", self.cluster.owner, folder).expect(0)
        receiver = subprocess.Popen(["setpriv", f"--reuid={self.cluster.owner}", "--clear-groups",
                                     f"{self.cluster.bin_dir}/pg_receivewal", "-h", self.p1.socket, "-p",
                                     str(self.p1.port), "-U", "postgres", "-D", str(folder)], stdin=subprocess.DEVNULL)
        try:
            until(lambda: f"pg_receivewal is found: {self.found()}",
                  lambda: self.found() == {("sync_star_stranger", "p1")})
        finally:
            receiver.terminate()
            receiver.wait(20)
        self.p1.sql("ALTER SYSTEM SET synchronous_standby_names = 'ANY 3 (p2, p3)'")
        self.p1.sql("SELECT pg_reload_conf()")
        until(lambda: f"it is found: {self.found()}", lambda: self.found() == {("sync_count_high", "p1")})
        self.p1.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.p1.sql("SELECT pg_reload_conf()")
        self.assert_well()

    def test_programs_of_another_version(self):
        folder = self.cluster.dir / "bin"
        folder.mkdir()
        for name in ("pg_ctl", "postgres", "pg_controldata", "pg_rewind", "pg_basebackup"):
            (folder / name).write_text(f'#!/bin/sh\necho "{name} (PostgreSQL) 11.4"\n')
            (folder / name).chmod(0o755)
        self.cluster.configure({"postgres.bin_dir": f'"{folder}"'}, [self.p2])
        codes = [finding["code"] for finding in self.check()]
        self.assertEqual(codes.count("program_version"), 3, codes)

    def test_a_host_without_a_node_can_ask_too(self):
        lines = [line for line in self.p2.toml.read_text().splitlines() if not line.startswith("local = ")]
        path = self.cluster.dir / "elsewhere.toml"
        path.write_text("\n".join(lines) + "\n")
        said = run(PGCM, "config", "check", "-c", path, environment={"PGCM_NODE": ""}).expect(0)
        self.assertEqual([finding["code"] for finding in said.json["findings"]], ["not_a_node"])


if __name__ == "__main__":
    main(230)
