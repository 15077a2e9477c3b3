"""tests/bench/peers tells what it measures and refuses what it does not know; its figures are nobody's test."""
import subprocess
import unittest

import told

PEERS = told.ROOT / "tests/bench/peers"


class Peers(unittest.TestCase):
    def run_it(self, *words):
        return subprocess.run(["/usr/bin/python3", "-B", PEERS, *words], text=True, capture_output=True, timeout=60, check=False)

    def test_help_tells_each_tool_and_measure(self):
        done = self.run_it("--help")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("pgcm", "pgcm-handover", "pgcm-strict", "pgcm-defaults", "repmgr", "patroni", "pg_auto_failover", "hand",
                     "host", "server", "frozen", "switchover"):
            self.assertRegex(done.stdout, rf"(?m)^{name}\s")

    def test_what_it_does_not_know_is_named(self):
        done = self.run_it("repmgr", "nosuch")
        self.assertEqual(done.returncode, 2)
        self.assertIn("unknown: nosuch (there are: pgcm ", done.stderr)

    def test_figures_that_make_no_sense_are_refused(self):
        for words in (["--trials", "-1"], ["--limit", "0"], ["--trials", "x"]):
            self.assertEqual(self.run_it(*words).returncode, 2, words)

    def test_its_packages_are_a_group(self):
        listed = subprocess.run([told.ROOT / ".ci/packages", "--list", "peers"], text=True, capture_output=True, timeout=60,
                                check=True).stdout.split()
        self.assertIn("patroni", listed)
        self.assertNotIn("peers", told.read("tests/run"))


if __name__ == "__main__":
    unittest.main()
