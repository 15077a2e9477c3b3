#!/usr/bin/python3
"""Servers in containers, by examples/seed-docker.toml: commands stand for all that the agent cannot see or reach."""
import json
import shutil
import tomllib

from cluster import SOURCE
from scenario import Scenario, main
from waiting import until
from writer import Writer

# The path in the container; nothing of it is on this host.
INSIDE = "/nowhere/in/sight"

DOCKER = """#!/usr/bin/python3
# Stands in for docker: container pN is the folder of the node pN, seen under another path.
import os, pwd, sys
place, inside, owner = {place!r}, {inside!r}, {owner!r}
words = sys.argv[1:]
with open(place + "/docker.calls", "a") as calls:
    print(*(word for word in words if "\\n" not in word), file=calls)
verb, words = words[0], words[1:]
assert verb == "exec", verb
if words[0] == "-u":
    words = words[2:]
container, words = words[0], words[1:]
if os.path.exists(place + "/docker.hangs"):
    os.execvp("sleep", ["sleep", "1000"])
os.chdir("/")
if os.geteuid() == 0:
    user = pwd.getpwnam(owner)
    os.initgroups(owner, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.environ["HOME"] = user.pw_dir
os.execvp(words[0], [word.replace(inside, place + "/" + container + "/container") for word in words])
"""


def example(cluster, node):
    """The sections [postgres], [rejoin] and [commands] of the example, for this node, as KEY: raw TOML."""
    text = (SOURCE / "examples" / "seed-docker.toml").read_text()
    for theirs, ours in (("/usr/lib/postgresql/12/bin", cluster.bin_dir), ("/var/lib/postgresql/data", INSIDE),
                         ('"p1", ', f'"{node.name}", '), ("-p 1111", f"-p {node.port} -k {node.socket}"),
                         ("dbname=test", "dbname=postgres"), ('"-o", "postgres", "-g", "postgres", ', ""),
                         ('"docker"', json.dumps(str(cluster.dir / "docker")))):
        assert theirs in text, theirs
        text = text.replace(theirs, ours)
    document = tomllib.loads(text)
    settings = {f"commands.{key}": json.dumps(value) for key, value in document["commands"].items()}
    settings["postgres.data_dir"] = json.dumps(document["postgres"]["data_dir"])
    settings["rejoin.in_place"] = json.dumps(document["rejoin"]["in_place"])
    return settings


