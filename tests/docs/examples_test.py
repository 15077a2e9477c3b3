"""The examples work: configurations load, and the shell script decides as it says."""
import http.server
import json
import os
import pathlib
import re
import tempfile
import threading
import unittest

import told

EXAMPLES = told.ROOT / "examples"
TOMLS = sorted(EXAMPLES.glob("*.toml"))
# What the complete example sets to something else than the default, because a default is empty or of another host.
OWN_VALUES = {"name", "local", "conninfo", "local_conninfo", "data_dir", "bin_dir", "config_file",
              "replication_conninfo", "interface", "arbiters", "listen"}


def pairs_in(text):
    """{(section, key)} of a TOML text, and of what it comments out."""
    found, section = set(), ""
    for line in text.splitlines():
        if header := re.match(r"(?:# )?\[+(\w+)\]+$", line):
            section = header.group(1)
        elif pair := re.match(r"(?:# )?(\w+) = ", line):
            found.add((section, pair.group(1)))
    return found


def accepted():
    keys = told.read("core/config/keys.cpp")
    return {(name, key) for name, body in re.findall(r"Names (\w+)_keys\[\] = {(.*?)};", keys, re.S)
            for key in re.findall(r'"(\w+)"', body)}


def shown(path):
    return told.output(told.PGCM, "config", "show", "-c", path)


