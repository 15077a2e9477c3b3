"""A bin_dir for pgcm.toml in which programs of PostgreSQL can be made to wait, before, amid or after their work."""
import os
from contextlib import contextmanager
from pathlib import Path

from waiting import until

WAITING = """#!/bin/sh
# Waits while a file of this name stands, before or after the program's work; amid it, the program itself is stopped.
here={place}
pause() {{ : >"$here/in.$1.$$"; while [ -e "$here/$1" ]; do sleep 0.02; done; rm -f "$here/in.$1.$$"; }}
name={name}
case {name}$1 in
  postgres-C) exec {real}/{name} "$@" ;;
  postgres-D) name=start ;;
  postgres--single) name=recover ;;
esac
pause "before.$name"
if [ -e "$here/amid.$name" ]; then
  {real}/{name} "$@" & work=$!
  # Until it has a connection to the server, or has ended.
  while readlink "/proc/$work/exe" >/dev/null; do ls -l "/proc/$work/fd" | grep -q ' [3-9] -> socket:' && break; done
  kill -STOP "$work"
  pause "amid.$name"
  kill -CONT "$work"; wait "$work"; exit
fi
[ -e "$here/after.$name" ] || exec {real}/{name} "$@"
{real}/{name} "$@"
code=$?
pause "after.$name"
exit "$code"
"""
PROGRAMS = ("pg_rewind", "pg_basebackup", "postgres")
NAMES = ("pg_rewind", "pg_basebackup", "start", "recover")  # postgres is held by what it is called for


class HeldPrograms:
    def __init__(self, cluster):
        self.real = Path(cluster.bin_dir)
        self.place = cluster.base / "bin"
        self.place.mkdir()
        for program in self.real.iterdir():
            mine = self.place / program.name
            if program.name in PROGRAMS:
                mine.write_text(WAITING.format(place=self.place, real=self.real, name=program.name))
                mine.chmod(0o755)
            else:
                mine.symlink_to(program)
        self.place.chmod(0o777)  # the servers' user leaves its marks here

    @property
    def toml(self):
        return f'"{self.place}"'

    @contextmanager
    def without(self, program):
        """While a with-block runs this program is not there."""
        aside = program.with_suffix(".aside")
        if program.exists():
            program.rename(aside)
        try:
            yield
        finally:
            if aside.exists():
                aside.rename(program)

    def hold(self, name, moment="before"):
        assert name not in PROGRAMS or (self.place / name).exists(), f"there is no {name} in {self.real}"
        for old in self.place.glob("in.*"):
            old.unlink()
        (self.place / f"{moment}.{name}").touch()

    def wait_held(self, name, moment="before"):
        """Until a program waits here."""
        def waits():
            for mark in self.place.glob(f"in.{moment}.{name}.*"):
                if os.path.exists(f"/proc/{mark.suffix[1:]}"):
                    return True
            return False
        until(lambda: f"{name} held: {sorted(file.name for file in self.place.glob('in.*'))}", waits)

    def release(self):
        for moment in ("before", "amid", "after"):
            for name in NAMES:
                (self.place / f"{moment}.{name}").unlink(missing_ok=True)
