#!/usr/bin/python3
"""A failover by lease whose agents' role is no superuser, on every version; and what needs one before PostgreSQL 15."""
from scenario import Scenario, main
from waiting import until
from writer import Writer


class Role(Scenario):
    options = {"lease": True, "sync": False}

    def superusers(self, node):
        return [row[0] for row in node.sql("SELECT rolname FROM pg_roles WHERE rolsuper")]

    def test_failover_without_a_superuser(self):
        self.cluster["p1"].sql("ALTER ROLE pgcm NOSUPERUSER")
        old = self.cluster.settle()
        until(lambda: f"{old.name} has the lease\n{old.log()}", lambda: 'rule="lease_held"' in old.log())
        timeline = old.timeline()
        with Writer(self.cluster) as writer:
            writer.wait_rows(20)
            self.cluster.kill_agents(old)
            old.crash()
            new = self.cluster.wait_primary(old)
            writer.wait_rows(20, new)
        self.assert_promoted_once(new, timeline)
        self.assertEqual(self.superusers(new), ["postgres"])
        until(lambda: f"{new.name} has the lease\n{new.log()}", lambda: 'rule="lease_held"' in new.log())
        other = next(node for node in self.cluster if node not in (old, new))
        if self.cluster.version >= 15:
            self.cluster.start_agents(old)
            self.assertIs(self.cluster.healthy(), new)
        else:
            until(lambda: f"{other.name} tells what it needs\n{other.log()}",
                  lambda: "follow failed" in other.log() and "before PostgreSQL 15 this needs a superuser" in other.log())
            self.assertIn("no mark of the promotion: permission denied", new.log())
            self.cluster.start_agents(old)  # the server is down: its file is written, which needs no role
            until(lambda: f"{old.name} streams from {new.name}\n{old.log()}",
                  lambda: old.name in self.cluster.streaming(new))
            self.assertEqual(self.cluster.primary(), new)


if __name__ == "__main__":
    main(170)