class Configurations(unittest.TestCase):
    def test_there_are_some(self):
        self.assertEqual([path.name for path in TOMLS],
                         ["pgcm.toml", "seed-docker.toml", "three-nodes.toml", "two-nodes.toml"])

    def test_they_load(self):
        for path in TOMLS:
            with self.subTest(path.name):
                quorum = "majority" if path.name == "three-nodes.toml" else "any"
                self.assertIn(f'quorum = "{quorum}"', shown(path))

    def test_the_complete_one_has_every_key(self):
        self.assertEqual(pairs_in((EXAMPLES / "pgcm.toml").read_text()), accepted())

    def test_what_it_comments_out_loads_too(self):
        lines, section = [], ""
        for line in (EXAMPLES / "pgcm.toml").read_text().splitlines():
            if header := re.match(r"(?:# )?\[+(\w+)\]+$", line):
                section = header.group(1)
            of_one_kind = section == "commands" and line.startswith("# network")  # network.command says the same
            lines.append(line if of_one_kind else re.sub(r"^# (?=\[\[\w+\]\]$|\w+ = )", "", line))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "all.toml"
            path.write_text("\n".join(lines) + "\n")
            path.chmod(0o640)
            text = shown(path)
        empty = re.findall(r'^(\w+) = (?:""|\[\])$', text, re.M)
        self.assertEqual(empty, ["etcd"])
        self.assertIn("********", text)

    def test_its_values_are_the_defaults(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "least.toml"
            path.write_text('[cluster]\nname = "c"\n[[node]]\nname = "a"\nconninfo = "host=a"\n'
                            '[[node]]\nname = "b"\nconninfo = "host=b"\n')
            least = shown(path)
        pick = lambda text: [line for line in text.splitlines() if line.split(" ")[0] not in OWN_VALUES
                             and not line.startswith("#")]
        self.assertEqual(pick(shown(EXAMPLES / "pgcm.toml")), pick(least))

    def test_the_one_in_the_manual_loads(self):
        page = told.read("man/pgcm.toml.5")
        text = re.search(r"\.Sh EXAMPLES\n.*?\.Bd.*?\n(.*?)\.Ed", page, re.S).group(1)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "manual.toml"
            path.write_text(text)
            self.assertIn('name = "orders"', shown(path))


class Compose(unittest.TestCase):
    """compose.sh with a pgcm of our own, which answers as it is told and writes down how it was called."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        fake = self.folder / "pgcm"
        fake.write_text('#!/bin/sh\ncd "$(dirname "$0")" || exit\n'
                        'case $1 in probe | elect) cat "$1.json"; exit "$(cat "$1.code")" ;; esac\n'
                        'echo "$*" >>calls\n')
        fake.chmod(0o755)

    def turn(self, roles, local="p1", primary=None, winner=None, gone=None, arguments=()):
        """Exit status and the changes that were asked for; `gone`: for how many seconds there is no primary."""
        nodes = [{"node": name, "reach": "accepting" if role else "refused", "role": role or "unknown"}
                 for name, role in roles.items()]
        reasons = [{"text": "nobody may"}]
        self.answer("probe", {"local": local, "nodes": nodes}, 0)
        self.answer("elect", {"primary": primary, "winner": winner, "reasons": reasons}, 0 if primary or winner else 5)
        stamp = self.folder / "since"
        if gone is not None:
            stamp.touch()
            os.utime(stamp, (stamp.stat().st_atime, stamp.stat().st_mtime - gone))
        settings = {"PGCM": str(self.folder / "pgcm"), "STAMP": str(stamp), "FAILOVER_AFTER": "30"}
        done = told.run(EXAMPLES / "shell/compose.sh", *arguments, env={**told.BARE, **settings})
        calls = self.folder / "calls"
        return done.returncode, calls.read_text().splitlines() if calls.exists() else [], done.stderr

    def answer(self, command, document, code):
        (self.folder / f"{command}.json").write_text(json.dumps(document))
        (self.folder / f"{command}.code").write_text(str(code))

    def test_a_primary_keeps_its_sync_names(self):
        code, calls, _ = self.turn({"p1": "primary", "p2": "standby"}, primary="p1")
        self.assertEqual((code, calls), (0, ["sync-standby --json --quiet"]))

    def test_a_standby_follows(self):
        code, calls, _ = self.turn({"p1": "standby", "p2": "primary"}, primary="p2", gone=100)
        self.assertEqual((code, calls), (0, ["follow --json --quiet"]))
        self.assertFalse((self.folder / "since").exists())

    def test_the_best_standby_waits_first(self):
        code, calls, said = self.turn({"p1": "standby", "p2": None}, winner="p1")
        self.assertEqual((code, calls), (0, []))
        self.assertRegex(said, r"no primary for \d+ s of 30 s")
        self.assertTrue((self.folder / "since").exists())

    def test_then_it_is_promoted(self):
        code, calls, _ = self.turn({"p1": "standby", "p2": None}, winner="p1", gone=31)
        self.assertEqual((code, calls), (0, ["promote --json --quiet --yes"]))

    def test_another_goes_before(self):
        code, calls, said = self.turn({"p1": "standby", "p2": None, "p3": "standby"}, winner="p3", gone=31)
        self.assertEqual((code, calls), (0, []))
        self.assertIn("p3 goes before p1", said)

    def test_nobody_can_be_elected(self):
        code, calls, said = self.turn({"p1": "standby", "p2": None}, gone=31)
        self.assertEqual((code, calls), (1, []))
        self.assertIn("nobody may", said)

    def test_two_primaries_are_for_a_person(self):
        code, calls, said = self.turn({"p1": "primary", "p2": "primary"})
        self.assertEqual((code, calls), (1, []))
        self.assertIn("more than one primary", said)

    def test_dry_run_and_arguments_are_handed_on(self):
        code, calls, _ = self.turn({"p1": "standby", "p2": None}, winner="p1", gone=31,
                                   arguments=("-n", "-c", "x.toml"))
        self.assertEqual((code, calls), (0, ["promote --json --quiet --dry-run --yes -c x.toml"]))

    def test_a_host_without_a_node(self):
        code, calls, _ = self.turn({"p1": "primary"}, local=None, primary="p1")
        self.assertEqual((code, calls), (1, []))


class Listener(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted; answers with the status of its server."""

    def do_POST(self):
        self.server.got.append((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):
        pass


class Hooks(unittest.TestCase):
    """Those of examples/hooks that need neither a cluster nor a network of their own; the others run in tests/live."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def event(self, name, **facts):
        return json.dumps({"schema": "pgcm.event/1", "event": name, "time": "2026-11-26T17:01:02.120Z",
                           "cluster": "orders", "node": "p2", **facts}) + "\n"

    def hook(self, name, *arguments, event="", **environment):
        return told.run(EXAMPLES / "hooks" / name, *arguments, input=event, env={**told.BARE, **environment})

    def test_there_are_some(self):
        names = sorted(path.name for path in (EXAMPLES / "hooks").iterdir())
        self.assertEqual(names, ["address", "mail", "may-lead", "pgbouncer", "webhook"])
        for name in names:
            self.assertTrue(os.access(EXAMPLES / "hooks" / name, os.X_OK), name)
            self.assertEqual(told.run("sh", "-n", EXAMPLES / "hooks" / name).stderr, "")

    def mails(self, event):
        sendmail = self.folder / "sendmail"
        sendmail.write_text('#!/bin/sh\n[ "$1" = -t ] && cat >>"$(dirname "$0")/mails"\n')
        sendmail.chmod(0o755)
        done = self.hook("mail", "dba@example.org", event=event, SENDMAIL=str(sendmail),
                         PGCM_EVENT=json.loads(event)["event"])
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        mails = self.folder / "mails"
        text = mails.read_text() if mails.exists() else ""
        mails.unlink(missing_ok=True)
        return text

    def test_mail(self):
        text = self.mails(self.event("alert_raised", alert="lag", severity="warning", text="p3 is far behind"))
        self.assertIn("To: dba@example.org\nSubject: pgcm orders p2: alert_raised lag\n", text)
        self.assertIn("\n\np3 is far behind\n", text)
        self.assertIn("severity: warning\n", text)
        self.assertIn("after_promote done", self.mails(self.event("after_promote", result="done", text="done")))
        self.assertIn("after_follow failed", self.mails(self.event("after_follow", result="failed", text="no")))
        for name, facts in (("before_promote", {}), ("after_follow", {"result": "done"})):
            self.assertEqual(self.mails(self.event(name, text="t", **facts)), "")

    def test_webhook(self):
        with http.server.HTTPServer(("127.0.0.1", 0), Listener) as server:
            server.got, server.status = [], 204
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_port}/pgcm"
            secret = self.folder / "curlrc"
            secret.write_text('header = "Authorization: Bearer s3cret"\n')
            event = self.event("after_promote", result="done")
            done = self.hook("webhook", url, event=event, PGCM_CURLRC=str(secret), no_proxy="*")
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
            headers, body = server.got[0]
            self.assertEqual(json.loads(body), json.loads(event))
            self.assertEqual((headers["Content-Type"], headers["Authorization"]),
                             ("application/json", "Bearer s3cret"))
            server.status = 403
            done = self.hook("webhook", url, event=event, no_proxy="*")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("403", done.stderr)
            server.shutdown()

    def test_a_veto(self):
        note = self.folder / "no-promotion"
        done = self.hook("may-lead", note, self.folder, "0")
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        done = self.hook("may-lead", note, self.folder, "99999999")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"^\S+ has \d+ MB left, and 99999999 MB are wanted\n$")
        note.write_text("the rack is being moved\n")
        done = self.hook("may-lead", note, self.folder, "0")
        self.assertEqual((done.returncode, done.stdout), (1, "the rack is being moved\n"))
        note.write_text("")
        self.assertIn("is there", self.hook("may-lead", note, self.folder, "0").stdout)


class Checks(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.fake = self.folder / "pgcm"
        self.environment = {**told.BARE, "PGCM": str(self.fake), "PATH": f"{self.folder}:/usr/bin:/bin"}

    def pgcm(self, says, code):
        self.fake.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
        self.fake.chmod(0o755)

    def test_primary_here(self):
        for local, primary, code, expected in (("p1", "p1", 0, 0), ("p1", "p1", 3, 0), ("p1", "p2", 0, 1),
                                               ("p1", None, 4, 1), (None, None, 4, 1)):
            self.pgcm(json.dumps({"local": local, "primary": primary}), code)
            done = told.run(EXAMPLES / "checks/primary-here", env=self.environment)
            self.assertEqual((done.returncode != 0, done.stdout), (expected != 0, ""), (local, primary))
        self.pgcm("", 2)
        self.assertNotEqual(told.run(EXAMPLES / "checks/primary-here", env=self.environment).returncode, 0)

    def test_keepalived_names_what_is_installed(self):
        script = re.search(r'script "(\S+)"', (EXAMPLES / "checks/keepalived.conf").read_text()).group(1)
        self.assertTrue((EXAMPLES / script.split("/examples/")[1]).exists())

    def test_the_line_of_cron(self):
        lines = [line for line in (EXAMPLES / "shell/cron").read_text().splitlines() if line.startswith("*/5")]
        command = lines[0].split(None, 6)[6]
        self.pgcm("OK: orders is healthy", 0)
        self.assertEqual(told.output("sh", "-c", command, env=self.environment), "")
        self.pgcm("CRITICAL: no primary", 2)
        self.assertEqual(told.run("sh", "-c", command, env=self.environment).stdout, "CRITICAL: no primary\n")


if __name__ == "__main__":
    unittest.main()
