#!/usr/bin/python3
"""Physical slots: made before they are needed, made anew when they are gone or lost, and never those of others."""
from scenario import Scenario, main
from waiting import Session, until
from writer import Writer


class Slots(Scenario):
    options = {"sync": False, "sets": {"max_slot_wal_keep_size": "16MB", "wal_keep_size": "0"}}

    def slots(self, node):
        return {name: status for name, status in node.sql("SELECT slot_name, wal_status FROM pg_replication_slots")}

    def active(self, node):
        return sorted(row[0] for row in node.sql("SELECT slot_name FROM pg_replication_slots WHERE active"))

    def write_until_lost(self, primary, slot):
        def lost():
            primary.sql("SELECT pg_switch_wal()", 20)
            primary.sql("CREATE TABLE IF NOT EXISTS filler (x int)", 20)
            primary.sql("INSERT INTO filler VALUES (1)", 20)
            primary.sql("CHECKPOINT", 20)
            return self.slots(primary)[slot] == "lost"
        until(f"the slot {slot} is lost", lost)

    def test_all(self):
        """One story: the steps stand on one another, and a cluster is dear."""
        primary = self.cluster.settle()
        one, other = (node for node in self.cluster if node is not primary)
        self.assertEqual(self.active(primary), sorted([f"pgcm_{one.name}", f"pgcm_{other.name}"]))
        for node in self.cluster:
            node.sql("SELECT pg_create_physical_replication_slot('backup_x')")
        with Writer(self.cluster) as writer:
            writer.wait_rows(5)
            self.lost_while_away(primary, one)
            self.dropped_by_somebody(primary, other)
            writer.wait_rows(5)
        self.assertEqual(writer.lost(primary), [])
        self.new_primary(primary)
        for node in (one, other):  # pg_rewind and a clone take all slots of a node with them
            self.assertIn("backup_x", self.slots(node), "a slot made by hand is nobody's but its maker's")

    def lost_while_away(self, primary, gone):
        """Its slot is lost, so the WAL that it needs is gone: it is told of, cloned, and has a slot again."""
        slot = f"pgcm_{gone.name}"
        primary.sql("SELECT pg_create_physical_replication_slot('backup_y', true)")
        self.cluster.kill_agents(gone)
        gone.crash()
        until("its slot is idle", lambda: slot not in self.active(primary))
        until("its processes are gone", lambda: not gone.server_processes())
        self.write_until_lost(primary, slot)
        alerts = self.cluster.pgcm(primary, "status", "--inventory", "--json").json["alerts"]
        lost = {alert["facts"]["slot"] for alert in alerts if alert["code"] == "slot_lost"}
        self.assertEqual(lost, {slot, "backup_y"})
        self.cluster.start_server(gone)
        refused = self.cluster.pgcm(gone, "follow").expect(5)
        self.assertIn("has lost WAL", refused.err)
        self.cluster.stop_server(gone)
        self.cluster.start_agents(gone)
        self.cluster.healthy(seconds=150)  # slots are looked at once a minute
        self.assertIn("rejoin", gone.log())
        self.assertNotEqual(self.slots(primary)[slot], "lost")
        self.assertEqual(self.slots(primary)["backup_y"], "lost")
        self.assertIn(slot, self.active(primary))
        self.assertIn("backup_x", self.slots(primary))
        gone.sql("SELECT pg_create_physical_replication_slot('backup_x')")  # a clone brings no slots
        primary.sql("SELECT pg_drop_replication_slot('backup_y')")

    def dropped_by_somebody(self, primary, standby):
        """The slot of a standby that runs is gone: its agent has it made again."""
        slot = f"pgcm_{standby.name}"

        def drop():
            primary.sql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
                        f" WHERE slot_name = '{slot}' AND active")
            primary.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                        f" WHERE slot_name = '{slot}' AND NOT active")
            return slot not in self.slots(primary)
        until("the slot is dropped", drop)
        until(lambda: f"{slot} is used again: {self.slots(primary)}", lambda: slot in self.active(primary), 150)

    def new_primary(self, old):
        """It has slots for all others at once; those of the old one, once that is a standby, are gone there."""
        new = self.host_dies(old)
        peers = sorted(f"pgcm_{node.name}" for node in self.cluster if node is not new)
        self.assertEqual(sorted(set(self.slots(new)) - {"backup_x"}), peers)
        self.cluster.start_agents(old)
        self.cluster.healthy()
        until(lambda: f"no stale slot is left: {self.slots(old)}", lambda: set(self.slots(old)) <= {"backup_x"})
        until(lambda: f"all slots are used: {self.active(new)}", lambda: self.active(new) == peers)


class Retained(Scenario):
    """WAL that a slot keeps for nobody. A file of WAL that is skipped counts as if it were full, and costs nothing."""
    options = {"nodes": 1, "sync": False, "sets": {"wal_init_zero": "off", "wal_recycle": "off"}}

    def alerts(self):
        return [alert for alert in self.cluster.pgcm(self.cluster["p1"], "status", "--inventory", "--json").json["alerts"]
                if alert["code"] == "slot_retains_wal"]

    def test_it_is_told_and_left_alone(self):
        primary = self.cluster["p1"]
        primary.sql("SELECT pg_create_physical_replication_slot('backup_z', true)")
        primary.sql("CREATE TABLE filler (x int)")
        with Session(primary.superuser) as session:
            for _ in range(63):
                session.run("SELECT pg_switch_wal()", 20)
                session.run("INSERT INTO filler VALUES (1)", 20)
            self.assertEqual(self.alerts(), [], "less than a GiB")
            for _ in range(3):
                session.run("SELECT pg_switch_wal()", 20)
                session.run("INSERT INTO filler VALUES (1)", 20)
        alert, = self.alerts()
        retained = int(primary.value("SELECT pg_current_wal_lsn() - restart_lsn FROM pg_replication_slots"))
        self.assertEqual((alert["node"], alert["severity"], alert["facts"]["slot"]), ("p1", "warning", "backup_z"))
        self.assertGreater(alert["facts"]["retained_bytes"], 1 << 30)
        self.assertLessEqual(alert["facts"]["retained_bytes"], retained)
        self.assertIn("the slot backup_z on p1 retains 1.0 GiB of WAL", alert["text"])
        self.cluster.start_agents()  # which looks at the slots first, and then once a minute
        until("the agent tells of it", lambda: "slot backup_z on p1 retains" in primary.log())
        self.assertEqual(primary.sql("SELECT slot_name FROM pg_replication_slots"), [("backup_z",)])
        primary.sql("SELECT pg_drop_replication_slot('backup_z')")
        self.assertEqual(self.alerts(), [])


if __name__ == "__main__":
    main(290)
