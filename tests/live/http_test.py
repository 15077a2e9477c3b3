#!/usr/bin/python3
"""The HTTP side, asked by curl and promtool: every endpoint, method and status; TLS, token, certificates, sockets."""
import datetime
import json
import os
import re
import signal
import socket
import subprocess
import time
import unittest

from cluster import CALM_LEASE, PGCM, SOURCE
from processes import run
from scenario import Scenario, main
from waiting import PATIENCE, until

HEALTH = ["/", "/primary", "/read-write", "/master", "/leader", "/replica", "/standby", "/read-only", "/synchronous", "/sync",
          "/read-only-sync", "/asynchronous", "/async", "/health", "/liveness", "/readiness"]
GUARDED = ["/status", "/view", "/decision", "/alerts", "/patroni", "/cluster", "/history", "/recent", "/metrics"]


class Answer:
    def __init__(self, text):
        text, _, self.status = text.rpartition("\n")
        self.status = int(self.status)
        head, _, self.body = text.partition("\n\n")
        while head.startswith("HTTP/1.1 1"):
            head, _, self.body = self.body.partition("\n\n")
        self.fields = {name.lower(): value for name, _, value in
                       (line.partition(": ") for line in head.split("\n")[1:])}

    @property
    def json(self):
        return json.loads(self.body)


def curl(url, *words):
    done = run("curl", "-s", "-i", "--noproxy", "*", "--max-time", 10, "-w", "\n%{http_code}", *words, url)
    return Answer(done.out)


def free_address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % free.getsockname()[1]


def waiting_at(address):
    """How many connections to a listener of this host are open, accepted or not."""
    host, _, port = address.rpartition(":")
    here = "%08X:%04X" % (int.from_bytes(socket.inet_aton(host), "little"), int(port))
    with open("/proc/net/tcp", encoding="ascii") as table:
        return sum(line.split()[1] == here and line.split()[3] == "01" for line in table)


class Stream:
    """What /events tells, read as it comes."""

    def __init__(self, url):
        self.kinds = set()
        self.curl = subprocess.Popen(["curl", "-s", "-N", "--max-time", "60", url], stdout=subprocess.PIPE, text=True)

    def read_status(self):
        """The next one that was taken from now on."""
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for line in self.curl.stdout:
            if line.startswith("event: "):
                self.kinds.add(line[7:-1])
            if not line.startswith("data: ") or '"schema":"pgcm.status/1"' not in line:
                continue
            document = json.loads(line[6:])
            if document["taken_at"] > now:
                return document
        raise AssertionError("the stream has ended")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.curl.kill()
        self.curl.wait()
        self.curl.stdout.close()


