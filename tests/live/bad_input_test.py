#!/usr/bin/python3
"""Wrong files and wrong places: one clear error, exit code 2, and nothing is changed."""
import json
import os
import stat

from cluster import PGCM, Cluster
from processes import run
from scenario import Scenario, main
from waiting import until


COMMANDS = (["status"], ["config", "check"], ["watch"], ["watch", "--once"], ["promote", "--yes"], ["demote", "--yes"],
            ["follow"], ["sync-standby"])


class BadInput(Scenario):
    def setUp(self):
        super().setUp()
        self.primary = self.cluster.primary() if self.cluster.is_well() else self.cluster.settle()
        self.cluster.end_agents()
        self.good = self.primary.toml.read_text()
        self.file = self.cluster.base / "bad.toml"
        self.before = self.state()

    def tearDown(self):
        self.assertEqual(self.state(), self.before)

    def state(self):
        """What a refused command must leave alone."""
        return {node.name: (node.postmaster(), node.role(), (node.data / "postgresql.auto.conf").read_text(),
                            sorted(entry.name for entry in node.state.iterdir())) for node in self.cluster}

    def refused(self, text, *telling, commands=COMMANDS):
        """Each command ends with 2 and one error that names the file and tells this much."""
        self.file.write_text(text)
        for words in commands:
            output = run(PGCM, *words, "-c", self.file).expect(2)
            self.assertEqual(output.out, "")
            self.assertEqual(output.err.count("error"), 1, output)
            self.assertIn("hint", output.err, output)
            for part in (str(self.file), *telling):
                self.assertIn(part, output.err, output)

    def changed(self, old, new):
        self.assertIn(old, self.good)
        return self.good.replace(old, new, 1)

    def line_of(self, text, part):
        return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)

    def test_toml_syntax(self):
        text = self.changed("[timing]", "[timing")
        self.refused(text, f":{self.line_of(text, '[timing')}:")

    def test_what_is_not_there_yet(self):
        for key, old, new in (("etcd", 'quorum = "any"', 'quorum = "etcd"'),):
            with self.subTest(key=key):
                self.file.write_text(self.changed(old, new))
                self.file.chmod(0o600)
                output = run(PGCM, "watch", "-c", self.file).expect(2)
                self.assertIn(key, output.err)
                self.assertIn("hint", output.err)

    def test_unknown_key(self):
        text = self.changed("failover_after", "fail_over_after")
        self.refused(text, "timing.fail_over_after", "failover_after", f":{self.line_of(text, 'fail_over_after')}:")
        self.refused(self.good + "\n[timings]\n", "timings", "timing")

    def test_doubled_key(self):
        text = self.changed("[timing]", '[timing]\nscan_period = "9s"')
        self.refused(text, "scan_period", f":{self.line_of(text, '[timing]') + 2}:")

    def test_wrong_unit(self):
        for value in ('"1 parsec"', '"1"', "1", '"-1s"', '"1s 2s"', "true"):
            with self.subTest(value=value):
                text = self.changed('scan_period = "250ms"', f"scan_period = {value}")
                line = self.line_of(text, "scan_period")
                self.refused(text, "timing.scan_period", f":{line}:", commands=(["status"],))

    def test_impossible_combination(self):
        self.refused(self.changed("[lease]", '[lease]\nttl = "4s"\nfence_margin = "5s"'), "fence_margin", "5s", "4s")

    def test_two_nodes_of_one_name(self):
        text = self.changed('name = "p2"', 'name = "p1"')
        self.refused(text, "p1")

    def test_local_is_no_node(self):
        self.refused(self.changed('local = "p1"', 'local = "p9"'), "p9", "p1, p2, p3")

    def test_bad_conninfo(self):
        line = next(line for line in self.good.splitlines() if line.startswith("conninfo"))
        for conninfo, telling in (("host=p1 nonsense=1", "nonsense"), ("host='p1", "quote"), ("host", "="), ("", "")):
            with self.subTest(conninfo=conninfo):
                text = self.changed(line, f'conninfo = "{conninfo}"')
                at = f":{self.line_of(text, 'conninfo')}:"
                self.refused(text, "node.conninfo", telling, at, commands=(["status"],))

    def test_files_that_cannot_be_read(self):
        missing = run(PGCM, "status", "-c", "/nowhere/pgcm.toml").expect(2)
        self.assertIn("/nowhere/pgcm.toml", missing.err)
        self.assertIn("/", run(PGCM, "status", "-c", self.cluster.base).expect(2).err)
        self.file.write_bytes(b"\xff\xfe\x00broken")
        self.assertIn(str(self.file), run(PGCM, "status", "-c", self.file).expect(2).err)

    def test_password_that_others_may_read(self):
        text = self.changed("user=pgcm passfile", "user=pgcm password=quite-secret passfile")
        self.file.write_text(text)
        self.file.chmod(0o644)
        refused = run(PGCM, "status", "-c", self.file).expect(2)
        self.assertIn("0640", refused.err)
        self.assertNotIn("quite-secret", refused.err)
        self.file.chmod(0o640)
        self.assertEqual(run(PGCM, "config", "show", "-c", self.file).expect(0).out.count("quite-secret"), 0)

    def test_missing_program(self):
        text = self.changed(f'bin_dir = "{self.cluster.bin_dir}"', 'bin_dir = "/usr/lib/no such place"')
        self.file.write_text(text)
        checked = run(PGCM, "config", "check", "--table", "-c", self.file).expect(2)
        self.assertIn("/usr/lib/no such place/pg_rewind", checked.out + checked.err)
        run(PGCM, "config", "check", "-c", self.primary.toml).expect(0 if self.cluster.has_program("pg_rewind") else 2)

    def test_views(self):
        view = self.cluster.pgcm(self.primary, "probe").expect(0)
        other = json.dumps({**view.json, "schema": "pgcm.view/99"})
        for text, telling in (("", "empty"), ("hello", "not JSON"), (view.out[:len(view.out) // 2], "cut short"),
                              (other, "pgcm.view/99"), ("[1, 2]", ""), ('{"schema": "pgcm.view/1"}', ""), ("\0\0", "")):
            for words in (["elect"], ["status"]):
                with self.subTest(text=text[:20], words=words):
                    output = run(PGCM, *words, "-c", self.primary.toml, "--view", "-", stdin=text).expect(2)
                    self.assertEqual(output.out, "")
                    self.assertIn("standard input", output.err)
                    self.assertIn(telling, output.err)
                    self.assertIn("hint", output.err)

    def test_places_that_are_no_view(self):
        for place in ("/nowhere", str(self.cluster.base), "/proc/self/mem"):
            for words in (["elect", "--view"], ["status", "--view"], ["config", "import"]):
                with self.subTest(place=place, words=words):
                    self.assertIn(place, run(PGCM, *words, place).expect(2).err)

    def test_usage(self):
        for words in ([], ["nonsense"], ["status", "--nonsense"], ["demote", "--method"], ["config"],
                      ["probe", "--timeout", "1 parsec"], ["promote", "--timeout", "soon", "--yes"]):
            with self.subTest(words=words):
                output = run(PGCM, *words, "-c", self.primary.toml).expect(2)
                self.assertEqual(output.out, "")
                self.assertIn("hint", output.err)


class ForeignDirectory(Scenario):
    """A data directory of another system identifier stands where the node's own is expected."""

    def test_nothing_is_done_with_it(self):
        primary = self.cluster.settle()
        node = next(node for node in self.cluster if node is not primary)
        foreign = Cluster(nodes=1, sync=False)
        try:
            other = foreign["p1"]
            foreign.stop_server(other)
            self.cluster.end_agents(node)
            self.cluster.stop_server(node)
            text = node.toml.read_text()
            node.toml.write_text(text.replace(f'"{node.data}"', f'"{other.data}"'))
            tree = self.tree(other.data)
            self.cluster.start_agents(node)
            until("its refusal", lambda: "system_differs" in node.log())
            until("looks that go on", lambda: node.get("/heartbeat")[0] == 200)
            self.assertEqual(self.cluster.end_agents(node), [0])
            for words in ([], ["--method", "basebackup"], ["--method", "rewind"], ["--to", primary.name]):
                self.assertIn("system", self.cluster.pgcm(node, "demote", "--yes", *words).expect(5).err)
            self.assertEqual(self.tree(other.data), tree)
            self.assertIsNone(other.postmaster())
            node.toml.write_text(text)
            self.assertIs(self.cluster.settle(), primary)
        finally:
            foreign.remove()

    def tree(self, directory):
        found = {}
        for place, _, files in os.walk(directory):
            for name in files:
                facts = os.lstat(os.path.join(place, name))
                found[os.path.join(place, name)] = (facts.st_size, facts.st_mtime_ns, stat.S_IMODE(facts.st_mode))
        return found


if __name__ == "__main__":
    main(170)
