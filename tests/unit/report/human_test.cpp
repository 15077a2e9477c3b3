#include "report/human.hpp"

#include <gtest/gtest.h>

#include "golden.hpp"
#include "report/glance.hpp"
#include "report/units.hpp"
#include "samples.hpp"

using namespace pgcm;
using namespace pgcm::report;
using samples::name;

namespace {

constexpr Style plain{};
constexpr Style color{true, 0};
const Policy unleased;

Alerts alerts_of(const View& view) {
    Alerts alerts;
    for (const auto& node : view.nodes)
        if (node.reach != Reach::accepting)
            alerts.push_back({AlertCode::node_unreachable,
                              Severity::warning,
                              node.node,
                              {{"reach", std::string{name_of(node.reach)}},
                               {"message", node.message},
                               {"sqlstate", node.sqlstate}}});
    return alerts;
}

Alerts without_primary() {
    auto alerts = alerts_of(samples::no_primary());
    alerts.insert(alerts.begin(), {AlertCode::no_primary, Severity::critical, {}, {}});
    alerts.push_back({AlertCode::replay_paused, Severity::warning, name("p3"), {}});
    alerts.push_back(
        {AlertCode::missing_grant, Severity::notice, name("p3"), {{"fields", "replicas"}, {"grant", "pg_monitor"}}});
    return alerts;
}

const Alerts two{{AlertCode::many_primaries, Severity::critical, {}, {{"names", "p1, p2"}}}};

TEST(Human, StatusOfClusters) {
    golden::expect("status-healthy.txt", status_table(samples::healthy(), {}, Verdict::healthy, unleased, plain));
    golden::expect("status-healthy-color.txt", status_table(samples::healthy(), {}, Verdict::healthy, unleased, color));
    golden::expect("status-no-primary.txt",
                   status_table(samples::no_primary(), without_primary(), Verdict::no_primary, unleased, plain));
    golden::expect("status-no-primary-80.txt",
                   status_table(samples::no_primary(), without_primary(), Verdict::no_primary, unleased, {false, 80}));
    golden::expect("status-no-primary-color.txt",
                   status_table(samples::no_primary(), without_primary(), Verdict::no_primary, unleased, color));
    golden::expect("status-two-primaries.txt",
                   status_table(samples::two_primaries(), two, Verdict::many_primaries, unleased, plain));
    golden::expect("status-foreign-names.txt",
                   status_table(samples::foreign_names(), {}, Verdict::healthy, unleased, plain));
    golden::expect("status-inventory.txt",
                   status_table(samples::with_inventory(), {}, Verdict::healthy, unleased, plain));
    auto rebuilt = samples::healthy();
    rebuilt.operation.emplace();
    *rebuilt.operation = {
        "rejoin", "p3", "p1", "pg_rewind", "auto", rebuilt.taken_at - 12s, 2, "it was \033[1mprimary"};
    golden::expect("status-operation.txt", status_table(rebuilt, {}, Verdict::degraded, unleased, plain));
    *rebuilt.operation = {"promote", "p2", "", "failed", "", rebuilt.taken_at + 1s, 1, ""};
    golden::expect("status-operation-failed.txt", status_table(rebuilt, {}, Verdict::degraded, unleased, plain));
    const auto view = samples::unreachable();
    golden::expect("status-unreachable.txt",
                   status_table(view, alerts_of(view), Verdict::degraded, unleased, {false, 100}));
}

TEST(Human, StatusUnderAMajority) {
    const auto policy = samples::of_majority();
    golden::expect("status-leased.txt", status_table(samples::leased(), {}, Verdict::healthy, policy, plain));
    golden::expect("status-leased-color.txt", status_table(samples::leased(), {}, Verdict::healthy, policy, color));
    golden::expect("status-contested.txt", status_table(samples::contested(), {}, Verdict::no_primary, policy, plain));
    golden::expect("probe-leased.txt", probe_table(samples::leased(), policy, plain));
}

// What nobody asked for is not known.
TEST(Human, ProbeOfAWitnessAlone) {
    auto view = samples::leased();
    view.nodes.clear();
    view.witnesses.erase(view.witnesses.begin());
    golden::expect("probe-witness.txt", probe_table(view, samples::of_majority(), plain));
}

TEST(Human, StatusOfNothing) {
    View view;
    view.cluster = "orders";
    golden::expect("status-empty.txt", status_table(view, {}, Verdict::no_primary, unleased, plain));
}

TEST(Human, ColumnsStandUnderTheirTitles) {
    const auto text = status_table(samples::foreign_names(), {}, Verdict::healthy, unleased, plain);
    std::istringstream lines{text};
    std::vector<std::size_t> at;
    for (std::string line; std::getline(lines, line);)
        for (const char* role : {"ROLE", "primary ", "standby "})
            if (const auto found = line.find(role);
                found != std::string::npos && line.find("healthy") == std::string::npos)
                at.push_back(columns(line.substr(0, found)));
    EXPECT_EQ(at, std::vector<std::size_t>(4, at.at(0)));
}

TEST(Human, ProbeOfClusters) {
    golden::expect("probe-healthy.txt", probe_table(samples::healthy(), unleased, plain));
    golden::expect("probe-unreachable.txt", probe_table(samples::unreachable(), unleased, {false, 120}));
    golden::expect("probe-unreachable-color.txt", probe_table(samples::unreachable(), unleased, color));
}

TEST(Human, NothingOfServersReachesTheTerminalRaw) {
    const auto view = samples::unreachable();
    for (const auto& text : {status_table(view, alerts_of(view), Verdict::degraded, unleased, plain),
                             probe_table(view, unleased, plain), plugin_line(view, alerts_of(view), Verdict::degraded)})
        for (const char c : text) ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << text;
}

TEST(Human, ElectionsAndDecisions) {
    golden::expect("election.txt", election_table(samples::election(), plain));
    golden::expect("election-80-color.txt", election_table(samples::election(), {true, 80}));
    golden::expect("decision.txt", decision_text(samples::decision(), plain));
    Decision nothing;
    nothing.reasons = {{Rule::primary_healthy, name("p1"), {}}, {Rule::sync_right, name("p1"), {{"names", "*"}}}};
    golden::expect("decision-nothing.txt", decision_text(nothing, plain));
    EXPECT_EQ(decision_text({}, plain), "do       nothing\n");
    Election stays;
    stays.primary = name("p1");
    EXPECT_EQ(election_table(stays, plain), "primary  p1 stays\n");
    EXPECT_EQ(election_table({}, plain), "winner   nobody\n");
}

TEST(Human, Errors) {
    const Error error{ErrorCode::usage, "no such\nfile", "name one"};
    EXPECT_EQ(error_text(error, plain), "error  no such file\nhint   name one\n");
    EXPECT_EQ(error_text({ErrorCode::failed, "it failed", ""}, color), "\x1b[31merror\x1b[0m  it failed\n");
}

TEST(Human, PluginLines) {
    EXPECT_EQ(plugin_line(samples::healthy(), {}, Verdict::healthy),
              "PGCM OK - orders: healthy, primary p1, 2 standbys streaming | primaries=1 streaming=2 'lag_p2'=0B "
              "'lag_p3'=232B");
    EXPECT_EQ(
        plugin_line(samples::two_primaries(), two, Verdict::many_primaries),
        "PGCM CRITICAL - orders: more than one primary, primaries p1, p2, 1 standby streaming; more than one node is"
        " primary: p1, p2; keep clients on one of them and turn the others into standbys (`pgcm demote`) | primaries=2"
        " streaming=1 'lag_p3'=0B");
    auto odd = samples::healthy();
    odd.cluster = "a|b";
    odd.nodes[1].node = name("it's=|x");
    EXPECT_EQ(plugin_line(odd, {{AlertCode::lag, Severity::notice, {}, {}}}, Verdict::healthy),
              "PGCM OK - a/b: healthy, primary p1, 2 standbys streaming | primaries=1 streaming=2 'lag_it_s_/x'=0B "
              "'lag_p3'=232B");
}

TEST(Glance, FollowsWhoeverSends) {
    auto view = samples::healthy();
    EXPECT_EQ(glance(view, view.nodes[1]).follows, name("p1"));
    EXPECT_TRUE(glance(view, view.nodes[1]).streaming);
    EXPECT_EQ(glance(view, view.nodes[1]).sync, "sync");
    EXPECT_EQ(glance(view, view.nodes[0]).follows, std::nullopt);

    // The sender is known by address only: the primary's own list tells.
    view.nodes[1].wal_receiver->sender_host = "10.0.0.1";
    EXPECT_EQ(glance(view, view.nodes[1]).follows, name("p1"));
    EXPECT_EQ(status_rows(view)[1].follows, "p1");

    // A cascade: the upstream is the other standby.
    view.nodes[2].wal_receiver->sender_host = "p2";
    view.nodes[0].replicas->pop_back();
    EXPECT_EQ(glance(view, view.nodes[2]).follows, name("p2"));
    EXPECT_EQ(glance(view, view.nodes[2]).lag_bytes, 232U) << "behind the primary, not behind its upstream";
    EXPECT_EQ(glance(view, view.nodes[2]).sync, std::nullopt);

    view.nodes[2].wal_receiver->sender_host = "fe80::9";
    EXPECT_EQ(status_rows(view)[2].follows, "[fe80::9]:5432");
    view.nodes[2].wal_receiver.reset();
    EXPECT_EQ(status_rows(view)[2].follows, "p1, not streaming");
    view.nodes[2].upstream.reset();
    EXPECT_EQ(status_rows(view)[2].follows, "nobody");
    view.nodes[2].missing = {{"wal_receiver", "pg_monitor"}};
    EXPECT_EQ(status_rows(view)[2].follows, "");
}

TEST(Glance, TellsOfACopyThatThePrimaryFeeds) {
    auto view = samples::healthy();
    Replica clone;
    clone.application_name = clone_session(name("p3"));
    clone.state = "backup";
    view.nodes[0].replicas->push_back(clone);
    view.nodes[0].sessions = std::vector<std::string>{rewind_session(name("p2"))};
    view.nodes[2] = samples::node("p3", Reach::refused);
    EXPECT_EQ(glance(view, view.nodes[2]).copies_from, name("p1"));
    EXPECT_EQ(status_rows(view)[2].follows, "p1, cloning");
    EXPECT_EQ(status_rows(view)[1].follows, "p1, rewinding");
    EXPECT_EQ(glance(view, view.nodes[0]).copies_from, std::nullopt);
    EXPECT_EQ(status_rows(view)[0].follows, "");
}

TEST(Glance, LagNeedsAPrimaryAndAPosition) {
    auto view = samples::two_primaries();
    EXPECT_EQ(glance(view, view.nodes[2]).lag_bytes, 0U) << "of the one it follows";
    view = samples::no_primary();
    EXPECT_EQ(glance(view, view.nodes[1]).lag_bytes, std::nullopt);
    view = samples::healthy();
    view.nodes[1].received.reset();
    view.nodes[1].replayed.reset();
    EXPECT_EQ(glance(view, view.nodes[1]).lag_bytes, std::nullopt);
}

TEST(Glance, ReplayIsToldOnlyWhileBehind) {
    auto view = samples::healthy();
    EXPECT_EQ(status_rows(view)[1].replay, "");
    EXPECT_EQ(status_rows(view)[2].replay, "1.2 s");
    view.nodes[1].replayed = Lsn{0x1600000000};
    EXPECT_EQ(status_rows(view)[1].replay, "1.2 s");
    EXPECT_EQ(status_rows(view)[1].lag, "0 B");
}

}  // namespace
