"""A client that writes all the time."""
import threading
import time

import psycopg2

from waiting import PATIENCE, Session, until


class Writer(threading.Thread):
    """Writes numbered rows to whichever node takes them, and remembers which were acknowledged."""

    def __init__(self, cluster, patience=PATIENCE):
        super().__init__(daemon=True)
        self.cluster, self.patience = cluster, patience
        self.rows = []  # (number, began, acknowledged, node)
        self.ending = threading.Event()
        primary = cluster.primary()
        primary.sql("CREATE TABLE IF NOT EXISTS written (number bigint, node text)", 20)
        self.number = self.first = primary.value("SELECT coalesce(max(number), 0) FROM written") + 1

    def run(self):
        nodes, session, at = list(self.cluster), None, 0
        while not self.ending.is_set():
            node = nodes[at % len(nodes)]
            began = time.monotonic()
            try:
                session = session or Session(node.superuser, 2.0)
                notices = len(session.connection.notices)
                session.run(f"INSERT INTO written VALUES ({self.number}, '{node.name}')", self.patience)
                if len(session.connection.notices) == notices:  # a cancelled wait for the standby comes with a warning
                    self.rows.append((self.number, began, time.monotonic(), node.name))
                self.ending.wait(0.01)
            except (psycopg2.Error, TimeoutError, OSError):
                if session:
                    session.close()
                session, at = None, at + 1
                self.ending.wait(0.02)
            self.number += 1
        if session:
            session.close()

    def wait_rows(self, more=10, node=None, seconds=PATIENCE):
        """Until so many more rows are acknowledged, by this node where one is given."""
        def written():
            return [row for row in self.rows if node is None or row[3] == node.name]
        before = len(written())
        until(lambda: f"{more} more rows written ({len(written()) - before} so far): {self.cluster.roles()}",
              lambda: len(written()) >= before + more, seconds)

    def stop(self):
        self.ending.set()
        self.join(self.patience + 10)
        assert not self.is_alive(), "the writing client hangs"

    def lost(self, node):
        """The acknowledged rows that this node does not have."""
        if node.value("SELECT to_regclass('written')") is None:
            return self.rows
        there = {row[0] for row in node.sql(f"SELECT number FROM written WHERE number >= {self.first}", 20)}
        return [row for row in self.rows if row[0] not in there]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.is_alive():
            self.stop()
