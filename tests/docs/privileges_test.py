"""least-privilege.sql on a real server: it can be run again, and a role that it makes can do what pgcm does."""
import json
import os
import pathlib
import re
import shutil
import tempfile
import unittest

import told

SQL = told.ROOT / "examples/least-privilege.sql"
BIN = pathlib.Path(os.environ.get("PGCM_TEST_BIN") or max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"),
                                                          key=lambda path: int(path.parent.name)))
AS_OWNER = ("/usr/sbin/runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()


class Privileges(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(dir="/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        if AS_OWNER:
            shutil.chown(cls.folder, "postgres", "postgres")
            cls.folder.chmod(0o755)
        cls.pg(BIN / "initdb", "-D", cls.folder / "data", "-A", "trust", "-U", "postgres", "--no-sync")
        options = f"-k {cls.folder} -c listen_addresses= -c fsync=off"
        cls.pg(BIN / "pg_ctl", "-D", cls.folder / "data", "-l", cls.folder / "log", "-w", "-o", options, "start")
        cls.addClassCleanup(cls.pg, BIN / "pg_ctl", "-D", cls.folder / "data", "-m", "immediate", "stop")

    @classmethod
    def pg(cls, *command):
        return told.output(*AS_OWNER, *command, cwd="/")

    def sql(self, user, *arguments):
        return told.run("psql", "-XAtq", "-h", self.folder, "-U", user, "-d", "postgres", *arguments)

    def major(self):
        return int(self.sql("postgres", "-c", "SHOW server_version_num").stdout) // 10000

    def refused(self, statements):
        """Those that the role may not execute, and what it was told."""
        told_of = {statement: self.sql("pgcm", "-c", statement).stderr for statement in statements}
        return {statement: text for statement, text in told_of.items() if text}

    def test_all(self):
        for _ in range(2):
            done = self.sql("postgres", "-f", SQL)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        super_roles = self.sql("postgres", "-c", "SELECT rolname FROM pg_roles WHERE rolsuper").stdout
        self.assertEqual(super_roles, "postgres\n")

        parameters = re.search(r"ALTER SYSTEM ON PARAMETER (.*?) TO", SQL.read_text(), re.S).group(1)
        since_15 = [f"ALTER SYSTEM RESET {parameter}" for parameter in re.findall(r"\w+", parameters)]
        since_15 += ["CHECKPOINT", "ALTER ROLE CURRENT_USER SET pgcm.promotion = 'a/2/0/16B3740/1'",
                     "ALTER ROLE CURRENT_USER SET pgcm.pause = '{}'",
                     "ALTER ROLE CURRENT_USER SET pgcm.switchover = '{}'"]
        always = ["SELECT pg_reload_conf()", "SELECT pg_read_binary_file('PG_VERSION')", "SELECT pg_try_advisory_lock(1, 2)",
                  "SELECT pg_create_physical_replication_slot('x', true)", "SELECT pg_drop_replication_slot('x')"]
        self.assertEqual(len(since_15), 8)
        self.assertEqual(self.refused(always), {})
        if self.major() < 15:
            self.assertIn("superuser=yes", done.stdout)
            self.assertEqual(list(self.refused(since_15)), since_15)
            self.assertEqual(self.sql("postgres", "-v", "superuser=yes", "-f", SQL).stderr, "")
        self.assertEqual(self.refused(since_15), {})
        if self.major() >= 15:
            self.assertEqual(list(self.refused(["ALTER SYSTEM SET work_mem = '1MB'"])), ["ALTER SYSTEM SET work_mem = '1MB'"])

    def test_nothing_is_hidden_from_probe(self):
        self.assertEqual(self.sql("postgres", "-f", SQL).returncode, 0)
        text = told.output(told.PGCM, "probe", "--inventory", "--json", "-c", self.configuration())
        self.assertIn('"reach": "accepting"', text)
        self.assertIn('"missing": []', text)
        self.assertRegex(text, r'"wal_bytes": \d+')

    def configuration(self):
        path = self.folder / "pgcm.toml"
        path.write_text(f'[cluster]\nname = "c"\n[[node]]\nname = "a"\nconninfo = "host={self.folder} user=pgcm"\n')
        return path

    def role_findings(self):
        """What the doctor says of the role."""
        done = told.run(told.PGCM, "config", "check", "--json", "-c", self.configuration())
        findings = json.loads(done.stdout)["findings"]
        return [finding for finding in findings if finding["code"] in ("grant_missing", "not_replication_role")]

    def test_the_doctor_misses_what_is_revoked_and_mends_it(self):
        self.assertEqual(self.sql("postgres", "-f", SQL).returncode, 0)
        # Before 15 another test has made it one, which needs no grant.
        self.assertEqual(self.sql("postgres", "-c", "ALTER ROLE pgcm NOSUPERUSER").stderr, "")
        self.assertEqual(self.role_findings(), [])
        revoked = re.findall(r"^ *GRANT (.*?) TO pgcm", SQL.read_text(), re.S | re.M)
        of_15 = [grant for grant in revoked if "PARAMETER" in grant or grant == "pg_checkpoint"]
        self.assertEqual(len(of_15), 3)
        if self.major() < 15:
            revoked = [grant for grant in revoked if grant not in of_15]
        if self.major() < 16:
            revoked.remove("pg_use_reserved_connections")
        self.assertGreaterEqual(len(revoked), 3)
        for grant in revoked:
            self.assertEqual(self.sql("postgres", "-c", f"REVOKE {grant} FROM pgcm").stderr, "")
        self.assertEqual(self.sql("postgres", "-c", "ALTER ROLE pgcm NOREPLICATION").stderr, "")
        findings = self.role_findings()
        self.assertGreaterEqual(len(findings), len(revoked) + 1)
        for statement in [statement for finding in findings for statement in finding["sql"]]:
            self.assertEqual(self.sql("postgres", "-c", statement).stderr, "", statement)
        self.assertEqual(self.role_findings(), [])


if __name__ == "__main__":
    unittest.main()
