"""systemd takes the units as they are."""
import pathlib
import re
import tempfile
import unittest

import told

UNITS = sorted((told.ROOT / "packaging/systemd").iterdir())


class Units(unittest.TestCase):
    def test_verify(self):
        with tempfile.TemporaryDirectory() as folder:
            copies = []
            for unit in UNITS:
                copy = pathlib.Path(folder) / unit.name
                copy.write_text(unit.read_text().replace("/usr/bin/pgcm", told.PGCM))
                copies.append(copy)
            said = told.run("systemd-analyze", "verify", "--man=no", *copies)
        self.assertEqual((said.returncode, said.stdout + said.stderr), (0, ""))

    def test_commands_are_those_of_the_binary(self):
        for unit in UNITS:
            for line in re.findall(r"^ExecStart=/usr/bin/pgcm (.*)$", unit.read_text(), re.M):
                command, *rest = line.split()
                self.assertIn(command, told.COMMANDS)
                flags = {word for word in rest if word.startswith("-")}
                self.assertLessEqual(flags, told.spelled(told.OWN[command]) | told.spelled(told.GLOBAL), line)

    def test_manuals_they_name(self):
        for unit in UNITS:
            for name, part in re.findall(r"man:([\w.-]+)\((\d)\)", unit.read_text()):
                self.assertTrue((told.ROOT / "man" / f"{name}.{part}").exists(), f"{unit.name}: {name}({part})")

    def test_the_server_outlives_the_agent(self):
        for name in ("pgcm-watch.service", "pgcm-check.service"):
            self.assertIn("\nKillMode=process\n", told.read(f"packaging/systemd/{name}"))


class StopAtShutdown(unittest.TestCase):
    """ExecStopPost, with a systemctl of our own."""

    def run_with(self, state):
        unit = told.read("packaging/systemd/pgcm-watch.service").replace("\\\n", " ")
        script = re.search(r"^ExecStopPost=\+-/bin/sh -c '(.*)'$", unit, re.M).group(1)
        script = script.replace("%n", "pgcm-watch.service").replace("$$", "$")
        with tempfile.TemporaryDirectory() as folder:
            calls = pathlib.Path(folder) / "calls"
            fake = pathlib.Path(folder) / "systemctl"
            fake.write_text(f'#!/bin/sh\necho "$*" >>"{calls}"\n'
                            f'case "$1" in is-system-running) echo {state} ;; show) echo /no/such/group ;; esac\n')
            fake.chmod(0o755)
            environment = {**told.BARE, "PATH": f"{folder}:/usr/bin:/bin"}
            done = told.run("/bin/sh", "-c", script, env=environment)
            return done.returncode, calls.read_text().splitlines()

    def test_a_running_system_leaves_the_server_alone(self):
        self.assertEqual(self.run_with("running"), (0, ["is-system-running"]))

    def test_a_stopping_system_stops_it_fast(self):
        code, calls = self.run_with("stopping")
        self.assertEqual(code, 0)
        self.assertEqual(calls[:2], ["is-system-running", "kill --signal=INT pgcm-watch.service"])


if __name__ == "__main__":
    unittest.main()
