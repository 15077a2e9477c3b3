"""What goes wrong in clusters that lead by lease while clients write, and what came of it.

lease_test.py judges the outcomes, report prints them. The primary can be reached from outside in all of this, also when
it is cut off from the other nodes: clients would go on writing to it if it let them.
"""
import os
import signal
import time
from dataclasses import dataclass

from clients import Clients, overlap
from processes import run
from waiting import until

TTL = 2.0  # lease.ttl of the playground's clusters
STEADY = 450  # rows, of two clients: written for longer than a ttl, so that all votes count

# Every kind of cluster: how it is made. More connections, because those of clients that gave up waiting for a frozen
# or waiting server stay; refused rows of the standbys' clients stay out of the logs.
_common = {"partitionable": True, "lease": True,
           "sets": {"max_connections": "100", "log_min_messages": "log", "fsync": "off"}}
CLUSTERS = {
    "async": {**_common, "sync": False},
    "strict": {**_common, "toml": {"sync.mode": '"quorum"', "sync.count": "1", "sync.strict": "true"}},
    "witness": {**_common, "sync": False, "nodes": 2, "witnesses": 1},
}


@dataclass
class Fault:
    """One run of a scenario: who is who, and what happened when."""
    cluster: object
    old: object  # the primary before
    clients: object
    said: dict             # how much each agent had said before
    at: float              # when it happened
    thawed: float = 0.0    # when a frozen node went on
    old_role: str = ""     # of the old primary's server, once another one wrote

    @property
    def others(self):
        """Nodes."""
        return [node for node in self.cluster if node is not self.old]

    @property
    def peers(self):
        """Voters."""
        return [*self.others, *self.cluster.witnesses.values()]

    def cut(self, *places, one_way=False):
        self.cluster.playground("cut", *(place.name for place in places), *["--one-way"] * one_way).expect(0)

    def ruled(self, rule):
        """Until a standby gives this reason; returns it."""
        def gives(node):
            return f'rule="{rule}"' in node.log()[self.said[node.name]:]
        return until(lambda: f"{rule}: {[node.log() for node in self.others]}",
                     lambda: next((node for node in self.others if gives(node)), None))


@dataclass
class Outcome:
    leader: object
    clients: object
    fault: Fault
    lost: list
    timelines: int  # how many were begun

    @property
    def thawed_rows(self):
        """Which the old primary executed after it was thawed, and acknowledged. (One that was replicated before the
        freeze and is acknowledged after it is as good as any.)"""
        rows = self.clients.rows
        return [row for row in rows if 0 < self.fault.thawed < row.executed and row.node == self.fault.old.name]

    def overlap(self, without=()):
        left_out = set(without)
        return overlap([row for row in self.clients.rows if row not in left_out])

    @property
    def outage(self):
        return self.clients.outage(self.fault.at)

    def __str__(self):
        text = f"{self.clients.story(self.fault.at)}; outage {self.outage * 1000:.0f} ms, "
        text += f"{len(self.clients.rows)} rows acknowledged, {len(self.lost)} lost, "
        text += f"two writers for {self.overlap() * 1000:.0f} ms"
        if self.fault.thawed:
            text += f", {len(self.thawed_rows)} rows acknowledged after the thaw"
        return text


# ---------------------------------------------------------------- faults

def primary_cut(fault):
    fault.cut(fault.old, *fault.peers)


def standby_cut(fault):
    """The primary and whoever else there is, from one standby."""
    alone = fault.others[-1]
    fault.cut(alone, *(place for place in (fault.old, *fault.peers) if place is not alone))


def link_cut(fault):
    """Only between the nodes: the witness sees both."""
    fault.cut(fault.old, *fault.others)


def primary_mute(fault):
    """It hears the others; nothing of what it sends arrives."""
    fault.cut(fault.old, *fault.peers, one_way=True)


def primary_deaf(fault):
    for peer in fault.peers:
        fault.cut(peer, fault.old, one_way=True)


def primary_rejected(fault):
    """A firewall that answers with a reset."""
    for peer in fault.peers:
        for chain, side in (("INPUT", "-s"), ("OUTPUT", "-d")):
            run(*fault.old.in_network("iptables", "-w", "-A", chain, side, peer.host, "-p", "tcp", "-j", "REJECT",
                                      "--reject-with", "tcp-reset")).expect(0)


def host_frozen(fault):
    fault.old.freeze_host()


def agent_frozen(fault):
    os.kill(fault.old.agent.pid, signal.SIGSTOP)


def agent_killed(fault):
    fault.cluster.kill_agents(fault.old)


def host_killed(fault):
    fault.cluster.kill_agents(fault.old)
    fault.old.crash()


def agent_restarted(fault):
    fault.cluster.end_agents(fault.old)
    fault.cluster.start_agents(fault.old)


def agent_reloaded(fault):
    """Twice as long as its lease would last: each of its lives must renew it."""
    for pause in (0, 0.001, 0.003, 0.01, 0.03, 0.1) * 30:
        fault.old.agent.send_signal(signal.SIGHUP)
        time.sleep(pause)


def voter_crashes_too(fault):
    """It has forgotten whose vote it was when the others come for it."""
    primary_cut(fault)
    fault.peers[-1].crash()
    revive(fault, fault.peers[-1])


def voter_crashed_before(fault):
    fault.peers[-1].crash()
    primary_cut(fault)
    revive(fault, fault.peers[-1])


