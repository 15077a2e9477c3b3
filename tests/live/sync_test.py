#!/usr/bin/python3
"""synchronous_standby_names follows the standbys, and a writing client never hangs for long."""
from scenario import Scenario, main
from waiting import until
from writer import Writer


class Sync(Scenario):
    def names(self, node):
        return node.value("SHOW synchronous_standby_names")

    def test_standbys_switched_off(self):
        primary = self.cluster.settle()
        standbys = [node for node in self.cluster if node is not primary]
        self.assertEqual(self.names(primary), "*")
        with Writer(self.cluster) as writer:
            writer.wait_rows(10)
            self.cluster.end_agents(*standbys)
            for node in standbys:
                self.cluster.stop_server(node)
            writer.wait_rows(20)
            self.assertEqual(self.names(primary), "")
            status = self.cluster.pgcm(primary, "status", "--json").expect(3).json
            self.assertIn("no_standby", [alert["code"] for alert in status["alerts"]])
            self.cluster.start_agents(*standbys)
            self.assertIs(self.cluster.healthy(), primary)
            until("synchronous commits again", lambda: self.names(primary) == "*")
            writer.wait_rows(10)
        self.assertEqual({row[3] for row in writer.rows}, {primary.name})
        for node in self.cluster:
            self.assertEqual(until_caught_up(writer, node), [])

    def test_one_standby_is_enough(self):
        primary = self.cluster.settle()
        gone = next(node for node in self.cluster if node is not primary)
        said = len(primary.log())
        with Writer(self.cluster) as writer:
            writer.wait_rows(10)
            self.cluster.end_agents(gone)
            self.cluster.stop_server(gone)
            writer.wait_rows(50)
            self.assertEqual(self.names(primary), "*")
            self.cluster.start_agents(gone)
            self.cluster.healthy()
        self.assertNotIn("set synchronous_standby_names", primary.log()[said:])

    def test_standbys_hang(self):
        primary = self.cluster.settle()
        standbys = [node for node in self.cluster if node is not primary]
        with Writer(self.cluster) as writer:
            writer.wait_rows(10)
            for node in standbys:
                node.freeze()
            try:
                writer.wait_rows(20)
                self.assertEqual(self.names(primary), "")
            finally:
                for node in standbys:
                    node.thaw()
            self.assertIs(self.cluster.healthy(), primary)
            until("synchronous commits again", lambda: self.names(primary) == "*")
        self.assertEqual(until_caught_up(writer, standbys[0]), [])

    def test_the_synchronous_standby_hangs(self):
        """Another streams all the while: a commit waits for the one that hangs until that is given up."""
        primary = self.cluster.settle()
        name = primary.value("SELECT application_name FROM pg_stat_replication WHERE sync_state = 'sync'")
        hung = self.cluster[name]
        with Writer(self.cluster) as writer:
            writer.wait_rows(10)
            hung.freeze()
            try:
                writer.wait_rows(20, seconds=30)  # the server itself gives it up after 60 s, wal_sender_timeout
            finally:
                hung.thaw()
            self.assertIs(self.cluster.healthy(), primary)
        self.assertEqual(writer.lost(primary), [])


def until_caught_up(writer, node):
    until(lambda: f"{node.name} has all rows, not without {writer.lost(node)[:3]}", lambda: not writer.lost(node))
    return writer.lost(node)


if __name__ == "__main__":
    main(120)
