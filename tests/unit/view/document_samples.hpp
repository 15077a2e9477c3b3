#pragma once
// Nouns with every field filled, for the tests of documents.
#include <limits>

#include "view/document.hpp"
#include "view/record.hpp"

namespace pgcm::view {

constexpr BootTime base = document_at;

inline NodeName name(std::string_view text) {
    return NodeName::make(text).value();
}

inline Observation full_primary() {
    Observation node;
    node.node = name("größe \"1\" 東京");
    node.host = "/run/postgresql";
    node.port = 65535;
    node.reach = Reach::accepting;
    node.asked_at = base - 1234567891ns;
    node.last_contact = base - 1ns;
    node.took = 1834211ns;
    node.role = Role::primary;
    node.server_version = 150008;
    node.system_identifier = std::numeric_limits<std::uint64_t>::max();
    node.timeline = Timeline{4294967295U};
    node.written = Lsn{0xFFFFFFFFFFFFFFFFULL};
    node.clock_skew = -250ms;
    node.server_time = WallTime{std::chrono::microseconds{1714567890123456}};
    node.synchronous_standby_names = "";
    node.wal_retrieve_retry_interval = "5s";
    node.replicas = {Replica{"p2", "10.0.0.2", "streaming", "sync", Lsn{1}, Lsn{2}, Lsn{3}}, Replica{}};
    node.mark = PromotionMark{"0b5e", Timeline{3}, std::numeric_limits<Term>::max()};
    const WallTime noon{milliseconds{1764158400123}};
    node.pause = Pause{"alice@db1", "é\"", noon, noon + 1h};
    node.switchover =
        SwitchoverRequest{"id", name("p1"), name("p3"), Timeline{3}, "alice", noon, noon + 10s, "it lags"};
    node.sessions = {"pgcm-agent/p1", "pgcm-agent/p3"};
    node.vote = Vote{name("p3"), false, 7, 1500ms};
    node.history = {{Timeline{1}, Lsn{0x5000000}}, {Timeline{2}, Lsn{0x6000000}}};
    node.inventory = Inventory{
        base - 5min, std::numeric_limits<std::uint64_t>::max(), 16777216, 3,
        std::vector{Slot{"pgcm_p2", true, true, Lsn{7}, 1024, "reserved"}, Slot{"logical", false, false, {}, {}, {}}}};
    return node;
}

inline Observation full_standby() {
    Observation node;
    node.node = name("p2");
    node.host = "p2";
    node.reach = Reach::rejecting;
    node.sqlstate = "53300";
    node.message = "sorry,\n\ttoo many \x1b[31mclients\x1b[0m already \\ \"quoted\"";
    node.asked_at = base + 3ns;
    node.role = Role::standby;
    node.received = Lsn{0x16B374D848ULL};
    node.replayed = Lsn{0};
    node.replay_paused = false;
    node.replay_age = 90min;
    node.primary_conninfo = "host=p1 password=********";
    node.upstream = Address{"p1", 5433};
    node.primary_slot_name = "pgcm_p2";
    node.wal_receiver = WalReceiver{"streaming", "p1", 5432, "pgcm_p2", Timeline{3}, 12ms};
    node.replicas = std::vector<Replica>{};
    node.vote = Vote{{}, true, 0, {}};
    node.missing = {{"wal_receiver", "pg_monitor"}};
    return node;
}

inline Observation full_witness() {
    Observation witness;
    witness.node = name("w");
    witness.host = "tools";
    witness.reach = Reach::accepting;
    witness.asked_at = base - 4ms;
    witness.server_version = 180004;
    witness.vote = Vote{};
    return witness;
}

inline LeaseSeen full_lease() {
    return {6,
            {{name("p2"), true, base - 1ms, base + 9876543210ns, ""},
             {name("p3"), true, base + 10200ms, {}, ""},
             {name("w"), false, {}, base - 5ns, "held by \"p1\""}},
            base + 5s,
            base + 6s,
            base - 12s,
            7,
            true};
}

inline View full_view() {
    View view;
    view.cluster = "orders";
    view.local = name("p2");
    view.at = base;
    view.taken_at = WallTime{std::chrono::microseconds{-1}};
    view.nodes = {full_primary(), full_standby(), Observation{}};
    view.nodes[2].node = name("p3");
    view.witnesses = {full_witness()};
    view.lease = full_lease();
    view.operation = OperationFile{
        "rejoin", "p1", "p2", "pg_rewind", "auto", WallTime{milliseconds{1764158400123}}, 2, "it was primary"};
    view.operation->copied = Copied{1258291, 2097152, 1500ms, WallTime{milliseconds{1764158401623}}};
    view.host = LocalHost{base - 90ms,
                          Process::running,
                          4711,
                          Lineup::standby,
                          7000000000000000001ULL,
                          Timeline{3},
                          Lsn{0x16B3000000},
                          "shut down",
                          true,
                          true,
                          "slow disk",
                          Network::down,
                          "no carrier",
                          WallTime{milliseconds{1764158400123}}};
    return view;
}

inline State full_state() {
    State state;
    state.last_primary = name("p1");
    state.system_identifier = 42;
    state.last_timeline = Timeline{3};
    state.last_lsn = Lsn{0x5000148};
    state.last_mark = PromotionMark{"é\"", Timeline{2}, 5};
    state.pause = Pause{"bob", "", WallTime{milliseconds{1764158400123}}, std::nullopt};
    state.tried = TriedSwitchover{"id", "p3 hangs", base - 3s};
    state.hands_over_to = name("p3");
    state.hands_over_since = base - 20ms;
    state.last_sync_names = "ANY 1 (\"p 1\", p3)";
    state.memory_lost = true;
    state.no_primary_since = base - 1500ms;
    state.conflict_since = base - 2s;
    state.rejecting_since = base - 3s;
    state.local_down_since = base - 4s;
    state.local_ran_at = base - 3s;
    state.local_started_at = base - 24h * 49 - 1ns;
    state.unsynced_since = base - 6s;
    state.not_following_since = base - 7s;
    state.serving_since = base - 8s;
    state.unleased_since = base - 9s;
    state.fencing_since = base - 1ns;
    state.backed_since = {{"p2", base - 20s}, {"w", base - 1ns}};
    state.not_before = {{"promote", base + 2500ms}, {"rejoin \"x\"", base - 1s}};
    state.vetoed = "not \"now\"";
    state.operation = "rewind";
    return state;
}

inline Policy full_policy() {
    Policy policy;
    policy.cluster = "orders";
    policy.local = name("p2");
    policy.nodes = {{name("p1"), -5, true, {{"p1", 5432}, {"10.0.0.1", 5433}}}, {name("p2"), 100, false, {}}};
    policy.managed = false;
    policy.slot = "";
    policy.scan_period = 250ms;
    policy.probe_timeout = 251ms;
    policy.failover_after = 0ms;
    policy.conflict_after = 252ms;
    policy.primary_start_timeout = 253ms;
    policy.follow_check_after = 254ms;
    policy.witnesses = {name("w"), name("w 2")};
    policy.lease_ttl = 256ms;
    policy.fence_margin = 257ms;
    policy.trust_refused = true;
    policy.mode = FailoverMode::manual;
    policy.quorum = Quorum::majority;
    policy.on_crash = OnCrash::failover;
    policy.max_lag_bytes = 1U << 30;
    policy.keep = ConflictKeep::largest;
    policy.sync_mode = SyncMode::priority;
    policy.sync_count = 2;
    policy.sync_strict = true;
    policy.sync_degrade_after = 255ms;
    return policy;
}

inline Decision full_decision() {
    const Reason why{
        Rule::better_standby, name("p3"), {{"zeta", std::string{"é"}}, {"alpha", true}, {"n_bytes", INT64_MIN}}};
    Decision decision;
    decision.actions = {{ActionKind::set_sync_names, {}, "ANY 1 (\"p 1\")"}, {ActionKind::follow, name("p1"), ""}};
    decision.reasons = {why, {Rule::no_primary, {}, {}}};
    decision.election =
        Election{name("p1"), name("p2"), {{name("p2"), true, 0, {why}}, {name("p3"), false, {}, {}}}, {why}};
    decision.look_again_at = base + 123456789ns;
    decision.wish = {LeaseWishKind::hand_over, 8, name("p3"), true};
    decision.fence_at = base - 1500ms;
    return decision;
}

inline Record full_record() {
    return {full_view(), full_state(), full_policy(), 0.1234567890123, full_decision(), "role changed"};
}

}  // namespace pgcm::view
