#include "report/words.hpp"

#include <gtest/gtest.h>

#include <set>

#include "samples.hpp"

using namespace pgcm;
using namespace pgcm::report;
using samples::name;

namespace {

Facts all_facts() {
    Facts facts;
    for (const char* key :
         {"lag_bytes", "max_lag_bytes", "retained_bytes", "wal_bytes", "left_ms", "since_ms", "age_ms", "skew_ms",
          "wal_files", "streaming",     "wanted",         "count",     "seconds", "priority", "rank",   "votes",
          "needed",    "within_reach",  "voters",         "in_hand",   "term",    "ours"})
        facts.push_back({key, std::int64_t{4711}});
    for (const char* key :
         {"lsn",       "best",     "best_lsn", "best_timeline", "timeline", "last_timeline", "primary_timeline",
          "sqlstate",  "message",  "names",    "from",          "to",       "slot",          "system_identifier",
          "expected",  "reach",    "role",     "primary",       "keeps",    "keep",          "action",
          "operation", "upstream", "fields",   "grant"})
        facts.push_back({key, "<" + std::string{key} + ">"});
    facts.push_back({"forced", true});
    return facts;
}

// No facts, all facts with every one told, and no gap left open either way.
void check(const std::string& bare, const std::string& full, const Facts& facts, std::set<std::string>& seen) {
    for (const auto& text : {bare, full}) {
        EXPECT_GT(text.size(), 15U) << text;
        EXPECT_EQ(text.find_first_of("{}[]|\n"), std::string::npos) << text;
        EXPECT_EQ(text.find("  "), std::string::npos) << text;
        EXPECT_NE(text.back(), '.') << text;
        EXPECT_NE(text.back(), ' ') << text;
    }
    EXPECT_TRUE(seen.insert(bare).second) << "said twice: " << bare;
    for (const auto& fact : facts)
        if (const auto* value = std::get_if<std::string>(&fact.value)) {
            EXPECT_NE(full.find(*value), std::string::npos) << fact.key << " is not told: " << full;
        }
}

TEST(Words, EveryRuleHasASentenceOfItsOwn) {
    std::set<std::string> seen;
    for (const auto& [rule, spelling] : enum_names<Rule>)
        check(words(Reason{rule, {}, {}}), words(Reason{rule, name("p2"), all_facts()}), all_facts(), seen);
    EXPECT_EQ(seen.size(), enum_names<Rule>.size());
}

TEST(Words, EveryAlertHasASentenceOfItsOwn) {
    std::set<std::string> seen;
    for (const auto& [code, spelling] : enum_names<AlertCode>) {
        const Alert bare{code, Severity::warning, {}, {}};
        const Alert full{code, Severity::warning, name("p2"), all_facts()};
        check(words(bare), words(full), all_facts(), seen);
        EXPECT_NE(words(bare).find("; "), std::string::npos) << "what to do: " << words(bare);
    }
    EXPECT_EQ(seen.size(), enum_names<AlertCode>.size());
}

TEST(Words, EveryActionHasASentenceOfItsOwn) {
    std::set<std::string> seen;
    for (const auto& [kind, spelling] : enum_names<ActionKind>) {
        const bool is_a_number = kind == ActionKind::switchover;  // the request's, for machines
        const auto value = is_a_number ? Facts{} : Facts{{"value", "<value>"}};
        check(words(Action{kind, {}, ""}), words(Action{kind, name("p2"), "<value>"}), value, seen);
    }
    EXPECT_EQ(seen.size(), enum_names<ActionKind>.size());
}

TEST(Words, EveryVerdictHasWords) {
    std::set<std::string> seen;
    for (const auto& [verdict, spelling] : enum_names<Verdict>) EXPECT_TRUE(seen.insert(words(verdict)).second);
    EXPECT_FALSE(seen.contains(""));
}

TEST(Words, FactsAreToldInTheirUnits) {
    EXPECT_EQ(words(Reason{Rule::failover_after_running, {}, {{"left_ms", std::int64_t{8200}}}}),
              "the primary has not been gone for failover_after yet, 8.2 s left");
    EXPECT_EQ(words(Reason{Rule::lag_over_max,
                           name("p3"),
                           {{"lag_bytes", std::int64_t{3} << 29}, {"max_lag_bytes", std::int64_t{16} << 20}}}),
              "p3 is too far behind the last primary: 1.5 GiB, max_lag is 16 MiB");
    EXPECT_EQ(
        words(Reason{Rule::better_standby,
                     name("p3"),
                     {{"timeline", "2"}, {"lsn", "0/5"}, {"best", "p2"}, {"best_timeline", "3"}, {"best_lsn", "0/4"}}}),
        "p2 goes before p3: timeline 3 at 0/4 against timeline 2 at 0/5");
    EXPECT_EQ(words(Reason{
                  Rule::primary_alive_but_rejecting,
                  name("p1"),
                  {{"sqlstate", "53300"}, {"message", "sorry, too many clients"}, {"since_ms", std::int64_t{61000}}}}),
              "p1 is alive but lets nobody in for 1 min 1 s now: sorry, too many clients (SQLSTATE 53300)");
}

TEST(Words, WhoeverAnswersIsNotToBeLookedFor) {
    const Alert silent{AlertCode::node_unreachable, Severity::warning, name("p1"), {{"reach", "silent"}}};
    EXPECT_EQ(words(silent),
              "p1 does not accept connections (silent); look at its server, its host and the network between");
    const Facts facts{{"reach", "rejecting"}, {"message", "password authentication failed"}};
    EXPECT_EQ(words(Alert{AlertCode::node_unreachable, Severity::warning, name("p1"), facts}),
              "p1 does not accept connections (rejecting): password authentication failed; act on what it says");
    EXPECT_EQ(words(Alert{AlertCode::witness_unreachable, Severity::warning, name("w1"), facts}),
              "the witness w1 does not answer (rejecting): password authentication failed, so its vote cannot be had; "
              "act on what it says");
}

TEST(Words, ARequestsNumberIsForMachines) {
    EXPECT_EQ(words(Action{ActionKind::switchover, name("p2"), "677c5b93"}),
              "stop the local primary and hand over to p2");
    EXPECT_EQ(words(Action{ActionKind::decline_switchover, name("p2"), "it lags"}),
              "decline the switchover to p2: it lags");
}

TEST(Words, TheLeaseIsToldInVotes) {
    EXPECT_EQ(words(Reason{Rule::lease_held,
                           name("p1"),
                           {{"votes", std::int64_t{2}}, {"needed", std::int64_t{2}}, {"left_ms", std::int64_t{9100}}}}),
              "p1 holds the lease, 2 votes held, 2 needed, 9.1 s left");
    EXPECT_EQ(words(Reason{Rule::lease_expires, name("p1"), {{"left_ms", std::int64_t{2900}}}}),
              "the lease of p1 is about to end or has ended, 2.9 s left, so its server is stopped");
    EXPECT_EQ(
        words(Reason{Rule::lease_out_of_reach, {}, {{"within_reach", std::int64_t{1}}, {"needed", std::int64_t{2}}}}),
        "this node cannot get the lease now: 1 votes within reach, 2 needed");
    EXPECT_EQ(words(Reason{Rule::higher_term, {}, {{"term", std::int64_t{7}}, {"ours", std::int64_t{6}}}}),
              "a voter has promised a higher term, 7 against ours, 6, so our lease is over");
    EXPECT_EQ(words(Reason{Rule::commits_may_be_lost,
                           {},
                           {{"in_hand", std::int64_t{1}}, {"needed", std::int64_t{2}}, {"names", "ANY 1 (p2, p3)"}}}),
              "acknowledged commits may be lost: too few of the synchronous standbys are in hand: 1 in hand, 2 needed, "
              "synchronous_standby_names was 'ANY 1 (p2, p3)'");
}

TEST(Words, AnotherPromotionIsTold) {
    EXPECT_EQ(
        words(Alert{AlertCode::diverged,
                    Severity::critical,
                    name("p2"),
                    {{"timeline", "2"}, {"primary_timeline", "2"}, {"lsn", "0/5"}, {"promotion", "0b5e"}}}),
        "p2 has WAL that the primary has not: timeline 2 at 0/5, the primary is on 2, begun by another promotion, "
        "0b5e; run `pgcm demote` there to rebuild it");
}

TEST(Words, EmptyNamesAreTold) {
    EXPECT_EQ(words(Reason{Rule::sync_changes, name("p1"), {{"from", "*"}, {"to", ""}}}),
              "synchronous_standby_names of p1 changes from '*' to ''");
    EXPECT_EQ(words(Action{ActionKind::set_sync_names, name("p1"), ""}), "set synchronous_standby_names of p1 to ''");
    EXPECT_EQ(words(Reason{Rule::network_down, name("p1"), {{"message", ""}}}), "the network of p1 is down");
}

TEST(Words, FactsWithoutAGapFollow) {
    EXPECT_EQ(words(Reason{Rule::nofailover,
                           name("p3"),
                           {{"priority", std::int64_t{-5}}, {"lag_bytes", std::int64_t{2048}}, {"forced", true}}}),
              "p3 is configured as nofailover (priority -5, lag 2.0 KiB, forced yes)");
    EXPECT_EQ(words(Alert{AlertCode::disk_stalled, Severity::critical, name("p3"), {{"age_ms", std::int64_t{5000}}}}),
              "the data directory of p3 does not answer (age 5.0 s); look at its disk");
    EXPECT_EQ(
        words(Reason{
            Rule::nofailover, name("p3"), {{"lag_bytes", INT64_MIN}, {"age_ms", INT64_MIN}, {"left_ms", INT64_MAX}}}),
        "p3 is configured as nofailover (lag -9223372036854775808, age -9223372036854775808, left "
        "9223372036854775807)");
}

TEST(Words, WhatOthersWroteIsPrintable) {
    const auto text = words(Alert{AlertCode::node_unreachable,
                                  Severity::warning,
                                  name("a{b}[c]"),
                                  {{"reach", "rejecting"}, {"message", "FATAL:\n\x1b[2J{node}"}, {"\x1b", "\x07"}}});
    EXPECT_EQ(text,
              "a{b}[c] does not accept connections (rejecting): FATAL: \\x1B[2J{node} (\\x1B \\x07);"
              " act on what it says");
}

}  // namespace
