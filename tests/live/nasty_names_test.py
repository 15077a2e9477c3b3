#!/usr/bin/python3
"""Names, passwords and folders with spaces, quotes, backslashes, percent signs and UTF-8; secrets stay secret."""
import json
import os
from pathlib import Path

from background import Background
from processes import arguments_of_all
from scenario import Scenario, main
from waiting import until

CLUSTER = 'Größe "7" 50%'
NAMES = {"p1": "erster \"Knoten\"", "p2": "it's p2 \\ 50%s", "p3": "дwa $(touch x) {node} 三"}
SECRETS = {"pgcm": "ge'heim \\ \"x\" 100% ß$HOME", "replicator": "Schlüssel ' %s \\\\ 'q'"}


def conninfo_value(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def toml_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def application_name(name):
    plain = range(0x20, 0x7F)
    return "".join(chr(byte) if byte in plain and byte != ord("%") else f"%{byte:02X}" for byte in name.encode())[:63]


class Spy(Background):
    """Looks for secrets in the arguments of every process there is."""
    secrets = [secret.encode() for secret in SECRETS.values()]

    def __init__(self):
        super().__init__()
        self.found, self.programs = set(), set()

    def again(self):
        for arguments in arguments_of_all():
            self.programs.add(os.path.basename(arguments.split(b"\0")[0].decode(errors="replace")))
            if any(secret in arguments for secret in self.secrets):
                self.found.add(arguments)


class NastyNames(Scenario):
    options = {"folder": "o'r \"d\" 100%s ü \\ x"}

    def rename(self):
        """The cluster of the playground under other names, its passwords in pgcm.toml itself."""
        primary = self.cluster.primary()
        for role, secret in SECRETS.items():
            primary.sql("ALTER ROLE %s PASSWORD '%s'" % (role, secret.replace("'", "''")), 20)
        for name, node in self.cluster.nodes.items():
            text = ["[cluster]", f"name = {toml_string(CLUSTER)}", f"local = {toml_string(NAMES[name])}"]
            for other in self.cluster:
                text += ["[[node]]", f"name = {toml_string(NAMES[other.name])}", "conninfo = " + toml_string(
                    f"host=127.0.0.1 port={other.port} user=pgcm password={conninfo_value(SECRETS['pgcm'])}")]
            rest = self.cluster.first_toml[name].partition("[postgres]")[2].splitlines()
            replication = f"user=replicator password={conninfo_value(SECRETS['replicator'])}"
            rest = [f"replication_conninfo = {toml_string(replication)}"
                    if line.startswith("replication_conninfo") else line for line in rest]
            node.toml.write_text("\n".join([*text, "[postgres]", *rest]) + "\n")
            self.cluster.first_toml[name] = node.toml.read_text()
        (self.cluster.dir / "passfile").unlink()

    def settled(self, primary):
        """The cluster is well, by its own names."""
        others = sorted(application_name(NAMES[node.name]) for node in self.cluster if node is not primary)

        def well():
            return (self.cluster.primary() is primary and self.cluster.streaming(primary) == others
                    and self.cluster.pgcm(primary, "status").code == 0)
        until(lambda: f"a healthy cluster: {self.cluster.pgcm(primary, 'status', '--table')}", well)

    def rejoined(self, method):
        old = self.cluster.primary()
        new = self.host_dies(old)
        self.cluster.start_agents(old)
        self.settled(new)
        until("the end of the operation", lambda: old.operation() is None)
        self.assertIn(method, old.log())
        return new

    def test_failover_and_rejoin(self):
        primary = self.cluster.primary()
        self.rename()
        with Spy() as spy:
            for node in self.cluster:  # the standbys still come with a passfile that is gone
                output = self.cluster.pgcm(node, "sync-standby" if node is primary else "follow")
                self.assertEqual(output.code, 0, output)
            for node in self.cluster:
                if node is not primary:
                    self.restart(node)
            self.cluster.start_agents()
            self.settled(primary)
            for method, settings in (("pg_rewind", {}), ("pg_basebackup", {"rejoin.methods": '["basebackup"]'})):
                if self.cluster.has_program(method):
                    self.cluster.end_agents()
                    self.cluster.configure(settings)
                    self.cluster.start_agents()
                    primary = self.rejoined(method)
            said = [self.cluster.pgcm(primary, *words).out for words in (
                ["probe", "--inventory"], ["status"], ["status", "--table"], ["elect"], ["config", "show"],
                ["config", "show", "--json"], ["promote", "--dry-run"], ["demote", "--dry-run"],
                ["sync-standby", "--dry-run"])]
            for path in ("/status", "/view", "/decision", "/alerts"):
                said.append(json.dumps(primary.get(path)[1], ensure_ascii=False))
        self.assertEqual(spy.found, set())
        self.assertLessEqual({"pgcm", "postgres", "pg_basebackup"}, spy.programs)

        status = json.loads(said[1])
        self.assertEqual(sorted(node["node"] for node in status["nodes"]), sorted(NAMES.values()))
        self.assertEqual(primary.get("/status")[1]["primary"], NAMES[primary.name])
        self.assertFalse(Path("x").exists() or Path("/x").exists())
        for node in self.cluster:
            said.append(node.agent_log.read_text(errors="replace"))
            said += [file.read_text(errors="replace") for file in node.state.iterdir()
                     if file.is_file() and file.name != "server.log"]  # that one is PostgreSQL's own
        for role, secret in SECRETS.items():
            for written in (secret, conninfo_value(secret)[1:-1], json.dumps(secret)[1:-1], toml_string(secret)[1:-1],
                            json.dumps(conninfo_value(secret), ensure_ascii=False)[2:-2]):
                for text in said:
                    self.assertNotIn(written, text, f"the password of {role}")

    def restart(self, node):
        self.cluster.stop_server(node)
        self.cluster.start_server(node)


if __name__ == "__main__":
    main(170)