def voter_crashes_while_ripening(fault):
    """The candidate has a vote there that does not count yet."""
    primary_cut(fault)
    candidate = fault.ruled("lease_ripens")
    voter = next(peer for peer in reversed(fault.peers) if peer is not candidate)
    voter.crash()
    revive(fault, voter)


def revive(fault, voter):
    if voter in fault.cluster.witnesses.values():  # the other servers have an agent
        fault.cluster.start_server(voter)


# ---------------------------------------------------------------- what ends them

def heal(fault):
    fault.cluster.playground("heal").expect(0)


def heal_firewall(fault):
    run(*fault.old.in_network("iptables", "-w", "-F")).expect(0)


def thaw(fault):
    fault.thawed = time.monotonic()
    fault.old.thaw_host()


def thaw_server_first(fault):
    """Its rows would be acknowledged before anybody can stop it."""
    fault.thawed = time.monotonic()
    fault.old.thaw_host(lambda: fault.old.role() == "primary")


def wake_agent(fault):
    os.kill(fault.old.agent.pid, signal.SIGCONT)


def start_agent(fault):
    fault.cluster.start_agents(fault.old)


def nothing(_):
    pass


@dataclass
class Scenario:
    title: str
    hurt: object
    mend: object
    failover: bool = True  # False: the primary stays; None: either way
    patience: float = 0.5  # of a client with a row
    finder: bool = True    # one client lets libpq find the primary


SCENARIOS = {
    "primary_cut": Scenario("primary cut off alone", primary_cut, heal),
    "standby_cut": Scenario("primary and the others cut from a standby", standby_cut, heal, failover=False),
    "link_cut": Scenario("nodes cut from each other, not from the witness", link_cut, heal, failover=False),
    "primary_mute": Scenario("one-way cut: the primary is not heard", primary_mute, heal),
    "primary_deaf": Scenario("one-way cut: the primary hears nobody", primary_deaf, heal),
    "primary_rejected": Scenario("a firewall resets all between primary and voters", primary_rejected, heal_firewall),
    "host_frozen": Scenario("whole node frozen and thawed", host_frozen, thaw,
                            patience=20.0),  # a row waits in the frozen server for its thaw: that is the worst
    "host_half_thawed": Scenario("node frozen, its server thawed before its agent", host_frozen, thaw_server_first,
                                 patience=20.0),
    "agent_frozen": Scenario("agent of the primary frozen", agent_frozen, wake_agent),
    "agent_killed": Scenario("agent of the primary killed for good", agent_killed, start_agent),
    "host_killed": Scenario("server and agent of the primary killed", host_killed, start_agent),
    "agent_restarted": Scenario("agent of the primary restarted", agent_restarted, nothing, failover=False),
    "agent_reloaded": Scenario("agent of the primary reads again and again", agent_reloaded, nothing, failover=False),
    "voter_crashes_too": Scenario("primary cut off, then a voter crashes", voter_crashes_too, heal),
    "voter_crashed_before": Scenario("a voter crashes, then the primary is cut off", voter_crashed_before, heal),
    "voter_crashes_while_ripening": Scenario("a voter crashes while its vote ripens", voter_crashes_while_ripening,
                                             heal),
}

# What each kind of cluster goes through.
PLAN = {
    "async": ["primary_cut", "standby_cut", "primary_mute", "primary_deaf", "primary_rejected", "host_frozen",
              "host_half_thawed", "agent_frozen", "agent_killed", "agent_restarted", "agent_reloaded",
              "voter_crashes_too", "voter_crashes_while_ripening"],
    "strict": ["primary_cut", "host_half_thawed", "agent_frozen", "voter_crashed_before"],
    "witness": ["primary_cut", "standby_cut", "link_cut", "host_killed", "voter_crashes_too"],
}


def play(cluster, scenario, rows_before=0, **settings):
    """One scenario from a healthy cluster with these settings (as of Cluster.settle) to a healthy one.

    A node that has just come back has a vote that does not count yet, so that a fault may cost the primary its
    majority. That is no matter where it loses that anyway.
    """
    old = cluster.settle(**settings)
    until(lambda: f"{old.name} has the lease\n{old.log()}",
          lambda: not cluster.lease or 'rule="lease_held"' in old.log())
    timeline = old.timeline()
    with Clients(cluster, scenario.patience, scenario.finder) as clients:
        clients.wait_rows(rows_before or (50 if scenario.failover else STEADY), old)
        fault = Fault(cluster, old, clients, {node.name: len(node.log()) for node in cluster}, time.monotonic())
        try:
            scenario.hurt(fault)
            if scenario.failover:
                until(lambda: f"rows written to another node: {cluster.roles()}",
                      lambda: sum(1 for row in list(clients.rows) if row.node != old.name) >= 20)
                fault.old_role = old.role()
            elif scenario.failover is None:
                clients.wait_rows(50)
            else:
                until(lambda: f"{old.name} goes on: {cluster.roles()}",
                      lambda: clients.last_row(old) > fault.at + 2 * TTL)
        finally:
            scenario.mend(fault)
        leader = cluster.healthy()
        clients.wait_rows(20, leader)
    kept = clients.kept(leader)
    for node in cluster:
        until(lambda: f"{node.name} has the rows of {leader.name}", lambda: clients.kept(node) == kept)
    return Outcome(leader, clients, fault, clients.lost(leader), leader.timeline() - timeline)
