#!/usr/bin/python3
"""HAProxy in front of the cluster, configured as for Patroni: a client that knows only its address goes on writing."""
import csv
import re
import socket
import subprocess
import threading
import time
from collections import Counter

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


class Bench(threading.Thread):
    """pgbench, again and again: it gives up when its connection is lost, as a program does that is then started again."""

    def __init__(self, folder, dsn):
        super().__init__(daemon=True)
        self.ending, self.folder, self.runs = threading.Event(), folder, 0
        self.script = folder / "steps.sql"
        self.script.write_text("\\set step :step + 1\nINSERT INTO steps VALUES (:run, :client_id, :step);\n")
        self.command = ["timeout", "60", "pgbench", "-n", "-c", "2", "-T", "4", "-R", "100", "--log", "-D", "step=0", "-f", self.script]
        self.env = {"PATH": "/usr/lib/postgresql/15/bin:/usr/bin:/bin", "PGHOST": dsn["host"], "PGPORT": str(dsn["port"]),
                    "PGUSER": dsn["user"], "PGPASSFILE": dsn["passfile"], "PGCONNECT_TIMEOUT": "3"}

    def run(self):
        while not self.ending.wait(0.1):
            self.runs += 1
            subprocess.run([*self.command, "-D", f"run={self.runs}", f"--log-prefix={self.folder}/bench{self.runs}", "postgres"],
                           env=self.env, capture_output=True, stdin=subprocess.DEVNULL)

    def acknowledged(self):
        """(run, client, step) of each transaction that pgbench was told is committed: a line of its log, in order."""
        told = set()
        for run in range(1, self.runs + 1):
            for log in self.folder.glob(f"bench{run}.*"):
                steps = Counter()
                for line in log.read_text().splitlines():
                    client = int(line.split()[0])
                    steps[client] += 1
                    told.add((run, client, steps[client]))
        return told

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join(PATIENCE + 10)
        assert not self.is_alive(), "pgbench hangs"


class Proxied(Scenario):
    options = {"lease": True, "toml": CALM_LEASE}

    def setUp(self):
        super().setUp()
        self.old = self.cluster.settle(sync__mode='"quorum"', sync__strict="true")
        self.ports = free_port(), free_port()
        config = self.cluster.base / "haproxy.cfg"
        config.write_text(example_for(self.cluster, *self.ports))
        run("haproxy", "-c", "-q", "-f", config).expect(0)
        window = self.cluster.base / "window.cfg"  # to look at the proxy, beside the example as it is
        window.write_text(f"global\n    stats socket {self.cluster.base}/haproxy.sock mode 600\n")
        with open(self.cluster.base / "haproxy.log", "wb") as log:
            self.proxy = subprocess.Popen(["haproxy", "-db", "-f", str(config), "-f", str(window)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
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

    def checks(self):
        """What HAProxy's health checks were answered last: {(proxy, server): status}."""
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(PATIENCE)
            asked.connect(str(self.cluster.base / "haproxy.sock"))
            asked.sendall(b"show stat\n")
            with asked.makefile() as answer:
                rows = list(csv.DictReader(line for line in answer if line.strip()))
        return {(row["# pxname"], row["svname"]): row["check_code"] for row in rows if row["svname"] in self.cluster.nodes}

    def assert_led_by_checks(self, primary):
        wanted = {("primary", node.name): "200" if node is primary else "503" for node in self.cluster}
        wanted |= {("standbys", node.name): "503" if node is primary else "200" for node in self.cluster}
        until(lambda: f"checks that lead to {primary.name}: {self.checks()}", lambda: self.checks() == wanted)

    def test_pgbench_goes_on(self):
        """Through a failover, and through a change by plan; what it was told was committed is there in the end."""
        self.old.sql("DROP TABLE IF EXISTS steps", 20)
        self.old.sql("CREATE TABLE steps (run int, client int, step int); GRANT ALL ON steps TO pgcm", 20)
        self.assert_led_by_checks(self.old)
        count = lambda node: node.value("SELECT count(*) FROM steps", 20)  # noqa: E731
        with Bench(self.cluster.base, self.dsn) as bench:
            until("pgbench writes", lambda: count(self.old) > 50)
            self.cluster.kill_agents(self.old)
            self.old.crash()
            new = self.cluster.wait_primary(self.old)
            before = count(new)
            until("pgbench writes again", lambda: count(new) > before + 50)
            self.cluster.start_agents(self.old)
            self.assertIs(self.cluster.healthy(), new)
            self.assert_led_by_checks(new)

            third = next(node for node in self.cluster if node not in (self.old, new))
            planned = self.cluster.pgcm(self.old, "switchover", "--to", third.name, "--yes", "--json", seconds=PATIENCE).expect(0)
            before = count(third)
            until("pgbench writes once more", lambda: count(third) > before + 50)
            self.assertIs(self.cluster.healthy(), third)
            self.assert_led_by_checks(third)
            self.assertEqual(self.behind(self.ports[0]), third.port)
        told = bench.acknowledged()
        there = set(third.sql("SELECT run, client, step FROM steps", 20))
        self.assertEqual(told - there, set())
        self.assertGreater(len(told), 150)
        runs = len({run for run, _, _ in told})
        self.assertGreater(runs, 2)  # each change ended one at least
        print(f"pgbench: {len(told)} transactions in {runs} runs; nobody could write for {planned.json['outage_ms']} ms by plan")


if __name__ == "__main__":
    main(170)
