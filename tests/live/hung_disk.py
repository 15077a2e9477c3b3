"""A disk that stops to answer: a FUSE file system over a node's data directory, whose program is stopped."""
import os
import signal
import subprocess

from waiting import PATIENCE, until


class HungDisk:
    """Put under the data directory of a node whose server and agent are down; taken away when they are again."""

    def __init__(self, node):
        self.data, self.real = node.data, node.data.with_name("data.real")
        self.data.rename(self.real)
        self.data.mkdir()
        try:
            self.program = subprocess.Popen(["bindfs", "-f", str(self.real), str(self.data)], stdin=subprocess.DEVNULL)
            until("the file system", lambda: os.path.ismount(self.data) or self.program.poll() is not None)
            assert self.program.poll() is None, "bindfs failed"
        except BaseException:
            self.remove()
            raise

    def hang(self):
        """Whoever touches the directory waits from now on, killed or answered."""
        os.kill(self.program.pid, signal.SIGSTOP)

    def answer(self):
        os.kill(self.program.pid, signal.SIGCONT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()

    def remove(self):
        self.answer()
        subprocess.run(["umount", "--lazy", str(self.data)], check=False)
        self.program.wait(PATIENCE)
        self.data.rmdir()
        self.real.rename(self.data)
