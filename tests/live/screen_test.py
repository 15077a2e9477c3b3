#!/usr/bin/python3
"""`pgcm status --watch` on a screen: a terminal of tmux, looked at as a person would."""
import re
import shlex
import subprocess
from pathlib import Path

from cluster import PGCM
from processes import processes_of, run
from scenario import Scenario, main
from waiting import until


class Screen:
    """A terminal of 120 by 30 on a tmux server of its own, in which a shell runs one command."""

    def __init__(self, place, *command, number=1):
        self.socket = place / f"tmux{number}"
        self.code = place / f"tmux{number}.code"
        self.code.unlink(missing_ok=True)
        words = f"trap : INT; {shlex.join(map(str, command))}; echo $? >{shlex.quote(str(self.code))}"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "30", "sh", "-c", words + "; exec cat")

    def tmux(self, *words):
        return run("tmux", "-S", self.socket, *words, environment={"TMUX": "", "LC_ALL": "C.UTF-8"}).expect(0).out

    def text(self, *how):
        return self.tmux("capture-pane", "-p", *how)

    def lines(self):
        return [line for line in self.text().splitlines() if line.strip()]

    def keys(self, *names):
        self.tmux("send-keys", *names)

    def ended(self):
        """The exit code, once it is there."""
        return self.code.read_text().strip() if self.code.exists() else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")
        until("the end of tmux", lambda: not any(str(self.socket) in line for line in
                                                 processes_of(self.socket.parent).values()))
        self.socket.unlink(missing_ok=True)
        self.code.unlink(missing_ok=True)


