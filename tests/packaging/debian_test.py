#!/usr/bin/python3
"""The Debian package: built of what is built, liked by lintian, installed, upgraded and purged in a fresh Debian 12.

As root, or through sudo. The fresh system is made by debootstrap once, and kept as build/packaging/bookworm.tar.
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["PGCM_BUILD"])
SOURCE = pathlib.Path(__file__).resolve().parents[2]
TAR = BUILD.parent / "packaging" / "bookworm.tar"
NEEDS = "libpq5,systemd"
UNITS = ("pgcm-watch.service", "pgcm-serve.service", "pgcm-check.service", "pgcm-check.timer")
EXPOSURE = 40  # tenths, at most
ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]
SILENT = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


def run(*command, **options):
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, env={**os.environ, **SILENT}, **options)


def must(*command, **options):
    done = run(*command, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def mirror():
    """The one that this host's apt uses for Debian 12."""
    told = must("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)", "Created-By: Packages")
    known = [line.split()[0] for line in told.splitlines() if line.split()[1:] == ["bookworm", "main"]]
    return known[0] if known else "http://deb.debian.org/debian/"


def build_package(folder, version):
    must("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", folder, "-D", f"CPACK_PACKAGE_VERSION={version}",
         "-D", f"CPACK_DEBIAN_PACKAGE_VERSION={version}", cwd=folder)
    package, = folder.glob(f"pgcm_{version}_*.deb")
    return package


class System:
    """A fresh Debian 12 in a folder; each command in namespaces of its own, so that nothing outlives it."""

    def __init__(self, folder):
        self.root = folder / "system"
        if not TAR.exists():
            TAR.parent.mkdir(exist_ok=True)
            made = folder / "made"
            # What debootstrap mounts there goes with its namespace, also when it is killed.
            must(*ROOT, "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private",
                 "debootstrap", "--variant=minbase", f"--include={NEEDS}", "bookworm", made, mirror())
            must(*ROOT, "tar", "-C", made, "--exclude=./var/cache/apt/archives/*", "-cf", TAR.with_suffix(".part"), ".")
            must(*ROOT, "mv", TAR.with_suffix(".part"), TAR)
            must(*ROOT, "rm", "-rf", "--one-file-system", made)
        must("mkdir", self.root)
        must(*ROOT, "tar", "-C", self.root, "-xpf", TAR)

    def __call__(self, *command):
        inside = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
        return run(*ROOT, "unshare", "--mount", "--pid", "--fork", "--net", "--propagation", "private", "sh", "-c", inside,
                   self.root, *command)

    def must(self, *command):
        done = self(*command)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}")
        return done.stdout

    def put(self, path, text, mode="0644"):
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            must(*ROOT, "install", "-D", "-m", mode, file.name, f"{self.root}/{path}")

    def install(self, package):
        must(*ROOT, "cp", package, f"{self.root}/root/pgcm.deb")
        return self.must("dpkg", "--install", "/root/pgcm.deb")

    def files(self):
        """All but what dpkg and the run of the system write down about themselves."""
        told = self.must("find", "/", "-xdev", "-path", "/proc", "-prune", "-o", "-path", "/var/lib/dpkg", "-prune", "-o",
                         "-path", "/root", "-prune", "-o", "-path", "/var/log", "-prune", "-o", "-path", "/run", "-prune",
                         "-o", "-path", "/var/cache", "-prune", "-o", "-print")
        return set(told.splitlines())


