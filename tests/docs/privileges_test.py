"""least-privilege.sql on a real server: it can be run again, and a role that it makes can do what pgcm does."""
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
        since_15 += ["CHECKPOINT", "ALTER ROLE CURRENT_USER SET pgcm.promotion = 'a/2/0/16B3740/1'"]
        always = ["SELECT pg_reload_conf()", "SELECT pg_read_binary_file('PG_VERSION')", "SELECT pg_try_advisory_lock(1, 2)",
                  "SELECT pg_create_physical_replication_slot('x', true)", "SELECT pg_drop_replication_slot('x')"]
        self.assertEqual(len(since_15), 6)
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
        path = self.folder / "pgcm.toml"
        path.write_text(f'[cluster]\nname = "c"\n[[node]]\nname = "a"\nconninfo = "host={self.folder} user=pgcm"\n')
        text = told.output(told.PGCM, "probe", "--inventory", "--json", "-c", path)
        self.assertIn('"reach": "accepting"', text)
        self.assertIn('"missing": []', text)
        self.assertRegex(text, r'"wal_bytes": \d+')


if __name__ == "__main__":
    unittest.main()
