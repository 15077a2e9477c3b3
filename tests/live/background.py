"""What goes on beside a test."""
import threading

from waiting import PATIENCE


class Background(threading.Thread):
    """Does one thing again and again while a with-block runs; what goes wrong in it fails the block."""
    pause = 0.003  # seconds between two times

    def __init__(self):
        super().__init__(daemon=True)
        self.ending, self.bug = threading.Event(), None

    def again(self):
        raise NotImplementedError

    def last(self):
        """Once, when it ends."""

    def run(self):
        try:
            while not self.ending.wait(self.pause):
                self.again()
        except Exception as bug:
            self.bug = bug
        finally:
            self.last()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.ending.set()
        self.join(PATIENCE)
        assert not self.is_alive(), f"{type(self).__name__} hangs"
        if self.bug and kind is None:
            raise self.bug
