#!/usr/bin/python3
"""The agent as a service: HTTP, signals, and the HTTP side alone."""
import os
import signal
import socket
import subprocess
import time
import urllib.error

from background import Background
from cluster import PGCM
from scenario import Scenario, main
from waiting import PATIENCE, until


class Reader(Background):
    """Reads a path of an agent."""

    def __init__(self, node, path):
        super().__init__()
        self.node, self.path, self.answers, self.trouble = node, path, [], []

    def again(self):
        try:
            self.answers.append(self.node.get(self.path))
        except (OSError, ValueError) as error:
            self.trouble.append(error)


class Service(Scenario):
    def settle(self):
        """As the cluster's, and every agent has something to tell: `status` may have been quicker than they."""
        primary = self.cluster.settle()
        until("a turn of every agent", lambda: all(node.get("/heartbeat")[0] == 200 for node in self.cluster))
        return primary

    def test_http_during_a_failover(self):
        old = self.settle()
        chosen, other = [node for node in self.cluster if node is not old]
        for node in self.cluster:
            code, beat = node.get("/heartbeat")
            self.assertEqual((code, beat["schema"], beat["alive"]), (200, "pgcm.heartbeat/1", True))
            code, health = node.get("/health")
            self.assertEqual((code, health["node"], health["verdict"]), (200, node.name, "healthy"))
            self.assertEqual(health["role"], "primary" if node is old else "standby")
            code, status = node.get("/status")
            self.assertEqual((code, status["schema"], status["primary"]), (200, "pgcm.status/1", old.name))
        self.assertEqual(other.get("/nothing")[0], 404)
        with (Reader(chosen, "/status") as statuses, Reader(other, "/heartbeat") as beats,
              Reader(old, "/health") as healths):
            until("first answers", lambda: statuses.answers and beats.answers and healths.answers)
            self.cluster.kill_agents(old)
            old.crash()
            new = self.cluster.wait_primary(old)
            self.cluster.start_agents(old)
            self.assertIs(self.cluster.healthy(), new)
            until("the last words", lambda: statuses.answers[-1][1].get("verdict") == "healthy")
        self.assertEqual((statuses.trouble, beats.trouble), ([], []))
        self.assertEqual({code for code, _ in statuses.answers}, {200})
        self.assertEqual({(code, beat["alive"]) for code, beat in beats.answers}, {(200, True)})
        self.assertTrue(healths.trouble)  # it was away
        self.assertTrue(any(code == 503 and not health["healthy"] for code, health in healths.answers))
        primaries = [status["primary"] for _, status in statuses.answers]
        changes = [name for at, name in enumerate(primaries) if at == 0 or name != primaries[at - 1]]
        self.assertEqual(changes, [old.name, None, new.name])

    def test_serve_on_a_host_without_a_node(self):
        primary = self.settle()
        toml = self.cluster.base / "elsewhere.toml"
        lines = primary.toml.read_text().splitlines()
        toml.write_text("\n".join(line for line in lines if not line.startswith(("local =", "listen ="))))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % free.getsockname()[1]
        environment = {**os.environ, "PGCM_NODE": ""}
        words = [PGCM, "serve", "-c", str(toml), "--listen", address]
        with open(self.cluster.base / "serve.log", "wb") as log:
            server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        try:
            def answer():
                try:
                    return primary.get("/status", address)
                except (urllib.error.URLError, OSError):
                    return None
            code, status = until("an answer of serve", lambda: (answer() or (0,))[0] == 200 and answer())
            self.assertEqual((code, status["primary"], status["local"]), (200, primary.name, None))
            code, health = primary.get("/health", address)
            self.assertEqual((code, health["healthy"], health["node"]), (503, False, None))
            self.assertEqual(primary.get("/liveness", address)[0], 200)
        finally:
            server.terminate()
            code = server.wait(PATIENCE)
        self.assertEqual(code, 0)

    def test_end_by_sigterm(self):
        primary = self.settle()
        before = {node.name: node.postmaster() for node in self.cluster}
        self.assertEqual(self.cluster.end_agents(*list(self.cluster)[:2]), [0, 0])
        self.assertEqual(self.cluster.end_agents(number=signal.SIGINT), [0])
        self.assertEqual({node.name: node.postmaster() for node in self.cluster}, before)
        self.assertIs(self.cluster.primary(), primary)
        self.cluster.start_agents()
        self.assertIs(self.cluster.healthy(), primary)
        self.assertEqual({node.name: node.postmaster() for node in self.cluster}, before)

    def test_signals_in_a_row(self):
        """One that comes while the configuration is read again neither ends the agent nor is lost."""
        primary = self.settle()
        node = next(node for node in self.cluster if node is not primary)
        agent = node.agent.pid
        for pause in (0, 0.001, 0.003, 0.01, 0.03) * 6:
            os.kill(agent, signal.SIGHUP)
            time.sleep(pause)
        until("a new configuration, again and again", lambda: node.log().count("the configuration was read again") >= 5)
        self.assertEqual((node.agent.poll(), node.get("/heartbeat")[0]), (None, 200))
        os.kill(agent, signal.SIGHUP)
        self.assertEqual(self.cluster.end_agents(node), [0])
        # A wish to read again takes none to end back, nor does it spoil a clean end.
        self.cluster.start_agents(node)
        until("a turn", lambda: node.get("/heartbeat")[0] == 200)
        node.agent.send_signal(signal.SIGTERM)
        while node.agent.poll() is None:
            node.agent.send_signal(signal.SIGHUP)
            time.sleep(0.001)
        self.assertEqual(self.cluster.end_agents(node), [0])
        self.cluster.start_agents(node)
        self.assertIs(self.cluster.healthy(), primary)

    def test_configuration_read_again(self):
        primary = self.settle()
        node = next(node for node in self.cluster if node is not primary)
        agent = node.agent.pid
        good = node.toml.read_text()
        try:
            said = len(node.log())
            node.toml.write_text(good.replace("[timing]", "[timing]\nno_such_key = 1"))
            os.kill(agent, signal.SIGHUP)
            until("a complaint", lambda: "kept the old configuration" in node.log()[said:])
            self.assertIn("no_such_key", node.log()[said:])
            self.assertEqual(node.get("/heartbeat")[0], 200)

            said = len(node.log())
            node.toml.write_text(good.replace('failover_after = "1s"', 'failover_after = "3h"'))
            os.kill(agent, signal.SIGHUP)
            until("the new configuration", lambda: "the configuration was read again" in node.log()[said:])
            self.cluster.configure({"timing.failover_after": '"3h"'})
            for other in self.cluster:
                other.agent.send_signal(signal.SIGHUP)
            until("the new configuration", lambda: all("read again" in other.log() for other in self.cluster))
            self.assertIs(self.cluster.healthy(), primary)
            self.cluster.kill_agents(primary)
            primary.crash()
            # It knows the new time: hours are left.
            until("a decision with the new time",
                  lambda: any(reason["rule"] == "failover_after_running" and reason["facts"]["left_ms"] > 3_600_000
                              for reason in node.get("/decision")[1]["reasons"]))
            self.assertEqual(node.agent.pid, agent)
        finally:
            for other in self.cluster:
                other.toml.write_text(self.cluster.first_toml[other.name])
                if other.agent is not None:
                    other.agent.send_signal(signal.SIGHUP)
        new = self.cluster.wait_primary(primary)
        self.cluster.start_agents(primary)
        self.assertIs(self.cluster.healthy(), new)


if __name__ == "__main__":
    main(170)
