#!/usr/bin/python3
"""README's commands as they stand there: installed, a cluster that ran already adopted and watched, uninstalled. Root."""
import re

from cluster import SOURCE
from hosts import Host, ended
from scenario import Scenario, main
from waiting import until
from writer import Writer

TEXT = (SOURCE / "README.md").read_text(encoding="utf-8")


def section(title):
    return re.search(rf"^## {title}\n(.*?)(?=^## )", TEXT, re.S | re.M).group(1)


def blocks(text):
    """The shell blocks, each a list of lines without remarks."""
    found = re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.S | re.M)
    return [[re.sub(r"\s{2,}# .*", "", line).strip() for line in block.splitlines()] for block in found]


def inline(text, begin):
    """The one command in the running text that begins so."""
    found = set(re.findall(rf"`({re.escape(begin)}[^`]*)`", re.sub(r"\s*\n\s+", " ", text)))
    assert len(found) == 1, found
    return found.pop()


class Readme(Scenario):
    options = {"nodes": 3, "partitionable": True, "sync": False,
               "sets": {"max_slot_wal_keep_size": "1GB"}}  # as step 1 has it

    def setUp(self):
        super().setUp()
        self.hosts = {}
        self.addCleanup(lambda: ended(self.hosts.values()))
        for node in self.cluster:
            self.hosts[node.name] = Host(node)
        self.addCleanup(self.end_agents)

    def end_agents(self):
        for host in self.hosts.values():
            host.shell("kill -9 $(cat /var/run-of-pgcm-watch)", "/")

    def everywhere(self, line, code=0, folder="/root", **how):
        return [host.shell(line, folder, **how).expect(code) for host in self.hosts.values()]

    def install(self, primary):
        """From the sources on one host; its package on another; `cmake --install` on the third."""
        text = section("Install")
        (lines,) = blocks(text)
        first, second, third = self.hosts.values()
        for line in lines:
            first.shell(line, seconds=170).expect(0)  # for a build; where the tests are run there is nothing left to do
        package = first.node.cluster.base / "package"
        package.mkdir()
        first.shell(f"cp build/release/pgcm_*.deb {package}").expect(0)
        second.shell("sudo apt-get install " + f"{package}/pgcm_*.deb").expect(0)
        third.shell(inline(text, "sudo cmake --install")).expect(0)
        for told in self.everywhere("command -v pgcm && pgcm --version"):
            self.assertRegex(told.out, r"^/usr/bin/pgcm\npgcm \d")
        self.assertEqual(first.shell("pgcm config check").code, 2)  # refused until it is edited

    def edited(self, text, node):
        """What a person puts in: what could not be found, and what is of this host."""
        primary = self.cluster.primary()
        self.assertEqual(len(re.findall("port=EDIT_ME", text)), len(self.hosts) - 1, text)
        return text.replace("port=EDIT_ME", "port=5432").replace(str(primary.data), str(node.data))

    def adopt(self, primary):
        text = section("Adopt an existing cluster")
        steps, looks = blocks(text)
        host = self.hosts[primary.name]
        passwords = (self.cluster.dir / "passfile").read_text()
        addresses = "".join(f"{node.host} {node.name}\n" for node in self.cluster)
        for each in self.hosts.values():
            each.put("/etc/hosts", "127.0.0.1 localhost\n" + addresses)
            each.put("/root/postgres.pgpass", passwords)
            each.shell("install -m 0600 -o postgres -g postgres /root/postgres.pgpass /var/lib/postgresql/.pgpass").expect(0)
        host.shell("sudo -u postgres " + inline(text, "psql -X -d postgres -f")).expect(0)

        host.shell("install -d -m 0777 /root/work").expect(0)
        found = host.shell(inline(text, "sudo -u postgres pgcm config init"), "/root/work").expect(0)
        self.assertIn("not found: the port of", found.err)
        toml = host.read("/root/work/pgcm.toml")
        self.assertIn('mode = "manual"', toml)
        for each in self.hosts.values():
            each.put("/root/work/pgcm.toml", self.edited(toml, each.node))
        *installs, check = steps
        for line in installs:
            self.everywhere(line, folder="/root/work")
        self.check(check)

        before = self.facts()
        status, elect, follow = looks
        for told in self.everywhere(status + " --json", 3):  # no agent leads yet
            self.assertEqual((told.json["primary"], [alert["code"] for alert in told.json["alerts"]]),
                             (primary.name, ["primary_without_lease"]))
        for told in self.everywhere(elect + " --json"):
            self.assertEqual(told.json["primary"], primary.name)
        for each in self.hosts.values():
            if each is not host:
                each.shell(follow, "/").expect(0)
        watch = inline(text, "sudo -u postgres pgcm watch")
        for told in self.everywhere(f"timeout 3 {watch}", 124):
            self.assertIn("pgcm begins", told.err)
        self.assertEqual(self.facts(), before, "looking changes nothing")

    def check(self, line):
        """What it finds is mended by the SQL that it gives."""
        def warnings(host):
            told = host.shell(line + " --json", "/root/work").json["findings"]
            return [finding for finding in told if finding["severity"] != "notice"]
        host = next(iter(self.hosts.values()))
        for finding in warnings(host):
            for statement in finding["sql"]:
                self.cluster[finding["node"]].sql(statement)
        for host in self.hosts.values():
            until(lambda: f"nothing to mend: {warnings(host)}", lambda: not warnings(host), 20)

    def facts(self):
        return self.cluster.roles(), {node.name: node.postmaster() for node in self.cluster}

    def watched(self, host):
        """What the cluster looks like from a host, when it is healthy."""
        status = host.shell("sudo -u postgres pgcm status --json", "/")
        return status.json if status.code == 0 else None

    def log(self, host):
        return host.shell("cat /var/log/pgcm-watch.log", "/").out

    def wait_healthy(self, host):
        def told():
            logs = [line for each in self.hosts.values() for line in self.log(each).splitlines() if line[:1] != "{"]
            return "\n".join(["a healthy cluster", str(host.shell("sudo -u postgres pgcm status --table", "/")), *logs])
        return until(told, lambda: self.watched(host), 40)

    def start_and_try(self, primary):
        """Step 8 and 9, with failover.mode as it is once one trusts it."""
        text = section("Adopt an existing cluster")
        start = inline(text, "sudo systemctl enable --now")
        self.everywhere("""sed -i 's/^mode = "manual"/mode = "auto"/' /etc/pgcm/pgcm.toml""")
        before = self.facts()
        host = self.hosts[primary.name]
        for each in sorted(self.hosts.values(), key=lambda each: each is host):
            each.shell(start, "/").expect(0)
        self.wait_healthy(host)
        logs = "\n".join(line for each in self.hosts.values() for line in self.log(each).splitlines() if line[:1] != "{")
        self.assertEqual(self.facts(), before, logs)
        host.shell(inline(text, "systemctl restart"), "/").expect(0)
        self.wait_healthy(host)
        self.assertEqual(self.facts(), before, "a restart of the agent leaves the server alone")

        host.shell("systemctl stop pgcm-watch", "/").expect(0)
        self.cluster.as_owner("pg_ctl", "-D", primary.data, "-m", "fast", "stop")
        new = self.cluster.wait_primary(primary)
        with Writer(self.cluster) as writer:
            writer.wait_rows(5, new)
        host.shell("systemctl start pgcm-watch", "/").expect(0)
        status = self.wait_healthy(host)
        self.assertEqual(status["primary"], new.name)
        self.assertEqual(writer.lost(new), [])

    def uninstall(self):
        (lines,) = blocks(section("Uninstall"))
        disable, purge, remove_files, remove_folders = lines
        before = self.facts()
        self.everywhere("""sed -i '/^\\[failover\\]/a quorum = "any"' /etc/pgcm/pgcm.toml && systemctl reload pgcm-watch""")
        for host in self.hosts.values():
            until(lambda: f"the new configuration\n{self.log(host)}", lambda: "read again" in self.log(host))
        self.everywhere(disable)
        _, packaged, copied = self.hosts.values()
        packaged.shell(purge, stdin="y\n").expect(0)
        for line in (remove_files, remove_folders):
            copied.shell(line).expect(0)
        for host in (packaged, copied):
            left = host.shell("find /etc /usr /var/lib -name '*pgcm*' -not -path '/usr/src/*' -not -path '*/dpkg/*'", "/")
            self.assertEqual(left.expect(0).out, "")
        self.assertEqual(self.facts(), before, "the servers go on")

    def test_as_it_stands(self):
        primary = until("a primary", self.cluster.primary)
        until("all stream", self.cluster.is_well)
        self.install(primary)
        self.adopt(primary)
        self.start_and_try(primary)
        self.uninstall()


if __name__ == "__main__":
    main(230)
