"""Clients of a cluster: a program of its own, so that it can stand in another network and run as another user.

The first line of stdin says, as JSON, who the nodes are and how to log in; the program ends when stdin does. Every row
that a server acknowledged becomes one line on stdout, an array as in clients.Row. One client holds a session to each
node and tries all the time, so that no node can accept writes unseen; one more lets libpq find the primary, as an
application does. Times are those of the one monotonic clock that all processes of a machine share.
"""
import itertools
import json
import os
import pwd
import sys
import threading
import time

import psycopg2
import psycopg2.errors

from waiting import Session

PAUSE = 0.01  # seconds between two rows of a client

ORDERS = json.loads(sys.stdin.readline())
PORTS = {(host, port): name for name, host, port in ORDERS["nodes"]}
numbers = itertools.count(ORDERS["first"])  # its next() is one step, whatever the thread
ending = threading.Event()
printing = threading.Lock()


def dsn(places, **more):
    return {"host": ",".join(host for _, host, _ in places), "port": ",".join(str(port) for *_, port in places),
            "user": ORDERS["user"], "password": ORDERS["password"], "dbname": "postgres", **more}


def write(session, client):
    """One row. The server tells when it executed the statement, which is before the commit, and on which timeline."""
    number, notices = next(numbers), len(session.connection.notices)
    sent = time.monotonic()
    executed, segment = session.run(
        f"INSERT INTO written VALUES ({number}) "
        "RETURNING extract(epoch FROM clock_timestamp())::float8, pg_walfile_name(pg_current_wal_lsn())",
        ORDERS["patience"])[0]
    acknowledged = time.monotonic()
    if len(session.connection.notices) != notices:
        return  # a cancelled wait for the standby comes with a warning, and is no promise
    executed -= time.time() - acknowledged  # from the wall clock to the monotonic one
    info = session.connection.info
    row = [number, sent, executed, acknowledged, PORTS[info.host, info.port], int(segment[:8], 16), client]
    with printing:
        print(json.dumps(row), flush=True)


def keep_writing(client, places, finds_primary=False):
    session, tries = None, 0
    while not ending.is_set():
        began = time.monotonic()
        try:
            if session is None:
                # libpq asks one host after the other, and would spend all patience on a silent one: take turns.
                first = tries % len(places)
                more = {"target_session_attrs": "read-write"} if finds_primary else {}
                session = Session(dsn(places[first:] + places[:first], **more), ORDERS["patience"])
            write(session, client)
        except psycopg2.errors.ReadOnlySqlTransaction:
            if finds_primary:
                session = close(session)
        except (psycopg2.Error, TimeoutError, OSError):
            session, tries = close(session), tries + 1
            ending.wait(PAUSE)
        ending.wait(began + PAUSE - time.monotonic())
    close(session)


def close(session):
    if session:
        session.close()


def become(name):
    """Only now, since the folder of this file may be closed to that user."""
    user = pwd.getpwnam(name)
    os.initgroups(name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def main():
    if os.geteuid() == 0:
        become(ORDERS["owner"])
    nodes = ORDERS["nodes"]
    threads = [threading.Thread(target=keep_writing, args=(node[0], [node])) for node in nodes]
    if ORDERS["finder"]:
        threads.append(threading.Thread(target=keep_writing, args=("any", nodes, True)))
    for thread in threads:
        thread.start()
    sys.stdin.read()
    ending.set()
    for thread in threads:
        thread.join()


main()
