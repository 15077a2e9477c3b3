"""`history` and `elect` on journals as long as they get, within bounded memory, and on damaged ones."""
import copy
import datetime
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import unittest

PGCM = os.environ.get("PGCM") or sys.exit("set PGCM to the binary")
SAMPLE = pathlib.Path(__file__).resolve().parents[1] / "golden/report/record.json"
BEGIN = datetime.datetime(2026, 11, 1)
LARGEST = 16 << 20  # of core/loop/chronicle.cpp
MEMORY = 192 << 20  # of address space, the program's own and its libraries' 40 MB included


def moment(number):
    return (BEGIN + datetime.timedelta(seconds=number)).isoformat() + ".000000Z"


def line(document):
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


class Pen:
    """Records like an agent's, of a primary that is lost and found again every few turns; and what was done."""

    def __init__(self):
        first = json.loads(SAMPLE.read_text())
        self.gone = copy.deepcopy(first)
        self.back = first
        lost = self.gone["view"]["nodes"][0]
        lost.update(reach="refused", message="connection refused", role="unknown")
        self.gone["decision"]["actions"] = []
        self.number = self.decisions = 0

    def lines(self):
        """Without an end: 5 turns, then something that was done."""
        while True:
            record = (self.back, self.gone)[self.number // 3 % 2]
            record["view"]["taken_at"] = moment(self.number)
            self.number += 1
            self.decisions += 1
            yield line(record)
            if self.number % 5 == 0:
                yield line({"schema": "pgcm.done/1", "time": moment(self.number), "node": "p2", "action": "follow",
                            "step": None, "state": "done", "took_ms": 3, "text": "follow p1", "user": None})


class Journal(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.toml = self.folder / "pgcm.toml"
        self.toml.write_text(f'[cluster]\nname = "orders"\n[state]\ndir = "{self.folder}"\n'
                             '[[node]]\nname = "p1"\nconninfo = "host=a"\n[[node]]\nname = "p2"\nconninfo = "host=b"\n')

    def pgcm(self, *words, codes=(0,), memory=None, **how):
        """Its standard output, in bytes, and what it said beside."""
        limit = (lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory))) if memory else None
        done = subprocess.run([PGCM, "-c", str(self.toml), *map(str, words)], capture_output=True, timeout=120,
                              preexec_fn=limit, **how)
        self.assertIn(done.returncode, codes, done.stderr[-2000:])
        return done.stdout, done.stderr.decode(errors="replace")

    def read(self, *words, **how):
        out, _ = self.pgcm(*words, "--json", **how)
        return json.loads(out)

    def test_two_files_of_the_largest_size(self):
        pen = Pen()
        lines = pen.lines()
        for name in ("journal.ndjson.1", "journal.ndjson"):
            size = 0
            with open(self.folder / name, "w", encoding="utf-8") as file:
                while size <= LARGEST:
                    text = next(lines) + "\n"
                    size += len(text.encode())
                    file.write(text)
        history = self.read("history", memory=MEMORY)
        self.assertGreater(pen.decisions, 3000)
        self.assertEqual(history["decisions"], pen.decisions)
        kinds = [entry["kind"] for entry in history["entries"]]
        self.assertEqual((kinds.count("decision"), kinds.count("damage")), (pen.decisions, 0))
        self.assertGreaterEqual(kinds.count("operation"), pen.decisions // 5 - 1)

        since = moment(pen.number - 100).split(".")[0] + "Z"
        late = self.read("history", "--since", since, memory=MEMORY)
        self.assertEqual((late["decisions"], sum(entry["kind"] == "decision" for entry in late["entries"])),
                         (pen.decisions, 100))
        text, _ = self.pgcm("history", "--table", memory=MEMORY)
        self.assertGreater(text.count(b"does not accept (refused)"), pen.decisions // 7)
        one = self.read("history", "--explain", pen.decisions, memory=MEMORY)
        self.assertEqual(one["record"]["view"]["taken_at"], moment(pen.number - 1))

        bundle = self.folder / "bundle"
        self.pgcm("history", "--export", bundle, memory=MEMORY)
        self.assertGreater(bundle.stat().st_size, 2 * LARGEST)
        # Whether a sample is decided the same is not the question here.
        self.assertEqual(self.read("elect", "--replay", bundle, codes=(0, 1), memory=MEMORY)["turns"], pen.decisions)

    def check_damage(self, text, damaged, whole):
        """All commands go on past what is damaged, and say where it is."""
        file = self.folder / "damaged"
        file.write_bytes(text)
        history = self.read("history", "--journal", file)
        self.assertEqual([entry["line"] for entry in history["entries"] if entry["kind"] == "damage"], damaged)
        self.assertEqual(history["decisions"], whole)
        for words in (("elect", "--view", file), ("elect", "--replay", file), ("elect", "--view", "-"),
                      ("elect", "--replay", "-")):
            out, said = self.pgcm(*words, "--json", codes=(0, 1), input=text)
            self.assertEqual(json.loads(out)["turns"], whole, words)
            self.assertEqual([int(found) for found in re.findall(r"warning: line (\d+) of ", said)], damaged, words)
            self.assertEqual(said.count("is left out, for it is damaged: "), len(damaged))
            self.assertIn("standard input" if words[2] == "-" else str(file), said)
            self.assertEqual(self.pgcm(*words, "--json", "-q", codes=(0, 1), input=text)[1], "")
        _, said = self.pgcm("status", "--view", file, "--json", codes=(0, 3, 4))
        self.assertEqual(said.count("is left out"), len(damaged))

    def test_damage(self):
        lines = Pen().lines()
        a, b, c = (next(lines).encode() for _ in range(3))
        for text, damaged, whole in (
                (a + b"\n" + b[:500], [2], 1),                             # cut short by a crash
                (a[:500] + b"\n" + b + b"\n" + c + b"\n", [1], 2),         # the first
                (a + b"\n" + b"\0" * 4096 + b"\n" + c + b"\n", [2], 2),    # blocks that never came to the disk
                (a + b"\n" + b[:200] + c + b"\n" + c + b"\n", [2], 2),     # two in one
                (b"\xff\xfe\x80\n" + a + b"\n" + bytes(range(11, 256)) + b"\n" + c, [1, 3], 2),
                (a + b"\n\n \r\n" + b.replace(b"pgcm.view/1", b"pgcm.view/9") + b"\n" + c + b"\n", [4], 2)):
            with self.subTest(damaged=damaged, whole=whole):
                self.check_damage(text, damaged, whole)

    def test_nothing_but_damage(self):
        file = self.folder / "damaged"
        file.write_bytes(next(Pen().lines()).encode()[:500] + b"\n")
        for how in ("--view", "--replay"):
            _, said = self.pgcm("elect", how, file, "--table", codes=(2,))
            self.assertIn("there is no decision in it", said)


if __name__ == "__main__":
    unittest.main()
