#!/usr/bin/python3
"""Commands called by hand that are told to end in the middle of their work."""
import os
import pty
import signal
import subprocess

from cluster import PGCM
from held_programs import HeldPrograms
from processes import processes_of
from scenario import Scenario, main, needs
from waiting import PATIENCE, Session, until


class Running:
    """A command of pgcm that runs; its two outputs go to files."""

    def __init__(self, node, *words):
        self.node = node
        self.paths = {name: node.dir / f"command.{name}" for name in ("out", "err")}
        with open(self.paths["out"], "wb") as out, open(self.paths["err"], "wb") as err:
            self.process = subprocess.Popen([PGCM, words[0], "-c", str(node.toml), *words[1:]],
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=err)

    def said(self):
        return self.paths["out"].read_text() + self.paths["err"].read_text()

    def end(self, number):
        """Its return code, as subprocess tells it: a signal is negative."""
        assert self.process.poll() is None, f"it ended by itself with {self.process.returncode}:\n{self.said()}"
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for path in self.paths.values():
            path.unlink()


class Interrupted(Scenario):
    options = {"sets": {"allow_system_table_mods": "on"}}  # 12 knows no SET for it

    def setUp(self):
        fresh = type(self).cluster is None
        super().setUp()
        if fresh:
            type(self).programs = HeldPrograms(self.cluster)
        self.programs = type(self).programs
        self.primary = self.cluster.settle(postgres__bin_dir=self.programs.toml)
        self.standbys = [node for node in self.cluster if node is not self.primary]
        self.cluster.end_agents()

    def assert_nothing_runs(self):
        """Beside the servers."""
        servers = {pid for node in self.cluster for pid in node.server_processes()}
        left = {pid: line for pid, line in processes_of(self.cluster.base).items() if pid not in servers}
        self.assertEqual(left, {})

    def assert_agents_go_on(self, node, primary):
        """To a healthy cluster, with nothing left of the operation."""
        self.cluster.start_agents()
        self.assertIs(self.cluster.healthy(), primary)
        until(lambda: f"the end of {node.operation()}", lambda: node.operation() is None)
        self.assertEqual(list(node.dir.glob("data.pgcm-*")), [])

    def demote_is_ended(self, program, number):
        """Two primaries; the old one is being demoted by a program that takes its time."""
        loser, winner = self.primary, self.standbys[0]
        self.cluster.pgcm(winner, "promote", "--yes", "--force").expect(0)
        self.programs.hold(program)
        method = program.removeprefix("pg_")
        try:
            with Running(loser, "demote", "--yes", "--to", winner.name, "--method", method) as command:
                self.programs.wait_held(program)
                self.assertEqual(loser.operation(), ("rejoin", program))
                code, said = command.end(number), command.said()
                self.assert_nothing_runs()
        finally:
            self.programs.release()
        self.assertEqual(loser.operation(), ("rejoin", program), "what is left to do stands on the disk")
        self.assertEqual(winner.role(), "primary")
        self.assertIsNone(loser.postmaster())
        self.assert_agents_go_on(loser, winner)
        return code, said

    @needs("pg_rewind")
    def test_sigterm_while_pg_rewind_works(self):
        code, _ = self.demote_is_ended("pg_rewind", signal.SIGTERM)
        self.assertEqual(code, -signal.SIGTERM, "a shell reports it as 143")

    def test_sigterm_while_pg_basebackup_works(self):
        code, _ = self.demote_is_ended("pg_basebackup", signal.SIGTERM)
        self.assertEqual(code, -signal.SIGTERM, "a shell reports it as 143")

    def test_sigint_while_pg_basebackup_works(self):
        code, said = self.demote_is_ended("pg_basebackup", signal.SIGINT)
        self.assertEqual(code, 130)
        self.assertIn("interrupted", said)

    def test_a_shell_reports_143(self):
        """The number itself, by whom it is made."""
        loser, winner = self.primary, self.standbys[0]
        self.cluster.pgcm(winner, "promote", "--yes", "--force").expect(0)
        program = "pg_rewind" if self.cluster.has_program("pg_rewind") else "pg_basebackup"
        self.programs.hold(program)
        words = [PGCM, "demote", "-q", "-c", str(loser.toml), "--yes", "--to", winner.name]
        try:
            with subprocess.Popen(["sh", "-c", '"$@" & echo $!; wait $!; echo $?', "sh", *words], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as shell:
                pid = int(shell.stdout.readline())
                self.programs.wait_held(program)
                os.kill(pid, signal.SIGTERM)
                self.assertEqual(shell.stdout.readline(), "143\n")
            self.assert_nothing_runs()
        finally:
            self.programs.release()
        self.assert_agents_go_on(loser, winner)

    def test_sigterm_while_a_promotion_is_waited_for(self):
        chosen, timeline = self.standbys[0], self.primary.timeline()
        startup = int(chosen.value("SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'"))
        self.cluster.stop_server(self.primary)
        os.kill(startup, signal.SIGSTOP)  # a promotion that begins, and does not get on
        try:
            with Running(chosen, "promote", "--yes", "--force") as command:
                until("a promotion that waits", lambda: '"name":"wait","state":"running"' in command.said())
                self.assertEqual(command.end(signal.SIGTERM), -signal.SIGTERM)
                self.assertEqual(chosen.role(), "standby")
                self.assert_nothing_runs()
            self.assertEqual((chosen.operation() or ("",))[0], "promote")
        finally:
            os.kill(startup, signal.SIGCONT)
        self.assert_agents_go_on(chosen, chosen)
        self.assert_promoted_once(chosen, timeline)

    def test_sigterm_while_follow_waits_for_the_primary(self):
        node = self.standbys[0]
        node.sql("ALTER SYSTEM SET primary_slot_name = ''")
        self.cluster.read_upstream_again(node)
        settings = (node.data / "postgresql.auto.conf").read_text()
        with Session(self.primary.superuser) as blocker:  # whoever reads the slots waits
            blocker.run("BEGIN")
            blocker.run("ALTER VIEW pg_catalog.pg_replication_slots SET (security_barrier = false)")
            with Running(node, "follow") as command:
                waits = ("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                         " AND query LIKE '%pg_replication_slots%'")
                until(lambda: f"a follow that waits: {command.said()}", lambda: self.primary.value(waits) == 1)
                self.assertEqual(command.end(signal.SIGTERM), -signal.SIGTERM)
                self.assert_nothing_runs()
            blocker.run("ROLLBACK")
        self.assertEqual((node.data / "postgresql.auto.conf").read_text(), settings)
        done = self.cluster.pgcm(node, "follow").expect(0).json
        self.assertIn("primary_conninfo", [step["name"] for step in done["steps"] if step["state"] == "done"])
        self.assertIs(self.cluster.healthy(), self.primary)

    def test_at_the_question(self):
        """Nothing has begun, and nothing does."""
        chosen = self.standbys[0]
        postmasters = {node.name: node.postmaster() for node in self.cluster}
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number=number):
                control, terminal = pty.openpty()
                command = subprocess.Popen([PGCM, "promote", "--force", "-c", str(chosen.toml)], stdin=terminal,
                                           stdout=terminal, stderr=terminal)
                os.close(terminal)
                try:
                    said = b""
                    while b"Go on?" not in said:
                        said += os.read(control, 4096)
                    self.assertIn(f"{chosen.name} will be promoted".encode(), said)
                    command.send_signal(number)
                    self.assertEqual(command.wait(PATIENCE), -number, "a shell reports it as 143 or 130")
                finally:
                    command.kill()
                    command.wait()
                    os.close(control)
                self.assertIsNone(chosen.operation())
                self.assertEqual(chosen.role(), "standby")
                self.assert_nothing_runs()
        self.assertEqual({node.name: node.postmaster() for node in self.cluster}, postmasters)
        self.assertIs(self.cluster.healthy(), self.primary)


if __name__ == "__main__":
    main(170)
