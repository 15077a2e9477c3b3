#include "probe/ballot.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "probe/vitals.hpp"

namespace pgcm::probe {
namespace {

constexpr WallTime noon{std::chrono::seconds{1'700'000'000}};

NodeName name(std::string_view text) {
    return NodeName::make(text).value();
}

Ballot ballot() {
    return {postgres::lock_keys("orders"), {name("p1"), name("ä " + std::string(60, 'x'))}};
}

Vote vote_of(std::string_view json) {
    return read_vote(nlohmann::json::parse(json), ballot());
}

TEST(Vote, IsFreeWhereNobodyHoldsTheLock) {
    EXPECT_EQ(vote_of("null"), Vote{});
}

TEST(Vote, NamesTheNodeWhoseSessionHoldsIt) {
    EXPECT_EQ(vote_of(R"({"application_name": "pgcm/p1", "ours": true, "silent_ms": 730, "term": 4294967295})"),
              (Vote{name("p1"), false, 4294967295U, 730ms}));
    // As the server shows a name that it had to cut.
    EXPECT_EQ(vote_of(R"({"application_name": "pgcm/%C3%A4 )" + std::string(51, 'x') +
                      R"(", "ours": true, "silent_ms": 0, "term": null})")
                  .holder,
              ballot().nodes[1]);
}

TEST(Vote, AClockThatWasSetBackIsNoSilence) {
    EXPECT_EQ(vote_of(R"({"application_name": "pgcm/p1", "ours": true, "silent_ms": -60000, "term": 1})").silent, 0ms);
}

TEST(Vote, OfAStrangerIsNobodys) {
    const Vote stranger{{}, true, 0, 5ms};
    // of another role, though it takes a node's name; of our role, but no agent; of an agent, but of no node of ours
    EXPECT_EQ(vote_of(R"({"application_name": "pgcm/p1", "ours": false, "silent_ms": 5, "term": 9})"), stranger);
    EXPECT_EQ(vote_of(R"({"application_name": "psql", "ours": true, "silent_ms": 5, "term": null})"), stranger);
    EXPECT_EQ(vote_of(R"({"application_name": "pgcm/p2", "ours": true, "silent_ms": 5, "term": 9})"), stranger);
    // a prepared transaction, and a session of which nothing may be seen
    EXPECT_EQ(vote_of(R"({"application_name": null, "ours": false, "silent_ms": null, "term": null})"),
              (Vote{{}, true, 0, {}}));
}

TEST(Vote, ComesWithTheVitals) {
    Observation node;
    const std::string vote = R"("vote": {"application_name": "pgcm/p1", "ours": true, "silent_ms": 1, "term": 2})";
    ASSERT_TRUE(read_vitals(R"({"in_recovery": true, )" + vote + "}", noon, node, ballot()));
    EXPECT_EQ(node.vote, (Vote{name("p1"), false, 2, 1ms}));
    node = {};
    ASSERT_TRUE(read_vitals(R"({"in_recovery": true, )" + vote + "}", noon, node));
    EXPECT_FALSE(node.vote);  // not asked for
    EXPECT_FALSE(read_vitals(R"({"in_recovery": true})", noon, node, ballot()));
    EXPECT_FALSE(read_vitals(R"({"in_recovery": true, "vote": {"ours": "yes"}})", noon, node, ballot()));
}

TEST(Vote, IsAllThatAWitnessTells) {
    Observation witness;
    const auto read =
        read_witness(R"({"system_identifier": "17", "in_recovery": false, "now": 1700000000.5, "vote": null})", noon,
                     witness, ballot());
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(witness.role, Role::primary);
    EXPECT_EQ(witness.system_identifier, 17U);
    EXPECT_EQ(witness.clock_skew, 500ms);
    EXPECT_EQ(witness.vote, Vote{});
    EXPECT_TRUE(witness.missing.empty());
    EXPECT_FALSE(read_witness("{}", noon, witness, ballot()));
}

TEST(Vote, IsAskedForByTheKeysOfTheCluster) {
    const auto sql = vote_sql(ballot());
    for (const char* key : {"'1243332127'::oid", "'3991686251'::oid", "'1'::oid"})
        EXPECT_NE(sql.find(key), std::string::npos) << key << " in " << sql;
    EXPECT_NE(vitals_sql(false, ballot()).find(sql), std::string::npos);
    EXPECT_NE(witness_sql(true, ballot()).find(sql), std::string::npos);
    EXPECT_EQ(vitals_sql(false).find("advisory"), std::string::npos);
    EXPECT_EQ(witness_sql(false, ballot()).find("pg_stat_replication"), std::string::npos);
}

}  // namespace
}  // namespace pgcm::probe
