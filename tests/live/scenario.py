"""What the live tests share: one cluster a class, shown when a test fails and then made anew."""
import os
import sys
import unittest

from cluster import SERVER, Cluster, guard
from writer import Writer


def needs(program):
    """For a test of one program: with the package of a server that lacks it, there is no such test."""
    def where_there(test):
        if not SERVER or os.access(f"{SERVER}/{program}", os.X_OK):
            return test
        print(f"left out: {test.__qualname__} needs {program}", flush=True)
        return None
    return where_there


class Scenario(unittest.TestCase):
    options = {}    # of the Cluster
    cluster = None  # the class's own

    def setUp(self):
        if type(self).cluster is None:
            type(self).cluster = Cluster(**self.options)
        self.cluster = type(self).cluster

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            type(self)._drop(show=True)
        return result

    @classmethod
    def tearDownClass(cls):
        cls._drop(show=False)

    @classmethod
    def _drop(cls, show):
        cluster, cls.cluster = cls.cluster, None
        if cluster is None:
            return
        if show:
            cluster.show()
        cluster.remove()

    def host_dies(self, old):
        """Agent and server end at once; returns who was elected, which goes on writing meanwhile."""
        self.cluster.kill_agents(old)
        old.crash()
        new = self.cluster.wait_primary(old)
        with Writer(self.cluster) as writer:
            writer.wait_rows(5, new)
        return new

    def assert_promoted_once(self, primary, timeline_before):
        self.assertEqual(primary.timeline(), timeline_before + 1, "one promotion makes one new timeline")


def main(seconds):
    """Runs the tests of the file; after `seconds` everything is shown, removed and failed."""
    guard(seconds)
    sys.stdout.reconfigure(line_buffering=True)
    unittest.main(verbosity=2, buffer=False)
