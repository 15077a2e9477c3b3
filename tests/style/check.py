#!/usr/bin/python3
"""The house's rules that a machine can see: room walls, one clock, one place for each effect, sizes."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
OPEN_DOORS = {"loop"}  # may enter every room, as cmd/ does
SPEAKS_SQL = {"config", "probe", "lease", "act", "postgres"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 70

# (what, where it is allowed, pattern)
EFFECTS = [
    ("standard output", r"^(cmd/|core/report/)", r"\bstd::c(out|err)\b|\bprintf\("),
    # The guard is a process of its own, which outlives the agent and its clock.
    ("a clock", r"^core/(loop/clock|act/guard_process)", r"\bclock_gettime\(|_clock::now\(|\bgettimeofday\(|\btime\(nullptr\)"),
    ("the environment", r"^core/config/lookup", r"\bgetenv\("),
    ("a shell", r"^$", r"\b(std::)?system\(|\bpopen\("),
    ("fork", r"^core/act/spawn", r"\bv?fork\(\)|\bposix_spawn"),
    ("libpq", r"^core/(postgres/|probe/session)", r"\bPQ[a-z]\w+\("),
    ("an exit code", r"^cmd/", r"\bexit\(\d"),
    ("a left-over", r"^$", r"\b(TODO|FIXME|XXX|HACK)\b"),
]


def sources():
    for folder in ("core", "cmd"):
        yield from sorted((ROOT / folder).rglob("*.[ch]pp"))


def wall_breaches(name, text):
    room = name.split("/")[1]
    if not name.startswith("core/") or room in OPEN_DOORS:
        return
    allowed = {room, "model"} | ({"postgres"} if room in SPEAKS_SQL else set())
    for included in re.findall(r'#include "([^"]+)"', text):
        if "/" in included and included.split("/")[0] not in allowed:
            yield f'{name}: the room {room} may not include "{included}"'


def code_only(text):
    text = re.sub(r"//[^\n]*", "", text)
    return re.sub(r'"(\\.|[^"\\\n])*"', '""', text)


def effects(name, text):
    code = code_only(text)
    for what, allowed, pattern in EFFECTS:
        subject = text if what == "a left-over" else code
        found = re.search(pattern, subject)
        if found and not re.search(allowed, name):
            yield f"{name}: {what} outside its room ({found.group(0)})"


def sizes(name, text):
    lines = text.split("\n")
    if len(lines) > LONGEST_FILE:
        yield f"{name}: {len(lines)} lines, at most {LONGEST_FILE}"
    start = None
    for number, line in enumerate(lines, 1):
        if re.match(r"(    )?\S.*\)( const)?( noexcept)?( override)?( try)? \{$", line) and not line.strip().startswith("}"):
            start = (number, len(line) - len(line.lstrip()))
        elif start and line.rstrip() == " " * start[1] + "}":
            if number - start[0] > LONGEST_FUNCTION:
                yield f"{name}:{start[0]}: a function of {number - start[0]} lines, at most {LONGEST_FUNCTION}"
            start = None


def main():
    problems = []
    seen = 0
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        seen += 1
        problems += [*wall_breaches(name, text), *effects(name, text), *sizes(name, text)]
        if path.suffix == ".hpp" and "#pragma once\n//" not in text:
            problems.append(f"{name}: a header begins with a sentence of meaning")
    print("\n".join(problems) or f"{seen} files, all in their rooms")
    return 1 if problems or seen == 0 else 0


sys.exit(main())