class Debian(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="pgcm-packaging-"))
        cls.addClassCleanup(lambda: must(*ROOT, "rm", "-rf", "--one-file-system", cls.folder))
        cls.first = build_package(cls.folder, "0.1.0")
        cls.second = build_package(cls.folder, "0.1.1")
        cls.system = System(cls.folder)
        cls.before = cls.system.files()

    def test_1_lintian(self):
        done = run("lintian", *(["--allow-root"] if os.geteuid() == 0 else []), "--fail-on", "error,warning", self.first)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_2_install(self):
        self.system.install(self.first)
        self.assertRegex(self.system.must("pgcm", "--version"), r"^pgcm \d")
        self.assertEqual(self.system.must("stat", "-c", "%a %U %G", "/etc/pgcm", "/etc/pgcm/pgcm.toml", "/var/lib/pgcm"),
                         "750 root postgres\n640 root postgres\n700 postgres postgres\n")
        for file in ("share/man/man1/pgcm.1.gz", "share/man/man5/pgcm.toml.5.gz", "share/doc/pgcm/copyright",
                     "share/bash-completion/completions/pgcm", "share/zsh/vendor-completions/_pgcm",
                     "share/fish/vendor_completions.d/pgcm.fish", "share/doc/pgcm/examples/least-privilege.sql"):
            self.system.must("test", "-s", f"/usr/{file}")
        for unit in UNITS:
            if "[Install]" in (SOURCE / "packaging/systemd" / unit).read_text():
                self.assertEqual(self.system("systemctl", "is-enabled", unit).stdout, "disabled\n")

    def test_3_the_example_is_refused_until_it_is_edited(self):
        refused = self.system("pgcm", "config", "check")
        self.assertEqual(refused.returncode, 2, refused.stdout)
        line = (SOURCE / "packaging/pgcm.toml").read_text().split("\n").index("refused_until_edited = true") + 1
        self.assertIn(f"/etc/pgcm/pgcm.toml:{line}", refused.stdout)
        self.assertIn("refused_until_edited", refused.stdout)
        self.assertEqual(self.system("pgcm", "watch").returncode, 2)
        self.system.must("sed", "-i", "/^refused_until_edited/d", "/etc/pgcm/pgcm.toml")
        self.system.must("pgcm", "config", "show")

    def test_4_units(self):
        paths = [f"/lib/systemd/system/{unit}" for unit in UNITS]
        self.assertEqual(self.system.must("systemd-analyze", "verify", "--man=no", *paths), "")
        for unit in UNITS:
            if unit.endswith(".service"):
                self.system.must("systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSURE}",
                                 f"/lib/systemd/system/{unit}")

    def test_5_upgrade(self):
        """The configuration stays, and who ran is started anew: never stopped first, and nobody else is started."""
        config = self.system.must("cat", "/etc/pgcm/pgcm.toml")
        self.system.put("usr/local/bin/systemctl", '#!/bin/sh\necho "$*" >>/root/calls\n', "0755")
        self.system.must("mkdir", "-p", "/run/systemd/system")
        told = self.system.install(self.second)
        calls = self.system.must("cat", "/root/calls")
        self.assertIn("0.1.1", self.system.must("dpkg-query", "-W", "pgcm"), told)
        self.assertEqual(self.system.must("cat", "/etc/pgcm/pgcm.toml"), config)
        self.assertRegex(calls, r"(?m)daemon-reload$")
        for unit in ("pgcm-watch.service", "pgcm-serve.service", "pgcm-check.timer"):
            self.assertRegex(calls, rf"(?m)try-restart.* {unit}$")
        self.assertNotRegex(calls, r"(?m)(^| )(stop|start|restart) ")

    def test_6_remove_and_purge(self):
        self.system.must("touch", "/var/lib/pgcm/state.json", "/root/calls")
        self.system.must("truncate", "-s", "0", "/root/calls")
        self.system.must("dpkg", "--remove", "pgcm")
        self.assertRegex(self.system.must("cat", "/root/calls"), r"(?m)stop .*pgcm-watch.service")
        self.system.must("test", "-s", "/etc/pgcm/pgcm.toml", "-a", "-e", "/var/lib/pgcm/state.json")
        self.system.must("rm", "-r", "/usr/local/bin/systemctl", "/run/systemd/system")
        told = self.system.must("dpkg", "--purge", "pgcm")
        left = self.system.files() - self.before
        self.assertEqual({path for path in left if not re.match(r"/etc/(\.pwd\.lock|(passwd|group|g?shadow)-?)$", path)},
                         set(), told)


if __name__ == "__main__":
    unittest.main(failfast=True)
