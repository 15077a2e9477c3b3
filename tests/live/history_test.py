#!/usr/bin/python3
"""`pgcm history` after a failover: what was seen, decided and done; exported, and decided again elsewhere."""
import json
import re

from cluster import PGCM
from processes import run
from scenario import Scenario, main


class History(Scenario):
    options = {"nodes": 3}

    def setUp(self):
        super().setUp()
        self.cluster.settle()

    def history(self, node, *words):
        return run(PGCM, "history", "-c", node.toml, "--json", *words).expect(0).json

    def kinds(self, history, kind):
        return [entry for entry in history["entries"] if entry["kind"] == kind]

    def test_an_incident_from_beginning_to_end(self):
        old = self.cluster.primary()
        new = self.host_dies(old)
        self.cluster.start_agents(old)
        self.assertIs(self.cluster.healthy(), new)
        told = self.history(new)
        self.assertEqual((told["schema"], told["node"]), ("pgcm.history/1", new.name))

        incident = told["incidents"][-1]
        self.assertEqual((incident["before"], incident["after"], incident["action"]), (old.name, new.name, "promote"))
        self.assertLessEqual({"detection_ms", "election_ms", "promotion_ms", "first_write_ms"}, set(incident["phases"]))
        self.assertGreaterEqual(incident["phases"]["election_ms"], 1000 - 250)  # failover_after, seen at a turn
        self.assertEqual(sorted(incident[key] for key in ("last_heard", "detected", "decided", "done", "over")),
                         [incident[key] for key in ("last_heard", "detected", "decided", "done", "over")])

        decisions = self.kinds(told, "decision")
        self.assertEqual([entry["number"] for entry in decisions], list(range(1, told["decisions"] + 1)))
        lost = next(entry for entry in decisions if entry["time"] == incident["detected"])
        self.assertIn("no_primary", [alert["code"] for alert in lost["raised"]])
        self.assertIn(old.name, [sight["node"] for sight in lost["seen"]])
        promoted = next(entry for entry in decisions if entry["time"] == incident["decided"])
        self.assertIn("promote", [action["action"] for action in promoted["actions"]])
        self.assertTrue({"best_standby", "only_standby"} & {reason["rule"] for reason in promoted["reasons"]})

        deeds = [(entry["action"], entry["state"]) for entry in self.kinds(told, "operation")]
        self.assertEqual(deeds[deeds.index(("promote", "begins")) + 1], ("promote", "done"))
        self.assertIn(("wait", "done"), [(entry["step"], entry["state"]) for entry in self.kinds(told, "step")])

        text = run(PGCM, "history", "-c", new.toml, "--table").expect(0).out
        for part in ("decided     promote " + new.name, "done        promote", "without a primary: "
                     f"{old.name}, then {new.name}", "detection", "election", "promotion", "first write"):
            self.assertIn(part, text)
        self.assertNotIn("\033", text)
        self.assertRegex(text, rf"(?m)^  outage    \S+ \S+ UTC  \S+ \S+ without a primary: {old.name}, then {new.name}$")
        self.assertRegex(text, r"(?m)^\S+ +agent +begins$")

        second = incident["decided"].split(".")[0]
        since = self.history(new, "--since", second + "Z")["entries"]
        self.assertLess(len(since), len(told["entries"]))
        later = [entry["time"] for entry in self.history(new)["entries"] if entry["time"] >= second]
        self.assertEqual([entry["time"] for entry in since], later[:len(since)])  # what comes meanwhile is behind it
        self.assertEqual(self.history(new, "--since", "1ms")["entries"], [])

        number = str(promoted["number"])
        whole = run(PGCM, "history", "-c", new.toml, "--explain", number, "--json").expect(0).json
        self.assertTrue(whole["decided_again_the_same"])
        self.assertEqual(whole["decision"]["actions"], promoted["actions"])
        self.assertEqual({node["node"] for node in whole["record"]["view"]["nodes"]}, {"p1", "p2", "p3"})
        text = run(PGCM, "history", "-c", new.toml, "--explain", number, "--table").expect(0).out
        for part in ("no primary", f"promote {new.name}", "ELIGIBLE", "remembered", "decides the same"):
            self.assertIn(part, text)
        run(PGCM, "history", "-c", new.toml, "--explain", "100000").expect(2)

        log = new.log()
        for line in (r'alert: no node is .* code="no_primary"$', r'alert: over: no_primary code="no_primary" over=true$',
                     rf'alert: {old.name} does not accept .* code="node_unreachable" node="{old.name}"$',
                     rf'reason: {new.name} is the .* rule="(best|only)_standby" node="{new.name}"$',
                     rf'operation: promote {new.name} to primary action="promote" step="begins"$',
                     r'step: wait until it is out of recovery: .* step="wait" state="done" took_ms=\d+$',
                     rf'operation: promote {new.name} to primary; done: .* action="promote" step="done" took_ms=\d+$'):
            self.assertRegex(log, "(?m) " + line)

        self.check_bundle(new, told)
        self.check_damage(new, told)

    def check_bundle(self, node, told):
        bundle = self.cluster.base / "bundle"
        run(PGCM, "history", "-c", node.toml, "--export", bundle).expect(0)
        self.assertEqual(bundle.stat().st_mode & 0o777, 0o600)
        head = json.loads(bundle.read_text().splitlines()[0])
        self.assertEqual((head["schema"], head["configuration"]["cluster"]["name"]), ("pgcm.bundle/1", told["cluster"]))
        self.assertEqual([line.split()[0] for line in head["libraries"]].count("libpq"), 1)
        secret = (self.cluster.dir / "passfile").read_text().split(":")[-1].strip()
        self.assertNotIn(secret, bundle.read_text())
        # Elsewhere: no configuration, no journal, no server.
        for words in (["--replay", bundle], ["--view", bundle]):
            again = run(PGCM, "elect", *words, "--json", environment={"PGCM_CONFIG": "/nonexistent"}).expect(0).json
            self.assertEqual((again["turns"], again["same"]), (again["turns"], again["turns"]))
            self.assertGreaterEqual(again["turns"], told["decisions"])
        read = run(PGCM, "history", "--journal", bundle, "--json").expect(0).json
        self.assertEqual(read["incidents"], told["incidents"])

        record = next(line for line in bundle.read_text().splitlines() if '"promote"' in line and "record/1" in line)
        other = self.cluster.base / "other"
        other.write_text(record.replace('"failover_after_ms":1000', '"failover_after_ms":1000000') + "\n")
        self.assertEqual(run(PGCM, "elect", "--replay", other, "--json").expect(1).json["same"], 0)

    def check_damage(self, node, told):
        """What cannot be read is told where it stands, and the rest all the same."""
        lines = (node.state / "journal.ndjson").read_text().splitlines()
        decision = next(line for line in lines if "pgcm.record/1" in line)
        broken = self.cluster.base / "broken"
        broken.write_text("\n".join([decision[:100], "", '{"schema":"pgcm.done/1","time":7}', "\x00\x01", *lines])
                          + "\n" + decision[:50])
        output = run(PGCM, "history", "--journal", broken, "--json").expect(0)
        self.assertEqual([entry["line"] for entry in self.kinds(output.json, "damage")],
                         [1, 3, 4, 4 + len(lines) + 1])
        self.assertGreaterEqual(output.json["decisions"], told["decisions"])
        self.assertIn("cut short", output.json["entries"][-1]["what"])
        self.assertIn("damaged", run(PGCM, "history", "--journal", broken, "--table").expect(0).out)
        for how in ("--replay", "--view"):
            again = run(PGCM, "elect", how, broken, "--json").expect(0)
            damaged = re.findall(r"line (\d+) of \S+ is left out", again.err)
            self.assertEqual(damaged, ["1", "4", str(4 + len(lines) + 1)])  # of those that are no deed
            self.assertGreaterEqual(again.json["turns"], told["decisions"])
        self.assertEqual(run(PGCM, "status", "--view", broken, "--json").json["primary"], node.name)

    def test_what_was_done_by_hand(self):
        primary = self.cluster.primary()
        standby = next(node for node in self.cluster if node is not primary)
        self.cluster.end_agents()
        run(PGCM, "follow", "-c", standby.toml).expect(0)
        self.cluster.pgcm(standby, "promote", "--yes", "--force", "--why", "a drill").expect(0)
        self.cluster.pgcm(primary, "demote", "--yes", "--to", standby.name).expect(0)
        done = [(entry["action"], entry["state"], entry["user"]) for entry in self.kinds(self.history(standby), "operation")
                if entry["user"]]
        for action in ("follow", "promote"):
            self.assertEqual([state for name, state, user in done if name == action][-2:], ["begins", "done"])
        forced = self.kinds(self.history(standby), "forced")[-1]
        self.assertEqual((forced["node"], forced["why"]), (standby.name, "a drill"))
        self.assertTrue(forced["overridden"])
        text = run(PGCM, "history", "-c", standby.toml, "--table").expect(0).out
        self.assertIn("by force: a drill", text)
        self.assertRegex(text, r"(?m)^\S+ +agent +ends$")
        rejoined = [entry for entry in self.kinds(self.history(primary), "operation") if entry["action"] == "rejoin"]
        self.assertEqual([entry["state"] for entry in rejoined][-2:], ["begins", "done"])
        self.cluster.start_agents()
        self.cluster.healthy()

    def test_where_there_is_none(self):
        node = self.cluster["p1"]
        toml = self.cluster.base / "other.toml"
        toml.write_text(node.toml.read_text().replace(str(node.state), str(self.cluster.base / "empty")))
        output = run(PGCM, "history", "-c", toml).expect(2)
        self.assertIn("there is no journal in", output.err)
        for words in (["--since", "yesterday"], ["--explain", "0"], ["--journal", "/nonexistent"],
                      ["--explain", "1", "--export", "x"]):
            self.assertTrue(run(PGCM, "history", "-c", node.toml, *words).expect(2).err)


if __name__ == "__main__":
    main(230)
