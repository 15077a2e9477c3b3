"""Waiting with a deadline: for anything at all, and for a server's answer."""
import os
import select
import time

import psycopg2

PATIENCE = 60.0  # seconds for whatever must happen; far more than it takes

for variable in [name for name in os.environ if name.startswith("PG") and not name.startswith("PGCM")]:
    del os.environ[variable]  # settings of the caller's own databases must not leak in


def until(what, condition, seconds=PATIENCE):
    """The first true answer of condition(); fails with `what`, which may be a function that tells more."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what() if callable(what) else what}")
        time.sleep(0.03)


def _wait(connection, deadline):
    while True:
        state = connection.poll()
        if state == psycopg2.extensions.POLL_OK:
            return
        left = deadline - time.monotonic()
        reads = [connection] if state == psycopg2.extensions.POLL_READ else []
        writes = [connection] if state == psycopg2.extensions.POLL_WRITE else []
        if left <= 0 or not any(select.select(reads, writes, [], left)):
            raise TimeoutError("the server does not answer")


class Session:
    """A connection whose every call has a deadline; autocommit."""

    def __init__(self, dsn, seconds=5.0):
        self.connection = psycopg2.connect(async_=1, **dsn)
        try:
            _wait(self.connection, time.monotonic() + seconds)
        except BaseException:
            self.connection.close()
            raise

    def run(self, text, seconds=5.0):
        cursor = self.connection.cursor()
        cursor.execute(text)
        _wait(self.connection, time.monotonic() + seconds)
        return cursor.fetchall() if cursor.description else []

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