class OnAScreen(Scenario):
    def setUp(self):
        super().setUp()
        self.primary = self.cluster.settle()
        self.standbys = [node for node in self.cluster if node is not self.primary]

    def watch(self, *words):
        return Screen(self.cluster.base, PGCM, "status", "--watch", "-c", self.primary.toml, *words)

    def row(self, screen, node):
        """The words of a node's line in the table, or None."""
        for line in screen.lines():
            words = line.lstrip("* ").split()
            if words and words[0] == node.name:
                return words
        return None

    def wait_row(self, screen, node, condition):
        return until(lambda: f"{node.name} on the screen:\n{screen.text()}",
                     lambda: (row := self.row(screen, node)) and condition(row) and row)

    def test_follows_the_cluster_in_place(self):
        with self.watch() as screen:
            for node in self.cluster:
                role = "primary" if node is self.primary else "standby"
                self.wait_row(screen, node, lambda row: row[1:3] == [role, "accepting"])
            first = screen.lines()
            self.assertRegex(first[0], rf"^\S+  healthy  primary {self.primary.name}  \d{{4}}-\d\d-\d\d ")
            self.assertIn("\033[", screen.text("-e"), "a terminal has colours")

            self.cluster.kill_agents(self.standbys[1])
            self.cluster.stop_server(self.standbys[1])
            self.wait_row(screen, self.standbys[1], lambda row: "standby" not in row)
            until("the verdict", lambda: "degraded" in screen.lines()[0])
            self.cluster.start_agents(self.standbys[1])
            self.wait_row(screen, self.standbys[1], lambda row: row[1:3] == ["standby", "accepting"])

            self.cluster.kill_agents(self.primary)
            self.primary.crash()
            new = self.cluster.wait_primary(self.primary)
            self.wait_row(screen, new, lambda row: row[1:3] == ["primary", "accepting"])
            self.cluster.start_agents(self.primary)
            self.assertIs(self.cluster.healthy(), new)
            until("all well again", lambda: "healthy" in screen.lines()[0])
            # Drawn again in its place: one table there is, not one below the other.
            self.assertEqual(sum("NODE" in line.split() for line in screen.text("-S", "-").splitlines()), 1)
            self.assertIsNone(screen.ended())

    def test_shows_what_the_agent_decided_and_did(self):
        node = self.standbys[0]
        with Screen(self.cluster.base, PGCM, "status", "--watch", "-c", node.toml) as screen:
            until(lambda: f"the decision:\n{screen.text()}", lambda: "DECISION #" in screen.text())
            self.assertIn(f"because   this standby follows {self.primary.name}", screen.text())
            new = self.host_dies(self.primary)
            with Screen(self.cluster.base, PGCM, "status", "--watch", "-c", new.toml, number=2) as other:
                for part in ("EVENTS", f"decided  promote {new.name} to primary", "done     promote",
                             f"because   {new.name} is primary"):
                    until(lambda: f"{part}:\n{other.text()}", lambda: part in other.text())
                self.assertLessEqual(len(other.text().splitlines()), 30)
                self.assertEqual(other.text().splitlines()[-1].split()[:2], ["q", "quit"])
                # Smaller, and larger again: nothing is left of what was there.
                for width, height in ((70, 14), (120, 30)):
                    other.tmux("resize-window", "-x", str(width), "-y", str(height))
                    until(lambda: f"{width} by {height}:\n{other.text()}",
                          lambda: len(lines := other.text().splitlines()) <= height
                          and lines[-1].endswith("again: reversed") and sum("NODE" in line for line in lines) == 1)
            self.cluster.start_agents(self.primary)
            self.assertIs(self.cluster.healthy(), new)

    def test_shows_how_far_a_clone_has_come(self):
        # A pg_basebackup that takes some seconds.
        slow, real = self.cluster.base / "slow", Path(self.cluster.bin_dir)
        slow.mkdir()
        for program in real.iterdir():
            (slow / program.name).symlink_to(program)
        (slow / "pg_basebackup").unlink()
        (slow / "pg_basebackup").write_text(f'#!/bin/sh\nexec {real}/pg_basebackup --max-rate=6M "$@"\n')
        (slow / "pg_basebackup").chmod(0o755)
        self.primary = self.cluster.settle(postgres__bin_dir=f'"{slow}"', rejoin__methods='["basebackup"]')
        old, new = self.primary, self.host_dies(self.primary)
        watching = [PGCM, "status", "--watch", "-c"]
        with Screen(self.cluster.base, *watching, old.toml) as here, \
                Screen(self.cluster.base, *watching, new.toml, number=2) as elsewhere:
            here.tmux("resize-window", "-x", "80", "-y", "40")
            self.cluster.start_agents(old)
            text = until(lambda: f"the copy:\n{here.text()}",
                         lambda: re.search(r"copied +\[#+\.+\] .* of .* %", text := here.text()) and text)
            self.assertIn(f"running   rejoin of {old.name}, with {new.name}: at its step pg_basebackup, begun ", text)
            done, total, percent = re.search(r"([\d.]+) MiB of ([\d.]+) MiB, (\d+) %", text).groups()
            self.assertAlmostEqual(float(done) / float(total) * 100, int(percent), delta=10)
            self.wait_row(elsewhere, old, lambda row: row[-2:] == [f"{new.name},", "cloning"])
            self.assertNotIn("OPERATION", elsewhere.text())
            self.assertIs(self.cluster.healthy(), new)
            for screen in (here, elsewhere):
                self.wait_row(screen, old, lambda row: row[-1] == new.name)
            until(lambda: f"the end of it:\n{here.text()}", lambda: "OPERATION" not in here.text())
        self.assertFalse((old.state / "progress.json").exists())

    def test_keys_sort_and_quit(self):
        def order():
            names = [line.lstrip("* ").split()[0] for line in screen.lines() if line[2:4] in ("p1", "p2", "p3")]
            return names[:3]
        with self.watch() as screen:
            self.wait_row(screen, self.primary, lambda row: row[1] == "primary")
            self.assertEqual(order(), ["p1", "p2", "p3"])
            screen.keys("n", "n")
            until(lambda: f"reversed:\n{screen.text()}", lambda: order() == ["p3", "p2", "p1"])
            screen.keys("r")
            until(lambda: f"by role:\n{screen.text()}", lambda: order()[0] == self.primary.name)
            screen.keys("f")
            until(lambda: f"as in the file:\n{screen.text()}", lambda: order() == ["p1", "p2", "p3"])
            screen.keys("q")
            self.assertEqual(until("its end", screen.ended), "0")
            self.assertTrue(self.row(screen, self.primary), "the last table stays")
            self.assertNotIn("sort by", screen.text())
            # The terminal is as it was: it shows what is typed, and lines have an end.
            screen.keys("s", "e", "e", "n")
            until(lambda: f"an echo:\n{screen.text()}", lambda: "seen" in screen.text())
            self.assertIn("|1", screen.tmux("display-message", "-p", "#{alternate_on}|#{cursor_flag}"))
            self.assertTrue(screen.tmux("display-message", "-p", "#{alternate_on}").startswith("0"))

    def test_ends_by_ctrl_c_with_the_last_verdict(self):
        with self.watch() as screen:
            self.wait_row(screen, self.primary, lambda row: row[1] == "primary")
            screen.keys("C-c")
            self.assertEqual(until("its end", screen.ended), "0")
            self.assertIn(self.primary.name, screen.text(), "the last table stays")
            self.assertTrue(self.row(screen, self.primary))

    def test_ends_degraded_while_a_standby_is_away(self):
        away = self.standbys[0]
        self.cluster.end_agents(away)
        self.cluster.stop_server(away)
        with self.watch() as screen:
            until("the verdict", lambda: screen.lines() and "degraded" in screen.lines()[0])
            screen.keys("C-c")
            self.assertEqual(until("its end", screen.ended), "3")

    def test_a_pipe_gets_one_after_the_other(self):
        for words, sign in (([], '"schema": "pgcm.status/1"'), (["--table"], " FOLLOWS")):
            with self.subTest(words=words):
                command = [PGCM, "status", "-w", "-c", str(self.primary.toml), *words]
                with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
                    text = ""
                    try:
                        while text.count(sign) < 3 and (line := watching.stdout.readline()):
                            text += line
                    finally:
                        watching.terminate()
                    text += watching.stdout.read()
                    self.assertEqual(watching.wait(), 0)
                self.assertGreaterEqual(text.count(sign), 3)
                self.assertNotIn("\033", text)


if __name__ == "__main__":
    main(170)
