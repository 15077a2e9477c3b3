#!/usr/bin/python3
"""HAProxy in front of the cluster, configured as for Patroni: a client that knows only its address goes on writing."""
import re
import socket
import subprocess
import threading
import time

import psycopg2

from cluster import CALM_LEASE, SOURCE
from processes import run
from scenario import Scenario, main
from waiting import PATIENCE, Session, until


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def example_for(cluster, primary_port, standby_port):
    """examples/haproxy/haproxy.cfg with this cluster's addresses."""
    text = (SOURCE / "examples" / "haproxy" / "haproxy.cfg").read_text()
    text = text.replace("*:5000", f"127.0.0.1:{primary_port}").replace("*:5001", f"127.0.0.1:{standby_port}")
    for node in cluster:
        host, _, port = node.http.rpartition(":")
        text = re.sub(rf"server {node.name} .*", f"server {node.name} {node.host}:{node.port} check addr {host} port {port}", text)
    return text


class Client(threading.Thread):
    """Inserts numbered rows through the proxy; remembers those that were acknowledged."""

    def __init__(self, dsn):
        super().__init__(daemon=True)
        self.dsn, self.acknowledged, self.ending = dsn, [], threading.Event()

    def run(self):
        session, number = None, 0
        while not self.ending.is_set():
            number += 1
            try:
                session = session or Session(self.dsn, 2.0)
                session.run(f"INSERT INTO proxied VALUES ({number})", 5.0)
                self.acknowledged.append((number, time.monotonic()))
                self.ending.wait(0.01)
            except (psycopg2.Error, TimeoutError, OSError):
                if session:
                    session.close()
                session = None
                self.ending.wait(0.05)

    def stop(self):
        self.ending.set()
        self.join(PATIENCE)
        assert not self.is_alive(), "the client hangs"


class Proxied(Scenario):
    options = {"lease": True, "toml": CALM_LEASE}

    def setUp(self):
        super().setUp()
        self.old = self.cluster.settle(sync__mode='"quorum"', sync__strict="true")
        self.ports = free_port(), free_port()
        config = self.cluster.base / "haproxy.cfg"
        config.write_text(example_for(self.cluster, *self.ports))
        run("haproxy", "-c", "-q", "-f", config).expect(0)
        with open(self.cluster.base / "haproxy.log", "wb") as log:
            self.proxy = subprocess.Popen(["haproxy", "-db", "-f", str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(self.end_proxy)
        self.dsn = {"host": "127.0.0.1", "port": self.ports[0], "user": "pgcm", "dbname": "postgres",
                    "passfile": str(self.cluster.dir / "passfile")}
        self.old.sql("CREATE TABLE IF NOT EXISTS proxied (number bigint)", 20)
        self.old.sql("TRUNCATE proxied; GRANT ALL ON proxied TO pgcm", 20)
        until("the proxy leads to the primary", lambda: self.behind(self.ports[0]) == self.old.port)

    def end_proxy(self):
        self.proxy.terminate()
        self.proxy.wait(PATIENCE)

    def behind(self, port):
        """The port of the server that the proxy leads to."""
        try:
            with Session({**self.dsn, "port": port}, 2.0) as session:
                return int(session.run("SELECT current_setting('port')", 2.0)[0][0])
        except (psycopg2.Error, TimeoutError, OSError):
            return None

    def test_a_failover(self):
        client = Client(self.dsn)
        client.start()
        until("rows through the proxy", lambda: len(client.acknowledged) > 20)
        standbys = {node.port for node in self.cluster if node is not self.old}
        until("standbys behind the other port", lambda: self.behind(self.ports[1]) in standbys)
        self.cluster.kill_agents(self.old)
        killed = time.monotonic()
        self.old.crash()
        new = self.cluster.wait_primary(self.old)
        until("rows through the proxy again", lambda: [at for _, at in client.acknowledged if at > killed + 0.5][20:])
        self.assertEqual(self.behind(self.ports[0]), new.port)
        self.cluster.start_agents(self.old)
        self.assertIs(self.cluster.healthy(), new)
        until("the former primary behind the other port", lambda: self.behind(self.ports[1]) == self.old.port)
        client.stop()
        there = {row[0] for row in new.sql("SELECT number FROM proxied", 20)}
        self.assertEqual([number for number, _ in client.acknowledged if number not in there], [])
        gaps = [later - sooner for (_, sooner), (_, later) in zip(client.acknowledged, client.acknowledged[1:])]
        print(f"through HAProxy: {len(client.acknowledged)} rows, longest gap {max(gaps):.2f} s")

    def test_pgbench_goes_on(self):
        for line in ("DROP TABLE IF EXISTS steps", "CREATE TABLE steps (at timestamptz DEFAULT clock_timestamp())",
                     "GRANT ALL ON steps TO pgcm"):
            self.old.sql(line, 20)
        script = self.cluster.base / "steps.sql"
        script.write_text("INSERT INTO steps DEFAULT VALUES;\n")
        script.chmod(0o644)
        ends, codes = threading.Event(), []

        def bench():
            # pgbench gives up when its connection is lost, as a program does that is then started again.
            while not ends.is_set():
                codes.append(subprocess.run(
                    ["timeout", "60", "pgbench", "-n", "-c", "2", "-T", "8", "-R", "100", "-f", str(script), "postgres"],
                    env={"PATH": "/usr/lib/postgresql/15/bin:/usr/bin:/bin", "PGHOST": "127.0.0.1", "PGPORT": str(self.ports[0]),
                         "PGUSER": "pgcm", "PGPASSFILE": self.dsn["passfile"], "PGCONNECT_TIMEOUT": "3"},
                    capture_output=True, stdin=subprocess.DEVNULL).returncode)
        runner = threading.Thread(target=bench, daemon=True)
        runner.start()
        count = lambda node: node.value("SELECT count(*) FROM steps", 20)  # noqa: E731
        until("pgbench writes", lambda: count(self.old) > 20)
        self.cluster.kill_agents(self.old)
        self.old.crash()
        new = self.cluster.wait_primary(self.old)
        before = count(new)
        until("pgbench writes again", lambda: count(new) > before + 50)
        ends.set()
        runner.join(PATIENCE + 60)
        self.assertFalse(runner.is_alive())
        self.cluster.start_agents(self.old)
        self.cluster.healthy()


if __name__ == "__main__":
    main(170)