class Container(Scenario):
    options = {"nodes": 2, "toml": {"failover.on_crash": '"failover"', "timing.command_timeout": '"6s"'}}

    def setUp(self):
        fresh = type(self).cluster is None
        super().setUp()
        self.calls = self.cluster.dir / "docker.calls"
        self.hanging = self.cluster.dir / "docker.hangs"
        self.docker = self.cluster.dir / "docker"
        if fresh:
            self.move_into_containers()
        self.primary = self.cluster.settle()
        self.standby = next(node for node in self.cluster if node is not self.primary)
        self.calls.write_text("")
        self.calls.chmod(0o666)

    def move_into_containers(self):
        self.docker.write_text(DOCKER.format(place=str(self.cluster.dir), inside=INSIDE, owner=self.cluster.owner))
        self.docker.chmod(0o755)
        # As in the example, pg_rewind goes by the account that replicates.
        self.cluster.primary().sql("ALTER ROLE replicator SUPERUSER")
        for node in self.cluster:
            place = node.dir / "container"
            place.mkdir()
            (place / "pgdata").symlink_to(node.data)
            shutil.chown(place, self.cluster.owner)
            self.cluster.configure(example(self.cluster, node), [node])
            self.cluster.first_toml[node.name] = node.toml.read_text()

    def asked(self, node, words):
        """How often docker was called to do this in the node's container."""
        return sum(f" {node.name} " in call and words in call for call in self.calls.read_text().splitlines())

    def rules(self, node):
        return [reason["rule"] for reason in node.get("/decision")[1].get("reasons", [])]

    def test_what_does_not_answer_but_runs_is_left_alone(self):
        node = self.standby
        before = node.postmaster()
        node.freeze()
        try:
            until("questions", lambda: self.asked(node, "pg_ctl status") > 3)
            until("the rule", lambda: "local_process_runs" in self.rules(node))
            asked = self.asked(node, "pg_ctl status")
            until("further questions", lambda: self.asked(node, "pg_ctl status") > asked + 3)
            self.assertIn("local_process_runs", self.rules(node))
        finally:
            node.thaw()
        self.assertIs(self.cluster.healthy(), self.primary)
        self.assertEqual(node.postmaster(), before)
        self.assertEqual(self.asked(node, "pg_ctl start") + self.asked(node, "pg_ctl stop"), 0)

    def test_a_standby_that_crashed_comes_back(self):
        node, timeline = self.standby, self.primary.timeline()
        before = node.postmaster()
        node.crash()
        until("its return", lambda: node.postmaster() not in (None, before))
        self.assertIs(self.cluster.healthy(), self.primary)
        self.assertEqual(self.primary.timeline(), timeline)
        self.assertGreater(self.asked(node, "pg_ctl status"), 0)
        self.assertGreater(self.asked(node, "pg_ctl start"), 0)
        self.assertEqual(self.asked(self.primary, "pg_ctl promote"), 0)

    def test_failover_and_return(self):
        old, new, timeline = self.primary, self.standby, self.primary.timeline()
        with Writer(self.cluster) as writer:
            writer.wait_rows(10)
            old.crash()
            writer.wait_rows(10, new)
            self.assertIs(self.cluster.healthy(), new)
        self.assert_promoted_once(new, timeline)
        self.assertEqual(writer.lost(new), [])
        self.assertEqual(writer.lost(old), [])
        self.assertEqual(self.asked(new, "pg_ctl promote"), 1)
        self.assertGreater(self.asked(old, "rewind " + INSIDE), 0)
        self.assertGreater(self.asked(old, "pg_ctl start"), 0)

    def test_return_by_a_clone(self):
        for node in self.cluster:
            self.cluster.end_agents(node)
            self.cluster.configure({"rejoin.methods": '["basebackup"]'}, [node])
        try:
            self.cluster.start_agents()
            old, new = self.primary, self.standby
            old.crash()
            self.cluster.wait_primary(old)
            self.assertIs(self.cluster.healthy(), new)
            self.assertEqual(self.asked(old, "pg_basebackup"), 1)
            self.assertEqual(self.asked(old, "remove " + INSIDE), 1)
        finally:
            self.cluster.end_agents()
            self.cluster.reset_configuration()

    def test_everybody_was_down(self):
        """Each is taken for a primary while nobody is in view; their own directories know better."""
        timeline = self.primary.timeline()
        self.cluster.end_agents()
        for node in (self.standby, self.primary):
            self.cluster.stop_server(node)
        self.cluster.start_agents()
        self.assertIs(self.cluster.healthy(), self.primary)
        self.assertEqual(self.primary.timeline(), timeline)
        for node in self.cluster:
            self.assertGreater(self.asked(node, "pg_ctl start"), 0)

    def test_a_docker_that_hangs_tells_nothing(self):
        node = self.standby
        self.hanging.touch()
        try:
            node.crash()
            until("the doubt", lambda: "local_unknown" in self.rules(node))
            self.assertEqual(self.asked(node, "pg_ctl start"), 0)
            self.assertIsNone(node.postmaster())
        finally:
            self.hanging.unlink()
        self.assertIs(self.cluster.healthy(), self.primary)

    def test_without_docker_nothing_is_done(self):
        node = self.standby
        away = self.docker.rename(self.docker.with_name("docker.away"))
        try:
            node.crash()
            until("the rule", lambda: "data_directory_missing" in self.rules(node))
            self.assertIn(str(self.docker), json.dumps(node.get("/view")[1]), "it says what it could not run")
            self.assertIsNone(node.postmaster())
        finally:
            away.rename(self.docker)
        self.assertIs(self.cluster.healthy(), self.primary)


if __name__ == "__main__":
    main(230)
