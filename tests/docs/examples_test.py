"""The examples work: configurations load, and the shell script decides as it says."""
import json
import os
import pathlib
import re
import tempfile
import unittest

import told

EXAMPLES = told.ROOT / "examples"
TOMLS = sorted(EXAMPLES.glob("*.toml"))
# What the complete example sets to something else than the default, because a default is empty or of another host.
OWN_VALUES = {"name", "local", "conninfo", "local_conninfo", "data_dir", "bin_dir", "config_file",
              "replication_conninfo", "interface", "arbiters", "listen"}


def pairs_in(text):
    """{(section, key)} of a TOML text, and of what it comments out."""
    found, section = set(), ""
    for line in text.splitlines():
        if header := re.match(r"(?:# )?\[+(\w+)\]+$", line):
            section = header.group(1)
        elif pair := re.match(r"(?:# )?(\w+) = ", line):
            found.add((section, pair.group(1)))
    return found


def accepted():
    keys = told.read("core/config/keys.cpp")
    return {(name, key) for name, body in re.findall(r"Names (\w+)_keys\[\] = {(.*?)};", keys, re.S)
            for key in re.findall(r'"(\w+)"', body)}


def shown(path):
    return told.output(told.PGCM, "config", "show", "-c", path)


class Configurations(unittest.TestCase):
    def test_there_are_some(self):
        self.assertEqual([path.name for path in TOMLS],
                         ["pgcm.toml", "seed-docker.toml", "three-nodes.toml", "two-nodes.toml"])

    def test_they_load(self):
        for path in TOMLS:
            with self.subTest(path.name):
                quorum = "majority" if path.name == "three-nodes.toml" else "any"
                self.assertIn(f'quorum = "{quorum}"', shown(path))

    def test_the_complete_one_has_every_key(self):
        self.assertEqual(pairs_in((EXAMPLES / "pgcm.toml").read_text()), accepted())

    def test_what_it_comments_out_loads_too(self):
        lines, section = [], ""
        for line in (EXAMPLES / "pgcm.toml").read_text().splitlines():
            if header := re.match(r"(?:# )?\[+(\w+)\]+$", line):
                section = header.group(1)
            of_one_kind = section == "commands" and line.startswith("# network")  # network.command says the same
            lines.append(line if of_one_kind else re.sub(r"^# (?=\[\[\w+\]\]$|\w+ = )", "", line))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "all.toml"
            path.write_text("\n".join(lines) + "\n")
            path.chmod(0o640)
            text = shown(path)
        empty = re.findall(r'^(\w+) = (?:""|\[\])$', text, re.M)
        self.assertEqual(empty, ["etcd"])
        self.assertIn("********", text)

    def test_its_values_are_the_defaults(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "least.toml"
            path.write_text('[cluster]\nname = "c"\n[[node]]\nname = "a"\nconninfo = "host=a"\n'
                            '[[node]]\nname = "b"\nconninfo = "host=b"\n')
            least = shown(path)
        pick = lambda text: [line for line in text.splitlines() if line.split(" ")[0] not in OWN_VALUES
                             and not line.startswith("#")]
        self.assertEqual(pick(shown(EXAMPLES / "pgcm.toml")), pick(least))

    def test_the_one_in_the_manual_loads(self):
        page = told.read("man/pgcm.toml.5")
        text = re.search(r"\.Sh EXAMPLES\n.*?\.Bd.*?\n(.*?)\.Ed", page, re.S).group(1)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "manual.toml"
            path.write_text(text)
            self.assertIn('name = "orders"', shown(path))


class Compose(unittest.TestCase):
    """compose.sh with a pgcm of our own, which answers as it is told and writes down how it was called."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        fake = self.folder / "pgcm"
        fake.write_text('#!/bin/sh\ncd "$(dirname "$0")" || exit\n'
                        'case $1 in probe | elect) cat "$1.json"; exit "$(cat "$1.code")" ;; esac\n'
                        'echo "$*" >>calls\n')
        fake.chmod(0o755)

    def turn(self, roles, local="p1", primary=None, winner=None, gone=None, arguments=()):
        """Exit status and the changes that were asked for; `gone`: for how many seconds there is no primary."""
        nodes = [{"node": name, "reach": "accepting" if role else "refused", "role": role or "unknown"}
                 for name, role in roles.items()]
        reasons = [{"text": "nobody may"}]
        self.answer("probe", {"local": local, "nodes": nodes}, 0)
        self.answer("elect", {"primary": primary, "winner": winner, "reasons": reasons}, 0 if primary or winner else 5)
        stamp = self.folder / "since"
        if gone is not None:
            stamp.touch()
            os.utime(stamp, (stamp.stat().st_atime, stamp.stat().st_mtime - gone))
        settings = {"PGCM": str(self.folder / "pgcm"), "STAMP": str(stamp), "FAILOVER_AFTER": "30"}
        done = told.run(EXAMPLES / "shell/compose.sh", *arguments, env={**told.BARE, **settings})
        calls = self.folder / "calls"
        return done.returncode, calls.read_text().splitlines() if calls.exists() else [], done.stderr

    def answer(self, command, document, code):
        (self.folder / f"{command}.json").write_text(json.dumps(document))
        (self.folder / f"{command}.code").write_text(str(code))

    def test_a_primary_keeps_its_sync_names(self):
        code, calls, _ = self.turn({"p1": "primary", "p2": "standby"}, primary="p1")
        self.assertEqual((code, calls), (0, ["sync-standby --json --quiet"]))

    def test_a_standby_follows(self):
        code, calls, _ = self.turn({"p1": "standby", "p2": "primary"}, primary="p2", gone=100)
        self.assertEqual((code, calls), (0, ["follow --json --quiet"]))
        self.assertFalse((self.folder / "since").exists())

    def test_the_best_standby_waits_first(self):
        code, calls, said = self.turn({"p1": "standby", "p2": None}, winner="p1")
        self.assertEqual((code, calls), (0, []))
        self.assertRegex(said, r"no primary for \d+ s of 30 s")
        self.assertTrue((self.folder / "since").exists())

    def test_then_it_is_promoted(self):
        code, calls, _ = self.turn({"p1": "standby", "p2": None}, winner="p1", gone=31)
        self.assertEqual((code, calls), (0, ["promote --json --quiet --yes"]))

    def test_another_goes_before(self):
        code, calls, said = self.turn({"p1": "standby", "p2": None, "p3": "standby"}, winner="p3", gone=31)
        self.assertEqual((code, calls), (0, []))
        self.assertIn("p3 goes before p1", said)

    def test_nobody_can_be_elected(self):
        code, calls, said = self.turn({"p1": "standby", "p2": None}, gone=31)
        self.assertEqual((code, calls), (1, []))
        self.assertIn("nobody may", said)

    def test_two_primaries_are_for_a_person(self):
        code, calls, said = self.turn({"p1": "primary", "p2": "primary"})
        self.assertEqual((code, calls), (1, []))
        self.assertIn("more than one primary", said)

    def test_dry_run_and_arguments_are_handed_on(self):
        code, calls, _ = self.turn({"p1": "standby", "p2": None}, winner="p1", gone=31,
                                   arguments=("-n", "-c", "x.toml"))
        self.assertEqual((code, calls), (0, ["promote --json --quiet --dry-run --yes -c x.toml"]))

    def test_a_host_without_a_node(self):
        code, calls, _ = self.turn({"p1": "primary"}, local=None, primary="p1")
        self.assertEqual((code, calls), (1, []))


if __name__ == "__main__":
    unittest.main()