class Http(Scenario):
    options = {"lease": True, "toml": CALM_LEASE}

    def settle(self):
        primary = self.cluster.settle()
        until("a turn of every agent", lambda: all(curl(f"http://{node.http}/heartbeat").status == 200 for node in self.cluster))
        until("the lease", lambda: curl(f"http://{primary.http}/primary").status == 200)
        standbys = [node for node in self.cluster if node is not primary]
        sync = next(node for node in standbys if primary.value(
            f"SELECT sync_state FROM pg_stat_replication WHERE application_name = '{node.name}'") in ("sync", "quorum"))
        return primary, sync, next(node for node in standbys if node is not sync)

    def test_health_checks(self):
        primary, sync, other = self.settle()
        yes = {
            primary: {"/", "/primary", "/read-write", "/master", "/leader", "/read-only", "/read-only-sync", "/health", "/liveness",
                      "/readiness"},
            sync: {"/replica", "/standby", "/read-only", "/synchronous", "/sync", "/read-only-sync", "/health", "/liveness",
                   "/readiness"},
        }
        async_ones = {"/replica", "/standby", "/read-only", "/asynchronous", "/async", "/health", "/liveness", "/readiness"}
        state = primary.value(f"SELECT sync_state FROM pg_stat_replication WHERE application_name = '{other.name}'")
        yes[other] = yes[sync] if state in ("sync", "quorum") else async_ones
        for node, paths in yes.items():
            for path in HEALTH:
                wanted = 200 if path in paths else 503
                for method in ("GET", "OPTIONS"):
                    answer = curl(f"http://{node.http}{path}", "-X", method)
                    self.assertEqual((answer.status, bool(answer.body)), (wanted, method == "GET"), f"{node.name} {method} {path}")
                head = curl(f"http://{node.http}{path}", "--head")
                self.assertEqual((head.status, head.body), (wanted, ""), f"{node.name} HEAD {path}")
                self.assertGreater(int(head.fields["content-length"]), 0)
        for query, wanted in (("lag=10MB", 200), ("lag=1TB&replication_state=streaming", 200), ("lag=x", 400),
                              ("replication_state=starting", 503)):
            self.assertEqual(curl(f"http://{sync.http}/replica?{query}").status, wanted, query)
        document = curl(f"http://{primary.http}/primary").json
        self.assertEqual((document["state"], document["role"], document["timeline"]), ("running", "master", primary.timeline()))
        self.assertEqual(document["server_version"], int(primary.value("SHOW server_version_num")))
        self.assertEqual(document["patroni"]["name"], primary.name)
        self.assertEqual(document["database_system_identifier"],
                         str(primary.value("SELECT system_identifier FROM pg_control_system()")))
        members = {member["name"]: member for member in curl(f"http://{other.http}/cluster").json["members"]}
        self.assertEqual(members[primary.name]["role"], "leader")
        self.assertEqual({members[node.name]["state"] for node in (sync, other)}, {"streaming"})

    def test_documents_hold_no_secret(self):
        primary, _, _ = self.settle()
        password = next(line for line in (self.cluster.dir / "passfile").read_text().splitlines()).rpartition(":")[2]
        for path in (*GUARDED, *HEALTH, "/page/main.js", "/nothing"):
            answer = curl(f"http://{primary.http}{path}")
            self.assertIn(answer.status, (200, 404 if path == "/nothing" else 200, 503 if path in HEALTH else 200), path)
            for secret in (password, "passfile", "conninfo=", "user=replicator", "PATH="):
                self.assertNotIn(secret, answer.body, path)
            self.assertIn("default-src 'none'", answer.fields["content-security-policy"])
            self.assertNotIn("unsafe-inline", answer.fields["content-security-policy"])
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            self.assertEqual(curl(f"http://{primary.http}/status", "-X", method).status, 405, method)
        page = curl(f"http://{primary.http}/", "-H", "Accept: text/html")
        self.assertEqual(page.fields["content-type"], "text/html; charset=utf-8")
        self.assertIn(f'<th scope="row">{primary.name}</th>', page.body)

    def test_a_frozen_server_or_agent_leaves_no_old_yes(self):
        primary, _, _ = self.settle()
        node = next(node for node in self.cluster if node is not primary)
        agent = node.agent.pid
        os.kill(agent, signal.SIGSTOP)
        try:
            self.assertNotEqual(run("curl", "-s", "--max-time", 1, f"http://{node.http}/replica").code, 0)
        finally:
            os.kill(agent, signal.SIGCONT)
        until("the replica again", lambda: curl(f"http://{node.http}/replica").status == 200)
        node.freeze()
        try:
            until("no health", lambda: curl(f"http://{node.http}/health").status == 503)
            self.assertEqual(curl(f"http://{node.http}/replica").status, 503)
            self.assertEqual(curl(f"http://{node.http}/liveness").status, 200)
        finally:
            node.thaw()
        until("the replica again", lambda: curl(f"http://{node.http}/replica").status == 200)

    def test_an_agent_that_slept_vouches_for_nothing_before_it_has_looked(self):
        primary, _, _ = self.settle()
        node = next(node for node in self.cluster if node is not primary)
        os.kill(node.agent.pid, signal.SIGSTOP)
        node.freeze()  # it has not seen this yet: what it saw last is a standby that streams
        asked = []
        try:
            time.sleep(2.5)  # longer than a turn may be told: 2 * scan_period + probe_timeout
            asked = [subprocess.Popen(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "30",
                                       f"http://{node.http}{path}"], stdout=subprocess.PIPE, text=True)
                     for path in ("/replica", "/read-only", "/health", "/readiness", "/patroni") * 4]
            until("requests that wait", lambda: waiting_at(node.http) >= len(asked))
            os.kill(node.agent.pid, signal.SIGCONT)
            self.assertEqual({one.communicate(timeout=PATIENCE)[0] for one in asked}, {"503"})
        finally:
            os.kill(node.agent.pid, signal.SIGCONT)
            node.thaw()
            for one in asked:
                one.kill()
                one.wait()
        until("the replica again", lambda: curl(f"http://{node.http}/replica").status == 200)

    def test_a_pause_is_told_in_patronis_way(self):
        primary, sync, _ = self.settle()

        def told(node):
            documents = [curl(f"http://{node.http}{path}").json.get("pause") for path in ("/patroni", "/primary", "/", "/cluster")]
            metric = re.search(r"^patroni_is_paused\{.*\} (\d)$", curl(f"http://{node.http}/metrics").body, re.M).group(1)
            return *documents, metric
        nothing, everything = (None, None, None, None, "0"), (True, True, True, True, "1")
        self.assertEqual({told(node) for node in self.cluster}, {nothing})
        self.cluster.pgcm(sync, "pause").expect(0)
        try:
            until("the pause", lambda: {told(node) for node in self.cluster} == {everything})
            self.assertEqual(curl(f"http://{primary.http}/primary").status, 200)
        finally:
            self.cluster.pgcm(primary, "resume").expect(0)
        until("the end of the pause", lambda: {told(node) for node in self.cluster} == {nothing})

    def test_a_foreign_name_reads_nothing(self):
        primary, _, _ = self.settle()
        port = primary.http.rpartition(":")[2]

        def asked_as(name, path, *words):
            return curl(f"http://{name}:{port}{path}", "--resolve", f"{name}:{port}:{primary.http.rpartition(':')[0]}", *words).status
        for path in GUARDED:
            self.assertEqual(asked_as("rebound.example.com", path), 403, path)
            self.assertEqual(asked_as("localhost", path), 200, path)
            self.assertEqual(asked_as(socket.gethostname(), path), 200, path)
        self.assertEqual(asked_as("rebound.example.com", "/", "-H", "Accept: text/html"), 403)
        for path in ("/", "/primary", "/health", "/liveness"):
            self.assertEqual(asked_as("rebound.example.com", path), 200, path)
            self.assertEqual(curl(f"http://{primary.http}{path}", "--http1.0", "-H", "Host:").status, 200, path)

    def test_another_address_by_a_reload(self):
        primary, _, _ = self.settle()
        node = next(node for node in self.cluster if node is not primary)
        before, old, new = node.toml.read_text(), node.http, free_address()

        def reload(*addresses):
            self.cluster.configure({"serve.listen": json.dumps(addresses)}, [node])
            node.agent.send_signal(signal.SIGHUP)
        try:
            with Stream(f"http://{old}/events") as stream:
                reload(old, new)
                until("the new address", lambda: curl(f"http://{new}/replica").status == 200)
                stream.read_status()
                with socket.socket() as stranger:
                    stranger.bind(("127.0.0.1", 0))
                    stranger.listen()
                    taken = "127.0.0.1:%d" % stranger.getsockname()[1]
                    reload(taken)
                    until("a complaint", lambda: "HTTP stays as it was" in node.log())
                    complaint = next(line for line in node.log().splitlines() if "HTTP stays as it was" in line)
                    self.assertIn(f"cannot listen on {taken}: Address already in use", complaint)
                    self.assertIn("another process listens there", complaint)
                    for address in (old, new):
                        until("replicas", lambda: curl(f"http://{address}/replica").status == 200)
                stream.read_status()
                reload(new)
                until("no old address", lambda: run("curl", "-s", f"http://{old}/liveness").code == 7)
                until("the new address", lambda: curl(f"http://{new}/replica").status == 200)
                self.assertIn(f"no longer listening on {old}", node.log())
                stream.read_status()  # who was there stays
        finally:
            node.toml.write_text(before)
            node.agent.send_signal(signal.SIGHUP)
        until("the old address again", lambda: curl(f"http://{old}/replica").status == 200)

    def test_metrics_are_clean(self):
        primary, sync, _ = self.settle()
        for node in (primary, sync):
            answer = curl(f"http://{node.http}/metrics")
            self.assertEqual((answer.status, answer.fields["content-type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
            checked = subprocess.run(["promtool", "check", "metrics"], input=answer.body, text=True, capture_output=True)
            self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))
            values = dict(re.findall(r'^(\w+)\{scope="[^"]*",name="[^"]*"\} (\S+)$', answer.body, re.M))
            is_primary = node is primary
            self.assertEqual((values["patroni_primary"], values["patroni_replica"]), (str(int(is_primary)), str(int(not is_primary))))
            self.assertEqual((values["pgcm_primaries_in_view"], values["pgcm_fresh"]), ("1", "1"))
            self.assertEqual("pgcm_lease_left_seconds" in values, is_primary)
            self.assertGreater(float(values["pgcm_turn_seconds_count"]), 0)
            self.assertEqual(len(re.findall(r"^pgcm_probe_seconds\{", answer.body, re.M)), 3)

    def test_events_are_told_as_they_come(self):
        primary, _, other = self.settle()
        with Stream(f"http://{other.http}/events") as stream:
            for _ in range(3):
                self.assertEqual(stream.read_status()["primary"], primary.name)
            self.assertLessEqual({"status", "decision"}, stream.kinds)
        recent = curl(f"http://{other.http}/recent").json
        self.assertIn(f"{primary.name} is the primary", " ".join(event["text"] for event in recent["events"]))

    def authority(self, folder):
        """A certificate authority, and certificates by it: {name: (cert, key)}."""
        made = {}
        def openssl(*words):
            subprocess.run(["openssl", *map(str, words)], cwd=folder, check=True, capture_output=True)

        new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=ca")
        (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
        for name in ("one", "two", "client"):
            openssl("req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
            openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", 30, "-extfile", "names",
                    "-out", f"{name}.crt")
            made[name] = (folder / f"{name}.crt", folder / f"{name}.key")
        return folder / "ca.crt", made

    def test_tls_token_and_reload(self):
        primary, _, _ = self.settle()
        folder = self.cluster.base / "tls"
        folder.mkdir()
        ca, made = self.authority(folder)
        toml, address, unix = folder / "pgcm.toml", free_address(), folder / "http.sock"
        base = "\n".join(line for line in primary.toml.read_text().splitlines() if not line.startswith(("local =", "listen =")))
        cert, key = folder / "server.crt", folder / "server.key"
        cert.write_bytes(made["one"][0].read_bytes())
        key.write_bytes(made["one"][1].read_bytes())

        def configure(token):
            serve = f'[serve]\nlisten = ["{address}", "unix:{unix}"]\ncert = "{cert}"\nkey = "{key}"\nclient_ca = "{ca}"\n'
            toml.write_text(re.sub(r"^\[serve\]\n", lambda _: f'{serve}token = "{token}"\n', base + "\n", flags=re.M))
            toml.chmod(0o600)
        configure("first-token")
        with open(folder / "log", "wb") as log:
            server = subprocess.Popen([PGCM, "serve", "-c", str(toml)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                      env={**os.environ, "PGCM_NODE": ""})
        try:
            https, trust = f"https://{address}", ("--cacert", ca)
            until("an answer", lambda: curl(f"{https}/liveness", *trust).status == 200)
            self.assertEqual(curl(f"{https}/status", *trust).status, 401)
            self.assertEqual(curl(f"{https}/status", *trust, "-H", "Authorization: Bearer wrong").status, 401)
            self.assertEqual(curl(f"{https}/status", *trust, "-H", "Authorization: Bearer first-token").status, 200)
            self.assertEqual(curl(f"{https}/status", *trust, "-u", "me:first-token").status, 200)
            self.assertEqual(curl(f"{https}/status", *trust, "--cert", made["client"][0], "--key", made["client"][1]).status, 200)
            self.assertEqual(curl("http://x/status", "--unix-socket", unix).status, 200)
            self.assertNotEqual(run("curl", "-s", f"http://{address}/liveness").code, 0)
            self.assertEqual(oct(unix.stat().st_mode & 0o777), "0o660")
            stranger = folder / "stranger"
            stranger.mkdir()
            _, others = self.authority(stranger)
            shown = curl(f"{https}/status", *trust, "--cert", others["client"][0], "--key", others["client"][1])
            self.assertNotEqual(shown.status, 200)

            def serial():
                done = subprocess.run(["openssl", "s_client", "-connect", address], stdin=subprocess.DEVNULL, capture_output=True, text=True)
                return re.search(r"subject=.*CN = (\w+)", done.stdout).group(1)
            self.assertEqual(serial(), "one")
            cert.write_bytes(made["two"][0].read_bytes())
            key.write_bytes(made["two"][1].read_bytes())
            configure("second-token")
            server.send_signal(signal.SIGHUP)
            until("the new certificate", lambda: serial() == "two")
            self.assertEqual(curl(f"{https}/status", *trust, "-H", "Authorization: Bearer first-token").status, 401)
            until("the new token", lambda: curl(f"{https}/status", *trust, "-H", "Authorization: Bearer second-token").status == 200)
            # A bad file leaves the good one in place.
            cert.write_text("no certificate\n")
            server.send_signal(signal.SIGHUP)
            until("a complaint", lambda: "serve.cert" in (folder / "log").read_text())
            self.assertEqual(serial(), "two")
        finally:
            server.terminate()
            code = server.wait(PATIENCE)
        self.assertEqual(code, 0)
        self.assertNotIn("token\"", (folder / "log").read_text())
        self.assertFalse(unix.exists())

    def test_sockets_of_systemd(self):
        primary, _, _ = self.settle()
        folder = self.cluster.base / "activated"
        folder.mkdir()
        toml, address = folder / "pgcm.toml", free_address()
        toml.write_text("\n".join(line for line in primary.toml.read_text().splitlines()
                                  if not line.startswith(("local =", "listen ="))))
        toml.chmod(0o600)
        with open(folder / "log", "wb") as log:
            server = subprocess.Popen(["systemd-socket-activate", "-l", address, "-l", str(folder / "http.sock"), "-E", "PGCM_NODE=",
                                       PGCM, "serve", "-c", str(toml)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            until("systemd listens", lambda: (folder / "http.sock").exists())
            until("an answer", lambda: curl(f"http://{address}/status").status == 200)
            self.assertEqual(curl("http://x/status", "--unix-socket", folder / "http.sock").json["primary"], primary.name)
        finally:
            server.terminate()
            code = server.wait(PATIENCE)
        self.assertEqual(code, 0)


class Examples(unittest.TestCase):
    def test_rules(self):
        folder = SOURCE / "examples" / "prometheus"
        run("promtool", "check", "rules", folder / "pgcm.rules.yml").expect(0)
        run("promtool", "test", "rules", folder / "pgcm.rules.test.yml").expect(0)
        run("promtool", "check", "config", "--syntax-only", folder / "prometheus.yml").expect(0)

    def test_dashboard_shows_metrics_that_there_are(self):
        names = set(re.findall(r'"((?:pgcm|patroni)_\w+)"', (SOURCE / "core" / "report" / "metrics.cpp").read_text()))
        used = set(re.findall(r"\b((?:pgcm|patroni)_\w+)\b", (SOURCE / "examples" / "prometheus" / "grafana.json").read_text()))
        used |= set(re.findall(r"\b((?:pgcm|patroni)_[a-z_]+)\b(?!\.)", (SOURCE / "examples" / "prometheus" / "pgcm.rules.yml").read_text()))
        self.assertTrue(used)
        self.assertEqual({name.removesuffix("_bucket") for name in used} - names, set())


if __name__ == "__main__":
    main(170)
