#!/usr/bin/python3
"""`pgcm config init`: from three servers that nobody watches to a cluster that fails over."""
import socket

from cluster import PGCM, set_key
from processes import run
from scenario import Scenario, main
from waiting import until


class Adopt(Scenario):
    options = {"nodes": 3, "sync": False}

    def init(self, node, *more, user="postgres"):
        return run(PGCM, "config", "init", f"host={node.socket} port={node.port} user={user}", *more)

    def put_in(self, text, first):
        """What a person puts in: the ports, and how the role pgcm logs in here."""
        passfile = self.cluster.dir / "passfile"
        lines = []
        name = None
        for line in text.splitlines():
            if line.startswith("name = "):
                name = line.split('"')[1]
            if line.startswith("conninfo = "):
                node = self.cluster.nodes.get(name, first)
                line = f'conninfo = "host={node.host} port={node.port} user=pgcm passfile={passfile}"'
            if line.startswith("replication_conninfo"):
                line = f'replication_conninfo = "user=replicator passfile={passfile}"'
            if line.startswith("name = ") and name == first.name_found:
                line = f'name = "{first.name}"'
            lines.append(line)
        return "\n".join(lines) + "\n"

    def test_from_servers_to_a_watched_cluster(self):
        primary = self.cluster.primary()
        until("all stream", lambda: len(self.cluster.streaming(primary)) == 2)
        output = self.init(primary).expect(0)
        text = output.out
        primary.name_found = socket.gethostname().split(".")[0]
        for part in (f'name = "{primary.name_found}"', 'name = "p2"', 'name = "p3"', f'data_dir = "{primary.data}"',
                     f'bin_dir = "{self.cluster.bin_dir}"', 'replication_conninfo = "user=replicator"'):
            self.assertIn(part, text)
        self.assertIn("not found: the port of p2", output.err)
        file = self.cluster.base / "pgcm.toml"
        file.write_text(text)
        file.chmod(0o600)
        for command in (["config", "check"], ["status"], ["watch"], ["elect"]):
            self.assertIn("EDIT_ME stands for what pgcm config init could not find",
                          run(PGCM, *command, "-c", file).expect(2).err)

        text = self.put_in(text, primary)
        file.write_text(set_key(text, "cluster.local", f'"{primary.name}"'))
        status = run(PGCM, "status", "-c", file, "--json").json
        self.assertEqual(status["primary"], primary.name)
        # Three nodes are three voters, and no agent runs yet.
        self.assertEqual([alert["code"] for alert in status["alerts"]], ["primary_without_lease"], status["alerts"])

        # To every host, with what differs there.
        for node in self.cluster:
            mine = text
            old = node.toml.read_text()
            listen = next(line for line in old.splitlines() if line.startswith("listen")).split("=", 1)[1].strip()
            for key, raw in (("cluster.local", f'"{node.name}"'), ("postgres.data_dir", f'"{node.data}"'),
                             ("state.dir", f'"{node.state}"'), ("serve.listen", listen),
                             ("timing.scan_period", '"250ms"'), ("timing.probe_timeout", '"500ms"'),
                             ("timing.failover_after", '"1s"'), ("failover.mode", '"auto"'),
                             ("failover.quorum", '"any"')):
                mine = set_key(mine, key, raw)
            node.toml.write_text(mine)
        self.cluster.start_agents()
        self.assertIs(self.cluster.healthy(), primary)
        self.assertEqual(primary.value("SHOW synchronous_standby_names"), "", "sync.mode off leaves it alone")
        new = self.host_dies(primary)
        self.cluster.start_agents(primary)
        self.assertIs(self.cluster.healthy(), new)

        # Seen from a standby, which knows its primary.
        text = self.init(primary).expect(0).out
        self.assertIn(f'name = "{primary.name}"', text)
        self.assertIn(f"port={new.port}", text)
        self.assertIn("as primary_conninfo of the local server has it", text)

    def test_who_may_not_look(self):
        node = self.cluster["p1"]
        output = self.init(node, user="nobody_at_all").expect(1)
        self.assertIn("the local server does not let us in", output.err)
        self.assertIn("hint", output.err)
        self.assertEqual(run(PGCM, "config", "init", "port=x y").code, 2)


if __name__ == "__main__":
    main(170)
