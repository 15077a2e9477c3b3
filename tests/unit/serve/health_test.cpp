#include "serve/health.hpp"

#include <nlohmann/json.hpp>

#include "fixtures.hpp"
#include "serve/patroni.hpp"
#include "serve/query.hpp"

namespace pgcm::serve {
namespace {

using nlohmann::json;
using test::published;
using test::sample;
using test::standby_sample;

constexpr BootTime soon{102s};

int check(std::string_view target, const Seen& seen, BootTime now = soon, const Renderer& words = test::plain_words()) {
    const Published snapshot(seen, words);
    return health_status(target.substr(0, target.find('?')), target, Truth(&snapshot, now));
}

TEST(Health, of_a_primary) {
    for (const auto* const path : {"/primary", "/read-write", "/master", "/leader", "/read-only", "/read-only-sync",
                                   "/read-only-synchronous", "/health", "/liveness", "/readiness", "/readiness?lag=0"})
        EXPECT_EQ(check(path, sample()), 200) << path;
    for (const auto* const path : {"/replica", "/standby", "/synchronous", "/sync", "/asynchronous", "/async"})
        EXPECT_EQ(check(path, sample()), 503) << path;
    for (const auto* const path : {"/", "/status", "/patroni", "/primary/", "/Primary"})
        EXPECT_EQ(check(path, sample()), 0);
}

TEST(Health, of_an_asynchronous_standby) {
    for (const auto* const path : {"/replica", "/standby", "/read-only", "/asynchronous", "/async", "/health",
                                   "/liveness", "/readiness", "/replica?replication_state=streaming"})
        EXPECT_EQ(check(path, standby_sample()), 200) << path;
    for (const auto* const path : {"/primary", "/read-write", "/master", "/leader", "/synchronous", "/sync",
                                   "/read-only-sync", "/replica?replication_state=in%20archive%20recovery"})
        EXPECT_EQ(check(path, standby_sample()), 503) << path;
}

TEST(Health, of_a_synchronous_standby) {
    for (const std::string sync : {"sync", "quorum"}) {
        test::PlainWords words;
        words.sync = sync;
        for (const auto* const path : {"/replica", "/synchronous", "/sync", "/read-only-sync"})
            EXPECT_EQ(check(path, standby_sample(), soon, words), 200) << path;
        for (const auto* const path : {"/asynchronous", "/async", "/primary"})
            EXPECT_EQ(check(path, standby_sample(), soon, words), 503) << path;
    }
}

TEST(Health, a_standby_that_does_not_stream) {
    test::PlainWords words;
    words.streaming = false;
    EXPECT_EQ(check("/replica", standby_sample(), soon, words), 200);
    EXPECT_EQ(check("/replica?replication_state=streaming", standby_sample(), soon, words), 503);
}

TEST(Health, lag_is_what_is_not_replayed) {
    const Seen seen = standby_sample();  // 256 bytes behind
    for (const auto* const path : {"/replica", "/standby", "/async", "/asynchronous", "/read-only", "/readiness"}) {
        const std::string target{path};
        EXPECT_EQ(check(target + "?lag=256", seen), 200) << path;
        EXPECT_EQ(check(target + "?lag=255", seen), 503) << path;
        EXPECT_EQ(check(target + "?x=1&lag=1kB", seen), 200) << path;
        EXPECT_EQ(check(target + "?lag=10MB", seen), 200) << path;
        EXPECT_EQ(check(target + "?lag=near", seen), 400) << path;
        EXPECT_EQ(check(target + "?lag=", seen), 400) << path;
    }
    // Without a primary in view: from where the last one had come to; nothing known is not near.
    Seen alone = seen;
    alone.view.nodes[0].reach = Reach::silent;
    EXPECT_EQ(check("/replica?lag=10MB", alone), 503);
    EXPECT_EQ(check("/replica", alone), 200);
    alone.last_lsn = Lsn{0x4F10};
    EXPECT_EQ(check("/replica?lag=16", alone), 200);
    EXPECT_EQ(check("/replica?lag=15", alone), 503);
    Seen behind = seen;
    behind.view.nodes[1].replayed = Lsn{0x4000};
    EXPECT_EQ(check("/readiness?lag=256", behind), 503);
    EXPECT_EQ(check("/readiness?lag=256&mode=apply", behind), 503);
    EXPECT_EQ(check("/readiness?lag=256&mode=write", behind), 200);
    EXPECT_EQ(check("/readiness?mode=both", behind), 400);
    behind.max_lag_bytes = 256;
    EXPECT_EQ(check("/readiness", behind), 503);
    EXPECT_EQ(check("/replica", behind), 200);
}

TEST(Health, nothing_is_told_of_an_old_turn) {
    for (const auto* const path : {"/primary", "/replica", "/read-only", "/health", "/liveness", "/readiness"}) {
        EXPECT_EQ(check(path, sample(), BootTime(103s)), 503) << path;
        EXPECT_EQ(check(path, standby_sample(), BootTime(103s)), 503) << path;
        EXPECT_EQ(health_status(path, path, Truth(nullptr, soon)), 503) << path;
    }
    // Nor of an old look at the server by a loop that turns.
    Seen seen = sample();
    seen.view.nodes[0].asked_at = BootTime(99s);
    EXPECT_EQ(check("/primary", seen, BootTime(102s) - 1ns), 200);
    EXPECT_EQ(check("/primary", seen), 503);
    EXPECT_EQ(check("/health", seen), 503);
    EXPECT_EQ(check("/liveness", seen), 200);
}

TEST(Health, nobody_is_primary_without_a_lease_where_there_is_one) {
    Seen seen = sample();
    seen.leased = true;
    EXPECT_EQ(check("/primary", seen), 503);
    EXPECT_EQ(check("/read-only", seen), 503);
    EXPECT_EQ(check("/readiness", seen), 503);
    EXPECT_EQ(check("/health", seen), 200);
    seen.view.lease = LeaseSeen{};
    EXPECT_EQ(check("/primary", seen), 503);
    seen.view.lease->valid_until = BootTime(102s) + 1ns;
    EXPECT_EQ(check("/primary", seen), 200);
    seen.view.lease->valid_until = BootTime(102s);  // it ended since the turn
    EXPECT_EQ(check("/primary", seen), 503);
    seen.view.lease->valid_until = BootTime(110s);
    seen.view.lease->slept = true;
    EXPECT_EQ(check("/primary", seen), 503);
}

TEST(Health, of_two_primaries_only_the_one_on_the_higher_timeline_counts) {
    Seen seen = sample();
    seen.view.nodes[1] = test::node("p2", Role::primary, 0x6000);
    EXPECT_EQ(check("/primary", seen), 503);
    seen.view.nodes[0].timeline = Timeline{2};
    EXPECT_EQ(check("/primary", seen), 200);
    seen.view.local = test::name("p2");
    EXPECT_EQ(check("/primary", seen), 503);
}

TEST(Patroni, tells_of_the_node_in_its_words) {
    const Published primary = published(), standby = published(standby_sample());
    const json one = json::parse(patroni_json(Truth(&primary, soon)));
    EXPECT_EQ(one["state"], "running");
    EXPECT_EQ(one["role"], "master");
    EXPECT_EQ(one["server_version"], 150008);
    EXPECT_EQ(one["xlog"], json({{"location", 0x5000}}));
    EXPECT_EQ(one["timeline"], 1);
    EXPECT_EQ(one["database_system_identifier"], "7000000000000000001");
    EXPECT_EQ(one["patroni"]["scope"], "main");
    EXPECT_EQ(one["patroni"]["name"], "p1");
    const json two = json::parse(patroni_json(Truth(&standby, soon)));
    EXPECT_EQ(two["role"], "replica");
    EXPECT_EQ(two["replication_state"], "streaming");
    EXPECT_EQ(two["xlog"], json({{"received_location", 0x4F00}, {"replayed_location", 0x4F00}}));
    const json old = json::parse(patroni_json(Truth(&primary, BootTime(103s))));
    EXPECT_EQ(old["state"], "unknown");
    EXPECT_EQ(old["role"], "uninitialized");
    EXPECT_FALSE(old.contains("timeline"));
}

TEST(Patroni, tells_of_a_pause_only_while_there_is_one) {
    Seen seen = sample();
    const Published goes_on = published(seen);
    seen.paused = true;
    const Published paused = published(seen);
    for (auto* const document : {&patroni_json, &cluster_json}) {
        EXPECT_FALSE(json::parse((*document)(Truth(&goes_on, soon))).contains("pause"));
        EXPECT_EQ(json::parse((*document)(Truth(&paused, soon)))["pause"], true);
        EXPECT_FALSE(json::parse((*document)(Truth(&paused, BootTime(103s)))).contains("pause"));
    }
}

TEST(Patroni, tells_of_the_cluster) {
    const Published snapshot = published();
    const json cluster = json::parse(cluster_json(Truth(&snapshot, soon)));
    EXPECT_EQ(cluster["scope"], "main");
    ASSERT_EQ(cluster["members"].size(), 2U);
    EXPECT_EQ(cluster["members"][0]["role"], "leader");
    EXPECT_EQ(cluster["members"][0]["state"], "running");
    EXPECT_EQ(cluster["members"][1]["role"], "replica");
    EXPECT_EQ(cluster["members"][1]["state"], "streaming");
    EXPECT_EQ(cluster["members"][1]["lag"], 256);
    EXPECT_EQ(json::parse(cluster_json(Truth(&snapshot, BootTime(103s))))["members"].size(), 0U);
    Seen seen = sample();
    seen.view.nodes[0].history = {{Timeline{1}, Lsn{0x3000}}};
    const Published promoted = published(seen);
    EXPECT_EQ(json::parse(history_json(Truth(&promoted, soon))),
              json::parse(R"([[1,12288,"no recovery target specified"]])"));
}

TEST(Query, finds_parameters_and_decodes_them) {
    EXPECT_EQ(parameter("/x", "a"), std::nullopt);
    EXPECT_EQ(parameter("/x?", "a"), std::nullopt);
    EXPECT_EQ(parameter("/x?a", "a"), "");
    EXPECT_EQ(parameter("/x?a=", "a"), "");
    EXPECT_EQ(parameter("/x?b=2&a=1&a=3", "a"), "1");
    EXPECT_EQ(parameter("/x?%61=%4aK+%2B", "a"), "JK +");
    EXPECT_EQ(parameter("/x?a=b=c&&", "a"), "b=c");
    EXPECT_EQ(parameter("/x?a=%4", "a"), "%4");
    EXPECT_EQ(parameter("/x?a=%", "a"), "%");
}

TEST(Query, reads_sizes) {
    EXPECT_EQ(parse_bytes("0"), 0U);
    EXPECT_EQ(parse_bytes("16777216"), 16777216U);
    EXPECT_EQ(parse_bytes("10MB"), 10U << 20U);
    EXPECT_EQ(parse_bytes("10 mib"), 10U << 20U);
    EXPECT_EQ(parse_bytes("1.5kB"), 1536U);
    EXPECT_EQ(parse_bytes("2TB"), 2ULL << 40U);
    EXPECT_EQ(parse_bytes("7B"), 7U);
    for (const auto* const wrong :
         {"", "MB", "-1", "1e3", "1 MB ", "1PB", "0x10", "99999999999TB", "nan", "inf", "1ib"})
        EXPECT_EQ(parse_bytes(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace pgcm::serve
