#!/usr/bin/python3
"""Help texts and usage errors, word for word. PGCM_REWRITE=1 writes them anew; read the diff."""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent / "help"
COMMANDS = ["", "probe", "status", "elect", "promote", "demote", "follow", "switchover", "pause",
            "resume", "sync-standby", "watch", "serve", "config",
            "config check", "config show", "config import", "config init", "history"]
# name: (arguments, exit status); what they print goes to standard error.
ERRORS = {
    "no-command": ([], 2),
    "unknown-command": (["stauts"], 2),
    "unknown-flag": (["status", "--jsno"], 2),
    "missing-value": (["status", "--view"], 2),
    "contradiction": (["status", "--json", "--table"], 2),
    "bad-method": (["demote", "--method", "magic"], 2),
    "no-such-file": (["-c", "/nonexistent/pgcm.toml", "status"], 2),
    "bad-timeout": (["-c", "/nonexistent/pgcm.toml", "--timeout", "5", "follow"], 2),
    "nothing-near": (["help"], 2),
    "unknown-part": (["config", "chek"], 2),
    "flag-and-value": (["demote", "--methd", "rewind"], 2),
    "flag-before-command": (["--dry-run", "follow"], 2),
    "superfluous": (["status", "p1"], 2),
    "node-without-flag": (["switchover", "p2"], 2),
    "no-number": (["history", "--explain", "last"], 2),
    "missing-file": (["config", "import"], 2),
    "folder-for-a-file": (["-c", "/", "status"], 2),
    # On the host of p1 of cluster.toml.
    "no-such-node": (["-c", "cluster.toml", "demote", "--to", "p3"], 2),
    "itself": (["-c", "cluster.toml", "follow", "--to", "p1"], 2),
    "no-such-voter": (["-c", "cluster.toml", "probe", "p9"], 2),
    "no-unit": (["-c", "cluster.toml", "--timeout", "5", "status"], 2),
    "other-unit": (["-c", "cluster.toml", "--timeout", "5sec", "status"], 2),
    "no-duration": (["-c", "cluster.toml", "pause", "--for", "tomorrow"], 2),
    "no-time": (["-c", "cluster.toml", "history", "--since", "yesterday"], 2),
    "no-journal": (["-c", "cluster.toml", "history"], 2),
    "no-address": (["-c", "cluster.toml", "serve", "--listen", "9889"], 2),
    "nowhere-to-listen": (["-c", "cluster.toml", "serve"], 2),
    "no-view": (["-c", "cluster.toml", "elect", "--view", "cluster.toml"], 2),
    "not-a-journal": (["-c", "cluster.toml", "elect", "--replay", "cluster.toml"], 2),
    "no-primary-to-change": (["-c", "cluster.toml", "switchover", "--yes"], 5),
    "nobody-to-pause": (["-c", "cluster.toml", "pause"], 5),
    "no-state-directory": (["-c", "cluster.toml", "promote", "--yes"], 1),
}


def run(program, arguments):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PGCM")}
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=20, env=environment,
                          stdin=subprocess.DEVNULL, cwd=HERE.parent)


def main():
    program = os.path.abspath(sys.argv[1])
    wanted = {}
    problems = []
    for command in COMMANDS:
        done = run(program, [*command.split(), "--help"])
        if done.returncode != 0 or done.stderr:
            problems.append(f"pgcm {command} --help: exit {done.returncode}, said {done.stderr!r}")
        wanted[(command.replace(" ", "-") or "pgcm") + ".txt"] = done.stdout
    for name, (arguments, status) in ERRORS.items():
        done = run(program, arguments)
        if done.returncode != status or done.stdout:
            problems.append(f"pgcm {' '.join(arguments)}: exit {done.returncode} instead of {status}, or standard output")
        wanted[f"error-{name}.txt"] = done.stderr
    for name, text in wanted.items():
        path = HERE / name
        if os.environ.get("PGCM_REWRITE"):
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            problems.append(f"{path.name} is not what pgcm prints now:\n{text}")
    for path in HERE.iterdir():
        if path.name not in wanted:
            problems.append(f"{path.name} belongs to no command")
    print("\n".join(problems) or f"{len(wanted)} texts")
    return 1 if problems else 0


sys.exit(main())
