#!/usr/bin/python3
"""The doctor: one thing after another is broken in a cluster, is found, and is gone once the remedy is applied to the
letter. No agents run; nothing but the remedies changes a server."""
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

from cluster import PGCM, living, set_key
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

    def assert_told(self, findings, code, severity, sql, remedy):
        """The one finding of that code, with its remedy to the letter."""
        told = [(each["severity"], each["sql"], each["remedy"]) for each in findings if each["code"] == code]
        self.assertEqual(told, [(severity, sql, remedy)])

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
        self.p3.sql("ALTER SYSTEM SET max_replication_slots = 1")
        self.restart(self.p1)
        self.restart(self.p3)
        until("the standbys stream", self.cluster.is_well)
        findings = self.check()
        self.assertEqual(self.found(findings), {("changes_untraced", "p1"), ("wal_senders_few", "p1"),
                                                ("archiver_idle", "p1"), ("restart_pending", "p2"),
                                                ("slots_few", "p3")})
        self.assert_told(findings, "slots_few", "critical", ["ALTER SYSTEM SET max_replication_slots = '6'"],
                         "then restart this server")
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

    def test_another_database_than_the_others(self):
        """Its lease would be another lock (LESSONS 26), so that the file is refused; without a lease it is told."""
        self.p1.sql("CREATE DATABASE elsewhere", 20)
        lsn = self.p1.value("SELECT pg_current_wal_lsn()")
        until("it is on p3", lambda: self.p3.value(f"SELECT pg_last_wal_replay_lsn() >= '{lsn}'"))
        before = self.p2.toml.read_text()
        self.p2.toml.write_text(before.replace(f"port={self.p3.port} ", f"port={self.p3.port} dbname=elsewhere "))
        self.assertIn('the database is "elsewhere" here', self.cluster.pgcm(self.p2, "config", "check").expect(2).err)
        self.cluster.configure({"failover.quorum": '"any"'}, [self.p2])
        findings = self.check()
        self.assertEqual(self.found(findings), {("database_differs", "p3")})
        self.assert_told(findings, "database_differs", "warning", [],
                         "the same dbname in every conninfo, or none and cluster.dbname")
        self.p2.toml.write_text(before)
        self.assert_well()

    def test_the_data_directory_of_another_node(self):
        """Which an agent would start and replace."""
        before = self.p2.toml.read_text()
        self.p2.toml.write_text(set_key(before, "postgres.data_dir", f'"{self.p3.data}"'))
        findings = self.check()
        self.assertEqual(self.found(findings), {("data_directory", "p2")})
        self.assertIn(f"works in {self.p2.data}, not in {self.p3.data}", findings[0]["what"])
        self.assert_told(findings, "data_directory", "critical", [],
                         "correct postgres.data_dir, or the conninfo of this node")
        self.p2.toml.write_text(before)
        self.assert_well()

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


class SmallDisk:
    """A tmpfs in which clusters are made while a with-block runs; removed like a cluster, after those in it."""

    def __init__(self, megabytes):
        self.base = Path(tempfile.mkdtemp(prefix="pgcm-live-"))
        run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "pgcm", self.base).expect(0)
        living.append(self)

    def __enter__(self):
        self.before, tempfile.tempdir = tempfile.tempdir, str(self.base)
        return self

    def __exit__(self, *_):
        tempfile.tempdir = self.before

    def show(self):
        pass

    def remove(self):
        living.remove(self)
        run("umount", self.base).expect(0)
        self.base.rmdir()


class Alone(Scenario):
    """One server on a small disk, with settings that no server with standbys starts with."""
    options = {"nodes": 1, "sync": False}
    disk = None

    def setUp(self):
        if type(self).cluster is None:
            type(self).disk = SmallDisk(220)
            with self.disk:
                super().setUp()
        super().setUp()
        self.node = self.cluster["p1"]

    @classmethod
    def _drop(cls, show):
        super()._drop(show)
        if cls.disk is not None:
            cls.disk.remove()
            cls.disk = None

    def found(self):
        """By code; of the server itself."""
        findings = self.cluster.pgcm(self.node, "config", "check").json["findings"]
        return {each["code"]: each for each in findings if each["node"] == "p1"}

    def restart(self):
        self.cluster.stop_server(self.node)
        self.cluster.start_server(self.node)

    def test_no_room_for_a_clone(self):
        self.assertNotIn("clone_no_room", self.found())
        filler = self.disk.base / "filler"
        free = os.statvfs(self.disk.base).f_bavail * os.statvfs(self.disk.base).f_frsize
        filler.write_bytes(bytes(free - (64 << 20)))  # a clone wants as much for WAL alone
        finding = self.found()["clone_no_room"]
        self.assertRegex(finding["what"], r"^6\d.* is free, a clone needs [89]\d")
        self.assertEqual((finding["severity"], finding["remedy"]),
                         ("warning", "make room, or set rejoin.in_place = true: it removes the old data first"))
        filler.unlink()
        self.assertNotIn("clone_no_room", self.found())

    def test_settings_without_which_nobody_streams(self):
        node = self.node
        # As the others would look for it, and as this host does.
        text = node.toml.read_text().replace(f"host={node.host} ", "host=pg1.example ")
        lines = [line + f'\nlocal_conninfo = "host={node.socket}"' * line.startswith("conninfo = ")
                 for line in text.splitlines()]
        node.toml.write_text("\n".join(lines) + "\n")
        for setting in ("wal_level = minimal", "max_wal_senders = 0", "hot_standby = off"):
            node.sql(f"ALTER SYSTEM SET {setting}")
        self.restart()
        cures = {"wal_level_low": ("critical", "wal_level = 'replica'"),
                 "hot_standby_off": ("critical", "hot_standby = 'on'"),
                 "wal_senders_few": ("warning", "max_wal_senders = '6'"),
                 "listens_locally": ("critical", "listen_addresses = '*'")}
        findings = self.found()
        for code, (severity, setting) in cures.items():
            each = findings[code]
            self.assertEqual((each["severity"], each["sql"], each["remedy"]),
                             (severity, [f"ALTER SYSTEM SET {setting}"], "then restart this server"))
            node.sql(each["sql"][0])
        self.restart()
        self.assertEqual(set(self.found()) & set(cures), set())


if __name__ == "__main__":
    main(230)
