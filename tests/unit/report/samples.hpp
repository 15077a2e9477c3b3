#pragma once
// Clusters to look at.
#include <string>
#include <string_view>

#include "model/decision.hpp"
#include "model/view.hpp"

namespace pgcm::samples {

constexpr BootTime now{1h};
constexpr std::uint64_t system_identifier = 7412345678901234567ULL;

inline NodeName name(std::string_view text) {
    return NodeName::make(text).value();
}

inline Observation node(std::string_view of_name, Reach reach) {
    Observation out;
    out.node = name(of_name);
    out.host = of_name;
    out.reach = reach;
    out.asked_at = now - 3ms;
    out.took = 1834us;
    return out;
}

inline Observation primary(std::string_view of_name, std::uint64_t written, std::uint32_t timeline = 3) {
    Observation out = node(of_name, Reach::accepting);
    out.role = Role::primary;
    out.server_version = 150008;
    out.system_identifier = system_identifier;
    out.timeline = Timeline{timeline};
    out.written = Lsn{written};
    out.clock_skew = 0ms;
    out.synchronous_standby_names = "*";
    out.replicas = std::vector<Replica>{};
    return out;
}

inline Observation standby(std::string_view of_name, std::string_view source, std::uint64_t received,
                           std::uint32_t timeline = 3) {
    Observation out = node(of_name, Reach::accepting);
    out.role = Role::standby;
    out.server_version = 150008;
    out.system_identifier = system_identifier;
    out.timeline = Timeline{timeline};
    out.received = Lsn{received};
    out.replayed = Lsn{received};
    out.replay_age = 1234ms;
    out.clock_skew = -4ms;
    out.upstream = Address{std::string{source}, 5432};
    out.wal_receiver = WalReceiver{"streaming", std::string{source}, 5432, {}, Timeline{timeline}, 12ms};
    return out;
}

inline void streams_to(Observation& source, const Observation& node, std::string sync_state,
                       std::string state = "streaming") {
    Replica replica;
    replica.application_name = application_name(node.node);
    replica.state = std::move(state);
    replica.sync_state = std::move(sync_state);
    source.replicas->push_back(std::move(replica));
}

inline View view(std::vector<Observation> nodes) {
    View out;
    out.cluster = "orders";
    out.local = nodes.at(1).node;
    out.at = now;
    out.taken_at = WallTime{std::chrono::microseconds{1714567890123456}};
    out.nodes = std::move(nodes);
    return out;
}

inline View healthy() {
    auto p1 = primary("p1", 0x16B374D848);
    const auto p2 = standby("p2", "p1", 0x16B374D848);
    const auto p3 = standby("p3", "p1", 0x16B374D760);
    streams_to(p1, p2, "sync");
    streams_to(p1, p3, "async");
    return view({p1, p2, p3});
}

inline View no_primary() {
    auto p1 = node("p1", Reach::refused);
    p1.message =
        "connection to server at \"p1\" (10.0.0.1), port 5432 failed: Connection refused\n\tIs the server running?";
    auto p2 = standby("p2", "p1", 0x16B374D848);
    auto p3 = standby("p3", "p1", 0x16B3740000);
    p2.wal_receiver.reset();
    p3.wal_receiver->status = "waiting";
    p3.replay_paused = true;
    return view({p1, p2, p3});
}

inline View two_primaries() {
    auto p1 = primary("p1", 0x16B374D848, 3);
    const auto p2 = primary("p2", 0x16C0000028, 4);
    const auto p3 = standby("p3", "p1", 0x16B374D848);
    streams_to(p1, p3, "async");
    return view({p1, p2, p3});
}

inline View unreachable() {
    auto p2 = node("p2", Reach::rejecting);
    p2.sqlstate = "53300";
    p2.message = "FATAL:  sorry, too many clients already";
    auto p3 = node("p3", Reach::silent);
    p3.took = 1s;
    p3.message = "no answer within 1 s";
    auto p4 = node("p4", Reach::stalled);
    p4.took = 1s;
    p4.message =
        "evil \x1b]0;title\x07\x1b[31m text \xC2\x9B"
        "31m, bad \xff byte, and \xE2\x80\xAE"
        "reversed";
    auto p5 = node("p5", Reach::unresolved);
    p5.host = "p5.example.invalid";
    p5.message = "Name or service not known";
    auto p6 = standby("p6", "10.0.0.9", 0x1600000000);
    p6.missing = {{"wal_receiver", "pg_monitor"}, {"primary_conninfo", "pg_monitor"}};
    p6.clock_skew = 90s;
    auto p7 = node("p7", Reach::unknown);
    p7.took = 0s;
    return view({primary("p1", 0x16B374D848), p2, p3, p4, p5, p6, p7});
}

inline View foreign_names() {
    auto p1 = primary("größe", 0x16B374D848);
    const auto p2 = standby("東京データベース", "größe", 0x16B374D848);
    const auto p3 = standby("пример \"three\"", "größe", 0x16B3000000);
    streams_to(p1, p2, "quorum");
    streams_to(p1, p3, "async", "catchup");
    auto out = view({p1, p2, p3});
    out.cluster = "заказы";
    return out;
}

inline View with_inventory() {
    auto out = healthy();
    out.nodes[0].inventory =
        Inventory{now - 30s, 45ULL << 30, 5ULL << 28, 80,
                  std::vector{Slot{"pgcm_p2", true, true, Lsn{0x16B374D000}, 2120, "reserved"},
                              Slot{"pgcm_p3", true, false, Lsn{0x16B0000000}, 57ULL << 20, "extended"},
                              Slot{"report_etl", false, false, {}, {}, "lost"}}};
    out.nodes[1].inventory = Inventory{now - 30s, 45ULL << 30, 1ULL << 30, 64, std::vector<Slot>{}};
    out.nodes[2].inventory = Inventory{now - 30s, {}, {}, {}, {}};
    return out;
}

// Under a majority of five: p1 leads, a witness is lost, and somebody else's session sits on the other one's lock.
inline View leased() {
    auto out = healthy();
    for (std::size_t i = 0; i < 3; ++i) out.nodes[i].vote = Vote{name("p1"), false, 5, milliseconds{250 * (i + 1)}};
    auto lost = node("w1", Reach::silent);
    lost.message = "no answer within 1 s";
    auto taken = node("w2", Reach::accepting);
    taken.role = Role::primary;
    taken.server_version = 180004;
    taken.vote = Vote{{}, true, 0, {}};
    out.witnesses = {lost, taken};
    return out;
}

inline View contested() {
    auto out = leased();
    out.nodes[0] = node("p1", Reach::refused);
    out.nodes[1].vote = Vote{name("p1"), false, 5, 12s};
    out.nodes[2].vote = Vote{name("p3"), false, 6, 0ms};
    out.witnesses[0] = out.witnesses[1];
    out.witnesses[0].node = name("w1");
    out.witnesses[0].vote = Vote{};
    return out;
}

inline Policy of_majority() {
    Policy policy;
    policy.quorum = Quorum::majority;
    for (const char* text : {"p1", "p2", "p3"}) policy.nodes.push_back({name(text), 100, false, {{text, 5432}}});
    policy.witnesses = {name("w1"), name("w2")};
    return policy;
}

inline Election election() {
    const Facts p2{{"timeline", "3"}, {"lsn", "16/B374D848"}};
    const Facts p3{
        {"timeline", "3"}, {"lsn", "16/B3740000"}, {"best", "p2"}, {"best_timeline", "3"}, {"best_lsn", "16/B374D848"}};
    Election out;
    out.winner = name("p2");
    out.reasons = {{Rule::no_primary, {}, {}}};
    out.candidates = {
        {name("p1"), false, {}, {{Rule::not_accepting, name("p1"), {{"reach", "refused"}, {"message", ""}}}}},
        {name("p2"), true, 0, {{Rule::best_standby, name("p2"), p2}}},
        {name("p3"), true, 1, {{Rule::better_standby, name("p3"), p3}}},
        {name("p4"),
         false,
         {},
         {{Rule::nofailover, name("p4"), {}},
          {Rule::system_differs, name("p4"), {{"system_identifier", "17"}, {"expected", "7412345678901234567"}}}}}};
    return out;
}

inline Decision decision() {
    Decision out;
    out.actions = {{ActionKind::promote, name("p2"), ""}};
    out.reasons = {{Rule::no_primary, {}, {}},
                   {Rule::best_standby, name("p2"), {{"timeline", "3"}, {"lsn", "16/B374D848"}}}};
    out.election = election();
    out.look_again_at = now + 1500ms;
    return out;
}

}  // namespace pgcm::samples
