"""Each node of a partitionable cluster as a host of its own: its name, its network, and its own /etc, /root, /usr and /var, which
begin as this system's and are gone with the test. So what a person would do as root can be done as it stands. Needs root."""
import subprocess

from cluster import SOURCE
from processes import run
from waiting import PATIENCE, until

OWN = ("/etc", "/root", "/usr", "/var", str(SOURCE))

# Over what this system has, in memory; the last command waits until nobody holds its standard input any more.
SETUP = r"""
set -e
name=$1 memory=$2 socket=$3
shift 3
hostname "$name"
mount -t tmpfs tmpfs "$memory"
number=0
for folder; do
    number=$((number + 1))
    mkdir "$memory/$number" "$memory/$number/upper" "$memory/$number/work"
    mount -t overlay overlay -o "lowerdir=$folder,upperdir=$memory/$number/upper,workdir=$memory/$number/work" "$folder"
done
mkdir -p /run/postgresql
mount --bind "$socket" /run/postgresql
echo ready
exec cat
"""

SUDO = r"""#!/bin/sh
# All that README asks of sudo.
[ "$1" = -u ] || exec "$@"
user=$2
shift 2
exec setpriv --reuid="$user" --regid="$user" --init-groups env HOME="$(getent passwd "$user" | cut -d: -f6)" "$@"
"""

# No systemd runs here: the unit's own ExecStart, as its User.
SYSTEMCTL = r"""#!/bin/sh
set -e
last() { eval "unit=\${$#}"; }
last "$@"
unit=${unit%.service}
pid=/var/run-of-$unit
case "$1 $2" in
    "enable --now")
        /usr/bin/systemctl -q enable "$unit"
        file=/lib/systemd/system/$unit.service
        user=$(sed -n 's/^User=//p' "$file")
        setsid setpriv --reuid="$user" --regid="$user" --init-groups \
            env HOME="$(getent passwd "$user" | cut -d: -f6)" $(sed -n 's/^ExecStart=//p' "$file") </dev/null >>/var/log/$unit.log 2>&1 &
        echo $! >"$pid" ;;
    "disable --now" | "stop "*)
        [ "$1" = stop ] || /usr/bin/systemctl -q disable "$unit"
        kill "$(cat "$pid")"
        while kill -0 "$(cat "$pid")" 2>/dev/null; do sleep 0.1; done ;;
    "reload "*) kill -HUP "$(cat "$pid")" ;;
    "start "*) exec "$0" enable --now "$unit" ;;
    "restart "*) "$0" stop "$unit" && exec "$0" start "$unit" ;;
    *) exec /usr/bin/systemctl "$@" ;;
esac
"""


class Host:
    """`node` is one of a cluster that is partitionable."""

    def __init__(self, node):
        self.node = node
        memory = node.cluster.base / f"host.{node.name}"
        memory.mkdir()
        words = ["unshare", "--mount", "--uts", "--propagation", "private", "sh", "-c", SETUP, "sh", node.name, memory,
                 node.socket, *OWN]
        self.holder = subprocess.Popen(node.in_network(*map(str, words)), text=True, stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE)
        if self.holder.stdout.readline() != "ready\n":
            raise AssertionError(f"no host for {node.name}")
        self.put("/usr/local/bin/sudo", SUDO, "755")
        self.put("/usr/local/bin/systemctl", SYSTEMCTL, "755")

    def shell(self, text, folder=SOURCE, stdin="", seconds=PATIENCE):
        """A person's line, or lines, as root in a folder."""
        place = ["nsenter", "--target", self.holder.pid, "--mount", "--uts", "--net"]
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
                       "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "PGCM": "", "PGCM_CONFIG": ""}
        return run(*place, "sh", "-c", 'cd "$0" && eval "$1"', folder, text, stdin=stdin, seconds=seconds,
                   environment=environment)

    def put(self, path, text, mode="644"):
        self.shell(f"install -D -m {mode} /dev/stdin {path}", "/", text).expect(0)

    def read(self, path):
        return self.shell(f"cat {path}", "/").expect(0).out

    def end(self):
        """What still runs in it is found by the cluster, which is removed afterwards."""
        self.holder.stdin.close()
        self.holder.stdout.close()
        self.holder.wait(PATIENCE)


def ended(hosts):
    for host in hosts:
        host.end()
    until("the end of the hosts", lambda: all(host.holder.poll() is not None for host in hosts))
