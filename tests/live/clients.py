"""Clients that write from outside while things go wrong, and what can be said afterwards of who wrote when."""
import json
import secrets
import subprocess
import sys
import threading
import time
from collections import namedtuple
from pathlib import Path

from waiting import PATIENCE, until

# Monotonic seconds: `sent` by the client, `executed` by the server (before the commit), `acknowledged` at the client.
Row = namedtuple("Row", "number sent executed acknowledged node timeline client")

# One node on one timeline: it wrote for certain from its first acknowledged row to the last that it executed.
Reign = namedtuple("Reign", "node timeline since until last_acknowledged rows")


class Clients:
    """Writes through every node at once for as long as the with-block runs; see client_program.py."""

    def __init__(self, cluster, patience=0.5, finder=True):
        self.cluster, self.patience, self.finder = cluster, patience, finder
        self.rows, self.trouble = [], ""
        self.program = None

    def __enter__(self):
        primary, password = self.cluster.primary(), secrets.token_hex(16)
        if primary.value("SELECT count(*) FROM pg_roles WHERE rolname = 'client'") == 0:
            primary.sql("CREATE ROLE client LOGIN", 20)
        primary.sql(f"ALTER ROLE client PASSWORD '{password}'", 20)
        primary.sql("CREATE TABLE IF NOT EXISTS written (number bigint); GRANT INSERT, SELECT ON written TO client", 20)
        self.first = primary.value("SELECT coalesce(max(number), 0) FROM written") + 1
        place = "/run/netns/" + primary.netns.rpartition("-")[0] + "-outside" if primary.netns else None
        enter = ["nsenter", f"--net={place}"] if place else []
        program = [sys.executable, "-B", str(Path(__file__).with_name("client_program.py"))]
        self.program = subprocess.Popen([*enter, *program], text=True, cwd="/",
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        orders = {"nodes": [(node.name, node.host, node.port) for node in self.cluster], "owner": self.cluster.owner,
                  "user": "client", "password": password, "first": self.first, "patience": self.patience,
                  "finder": self.finder}
        self.program.stdin.write(json.dumps(orders) + "\n")
        self.program.stdin.flush()
        self.readers = [threading.Thread(target=self._read_rows, daemon=True),
                        threading.Thread(target=self._read_trouble, daemon=True)]
        for reader in self.readers:
            reader.start()
        return self

    def _read_rows(self):
        for line in self.program.stdout:
            self.rows.append(Row(*json.loads(line)))

    def _read_trouble(self):
        self.trouble = self.program.stderr.read()

    def stop(self):
        """Idempotent. All rows that were acknowledged are in `rows` then."""
        if self.program is None:
            return
        program = self.program
        try:
            if not program.stdin.closed:
                program.stdin.close()
            program.wait(PATIENCE)
        finally:
            if program.poll() is None:
                program.kill()
                program.wait()
            for reader in self.readers:
                reader.join(PATIENCE)
            program.stdout.close()
            program.stderr.close()
            self.program = None
        assert program.returncode == 0 and not self.trouble, f"clients: exit {program.returncode}\n{self.trouble}"

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
            return
        try:
            self.stop()
        except AssertionError as error:  # what went wrong first is what counts
            print(error, flush=True)

    def wait_rows(self, more=20, node=None, seconds=PATIENCE):
        """Until so many rows are acknowledged that were sent from now on, by this node where one is given."""
        since = time.monotonic()

        def written():
            # The newest are at the end.
            found = 0
            for row in reversed(list(self.rows)):
                if row.acknowledged < since:
                    break
                found += row.sent >= since and (node is None or row.node == node.name)
            return found
        to = f" to {node.name}" if node else ""
        until(lambda: f"{more} rows written{to} ({written()} so far): {self.cluster.roles()}\n{self.trouble}",
              lambda: written() >= more, seconds)

    def last_row(self, node):
        """When this node's last row was acknowledged."""
        return max((row.acknowledged for row in list(self.rows) if row.node == node.name), default=0.0)

    def kept(self, node):
        """The numbers of all rows that this node has, acknowledged or not."""
        return {row[0] for row in node.sql(f"SELECT number FROM written WHERE number >= {self.first}", 20)}

    def lost(self, node):
        """The acknowledged rows that this node does not have."""
        there = self.kept(node)
        return [row for row in self.rows if row.number not in there]

    def outage(self, since):
        """The longest time without an acknowledged row that ended after this moment, in seconds."""
        times = sorted(row.acknowledged for row in self.rows)
        return max((after - before for before, after in zip(times, times[1:]) if after > since), default=0.0)

    def story(self, since):
        """Who wrote when, for a person."""
        return "; ".join(f"{reign.node} on timeline {reign.timeline} from {reign.since - since:+.3f} s to "
                         f"{reign.last_acknowledged - since:+.3f} s" for reign in reigns(self.rows))


def reigns(rows):
    """Who wrote when, in the order in which they began."""
    found = {}
    for row in sorted(rows, key=lambda row: row.acknowledged):
        found.setdefault((row.node, row.timeline), []).append(row)
    return [Reign(node, timeline, own[0].acknowledged, max(row.executed for row in own), own[-1].acknowledged, len(own))
            for (node, timeline), own in found.items()]


def overlap(rows):
    """For how long two nodes wrote at once, in seconds: both executed rows after both had acknowledged one."""
    found = reigns(rows)
    return max([0.0] + [min(one.until, other.until) - max(one.since, other.since)
                        for one in found for other in found if one.node != other.node])
