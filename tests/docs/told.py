"""What the binary tells of itself, and where the texts are that have to agree with it."""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PGCM = os.environ.get("PGCM") or sys.exit("set PGCM to the binary")
BARE = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}


def run(*command, **more):
    """The finished process; its output as text. Nothing of the caller's environment leaks in."""
    more.setdefault("env", BARE)
    if "input" not in more:
        more["stdin"] = subprocess.DEVNULL
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, **more)


def output(*command, **more):
    done = run(*command, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def section(text, title):
    """The indented lines after "Title:"."""
    found = re.search(rf"^{title}:\n((?:  .*\n?)*)", text, re.M)
    return found.group(1) if found else ""


def help_of(*command):
    return output(PGCM, *command, "--help")


def parts_of(*command):
    """The commands below this one."""
    return re.findall(r"^  (\S+)", section(help_of(*command), "Subcommands"), re.M)


def flags_in_help(*command):
    """{"--dry-run": "-n", "--once": None}: each long flag and its short form."""
    flags = {}
    for line in section(help_of(*command), "Options").splitlines():
        found = re.match(r"  (?:(-\w),)?(--[\w-]+)", line)
        if found:
            flags[found.group(2)] = found.group(1)
        elif not line.startswith(" " * 10):
            raise AssertionError(f"not understood in the help of {command}: {line!r}")
    return flags


def values_in_help(*command):
    """{"--to": "NODE"}: each long flag that takes a value, and what --help calls it."""
    return dict(re.findall(r"^  (?:-\w,)?(--[\w-]+) ([A-Z]+)", section(help_of(*command), "Options"), re.M))


def spelled(flags):
    """All spellings, short and long."""
    return {word for long, short in flags.items() for word in (long, short) if word}


COMMANDS = parts_of()
CONFIG_PARTS = parts_of("config")
GLOBAL = flags_in_help()
OWN = {name: {long: short for long, short in flags_in_help(name).items() if long != "--help"} for name in COMMANDS}
# Of the parts of config; they stand in the page of config.
OWN_OF_PARTS = {part: {long: short for long, short in flags_in_help("config", part).items() if long != "--help"}
                for part in CONFIG_PARTS}
OWN_OF_PAGES = {**OWN, "config": {long: short for own in OWN_OF_PARTS.values() for long, short in own.items()}}
