// Where the thresholds lie; which alert belongs to which situation is told in tests/stories.
#include "view/assess.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace pgcm::view {
namespace {

NodeName called(std::string_view text) {
    return NodeName::make(text).value();
}

struct Pair {
    View view;
    Policy policy;
    Thresholds limits;

    Pair() {
        for (const auto* name : {"a", "b"}) {
            Observation node;
            node.node = called(name);
            node.reach = Reach::accepting;
            view.nodes.push_back(node);
            policy.nodes.push_back({node.node, 100, false, {{name, 5432}}});
        }
        a().role = Role::primary;
        a().written = Lsn{0x10000000};
        a().synchronous_standby_names = "*";
        b().role = Role::standby;
        b().received = b().replayed = a().written;
        b().upstream = Address{"a", 5432};
        b().wal_receiver = WalReceiver{};
        b().wal_receiver->status = "streaming";
    }
    Observation& a() { return view.nodes[0]; }
    Observation& b() { return view.nodes[1]; }
    bool raises(AlertCode code) const {
        const auto alerts = assess(view, policy, limits);
        return std::any_of(alerts.begin(), alerts.end(), [&](const Alert& alert) { return alert.code == code; });
    }
};

TEST(Assess, a_healthy_pair_is_quiet) {
    const Pair pair;
    const auto alerts = assess(pair.view, pair.policy);
    EXPECT_TRUE(alerts.empty()) << name_of(alerts.front().code);
    EXPECT_EQ(verdict(pair.view, alerts), Verdict::healthy);
}

TEST(Assess, lag_by_what_is_replayed) {
    Pair pair;
    pair.limits.lag_bytes = 1000;
    pair.b().replayed = Lsn{0x10000000 - 999};
    EXPECT_FALSE(pair.raises(AlertCode::lag));
    pair.b().replayed = Lsn{0x10000000 - 1001};
    EXPECT_TRUE(pair.raises(AlertCode::lag));
    pair.b().replayed = Lsn{0x10000000 + 5000};
    EXPECT_FALSE(pair.raises(AlertCode::lag)) << "asked a moment later than the primary";
}

TEST(Assess, slots) {
    Pair pair;
    pair.limits.retained_bytes = 1000;
    Slot slot;
    slot.name = "s";
    const auto with = [&](std::optional<std::uint64_t> bytes, std::optional<std::string> status) {
        slot.retained_bytes = bytes;
        slot.wal_status = std::move(status);
        pair.a().inventory = Inventory{};
        pair.a().inventory->slots = std::vector{slot};
    };
    with(999, "reserved");
    EXPECT_FALSE(pair.raises(AlertCode::slot_retains_wal));
    with(1001, "extended");
    EXPECT_TRUE(pair.raises(AlertCode::slot_retains_wal));
    with(std::nullopt, std::nullopt);
    EXPECT_FALSE(pair.raises(AlertCode::slot_retains_wal)) << "unknown";
    with(1001, "lost");
    EXPECT_TRUE(pair.raises(AlertCode::slot_lost));
    EXPECT_FALSE(pair.raises(AlertCode::slot_retains_wal)) << "a lost slot retains nothing";
}

TEST(Assess, wal_and_clock) {
    Pair pair;
    pair.limits.wal_bytes = 1000;
    pair.limits.clock_skew = 2s;
    pair.a().inventory = Inventory{};
    pair.a().inventory->wal_bytes = 999;
    EXPECT_FALSE(pair.raises(AlertCode::wal_grows));
    pair.a().inventory->wal_bytes = 1001;
    EXPECT_TRUE(pair.raises(AlertCode::wal_grows));

    for (const auto& [skew, wrong] : {std::pair{1999ms, false}, {2001ms, true}, {-1999ms, false}, {-2001ms, true}}) {
        pair.b().clock_skew = skew;
        EXPECT_EQ(pair.raises(AlertCode::clock_skew), wrong) << skew.count();
    }
}

TEST(Assess, a_missing_grant_is_named_once_and_degrades_nothing) {
    Pair pair;
    pair.a().missing = {{"wal_bytes", "pg_monitor"}, {"database_bytes", "pg_monitor"}};
    const auto alerts = assess(pair.view, pair.policy);
    ASSERT_EQ(alerts.size(), 1u);
    EXPECT_EQ(alerts[0].severity, Severity::notice);
    EXPECT_EQ(alerts[0].facts, (Facts{{"fields", "wal_bytes, database_bytes"}, {"grant", "pg_monitor"}}));
    EXPECT_EQ(verdict(pair.view, alerts), Verdict::healthy);
}

TEST(Assess, a_row_outlives_its_standby) {
    Pair pair;
    Replica row;
    row.application_name = "b";
    row.state = "streaming";
    pair.a().replicas = std::vector{row};
    EXPECT_FALSE(pair.raises(AlertCode::sync_degraded));
    pair.b().reach = Reach::silent;
    EXPECT_TRUE(pair.raises(AlertCode::sync_degraded));
}

TEST(Assess, a_foreign_node_is_neither_standby_nor_primary) {
    Pair pair;
    pair.view.local = called("a");
    pair.a().system_identifier = 7;
    pair.b().system_identifier = 8;
    EXPECT_TRUE(pair.raises(AlertCode::system_differs));
    EXPECT_TRUE(pair.raises(AlertCode::no_standby));
    pair.b().role = Role::primary;
    pair.b().wal_receiver.reset();
    EXPECT_FALSE(pair.raises(AlertCode::many_primaries));
    const auto alerts = assess(pair.view, pair.policy);
    EXPECT_EQ(
        std::count_if(alerts.begin(), alerts.end(), [](const Alert& a) { return a.code == AlertCode::sync_degraded; }),
        1);
}

TEST(Assess, the_worst_comes_first) {
    Pair pair;
    pair.a().reach = Reach::refused;
    pair.a().missing = {{"slots", "pg_monitor"}};
    pair.b().missing = {{"slots", "pg_monitor"}};
    pair.b().clock_skew = 1h;
    const auto alerts = assess(pair.view, pair.policy);
    ASSERT_GE(alerts.size(), 3u);
    EXPECT_TRUE(std::is_sorted(alerts.begin(), alerts.end(),
                               [](const Alert& a, const Alert& b) { return a.severity > b.severity; }));
    EXPECT_EQ(alerts.front().code, AlertCode::no_primary);
    EXPECT_EQ(verdict(pair.view, alerts), Verdict::no_primary);
}

}  // namespace
}  // namespace pgcm::view
