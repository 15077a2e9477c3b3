"""Programs: those that run, found in /proc, and those that are run to their end."""
import json
import os
import shlex
import subprocess
from pathlib import Path

from waiting import PATIENCE

_running = []


def arguments_of_all():
    """The command line of every process there is, as the kernel has it: a zero byte after each word."""
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit():
                yield (entry / "cmdline").read_bytes()
        except OSError:
            continue  # it has ended meanwhile


def processes_of(directory):
    """The processes that work inside a directory or name it in their arguments: {pid: command line}."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            arguments = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            place = os.readlink(entry / "cwd")
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z" and ((place + "/").startswith(f"{directory}/") or f"{directory}/" in arguments + "/"):
            found[int(entry.name)] = arguments.strip()
    return found


def signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


class Output:
    """What a program printed, and how it ended."""

    def __init__(self, command, code, out, err):
        self.command, self.code, self.out, self.err = command, code, out, err

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except ValueError as error:
            raise AssertionError(f"no JSON: {error}\n{self}") from None

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def expect(self, code):
        if self.code != code:
            raise AssertionError(f"exit code {self.code} instead of {code}\n{self}")
        return self

    def __str__(self):
        return f"$ {shlex.join(map(str, self.command))}\n{self.out[-3000:]}{self.err[-3000:]}[exit code {self.code}]"


def run(*command, stdin=None, seconds=PATIENCE, environment=None):
    """Runs a program to its end; `stdin` is a text."""
    program = subprocess.Popen([str(word) for word in command], text=True, env={**os.environ, **(environment or {})},
                               stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    _running.append(program)
    try:
        out, err = program.communicate(stdin, seconds)
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()
        _running.remove(program)
    return Output(command, program.returncode, out, err)


def end_running():
    """SIGTERM to what run() waits for at this moment, and their end."""
    for program in list(_running):
        program.terminate()
    for program in list(_running):
        program.wait(PATIENCE)
