// pg_hba.conf as the server reads it: the first match decides.
#include "view/hba.hpp"

#include <gtest/gtest.h>

namespace pgcm::view {
namespace {

const Caller standby{"replication", "replicator", "10.0.0.2"};
const Caller agent{"postgres", "pgcm", "10.0.0.2"};

HbaRule rule(std::string database, std::string user, std::string method = "scram-sha-256",
             std::string address = "10.0.0.0", std::string mask = "255.255.255.0", std::string type = "host") {
    return {std::move(type),    {std::move(database)}, {std::move(user)},
            std::move(address), std::move(mask),       std::move(method)};
}

TEST(Hba, no_rule_refuses) {
    EXPECT_EQ(admits({}, standby), false);
    EXPECT_EQ(admits({rule("replication", "replicator", "trust", "", "", "local")}, standby), false);
}

TEST(Hba, all_is_not_replication) {
    EXPECT_EQ(admits({rule("all", "all")}, standby), false);
    EXPECT_EQ(admits({rule("all", "all")}, agent), true);
    EXPECT_EQ(admits({rule("replication", "all")}, standby), true);
    EXPECT_EQ(admits({rule("replication", "all")}, agent), false);
}

TEST(Hba, the_first_match_decides) {
    const auto reject = rule("replication", "all", "reject");
    const auto let_in = rule("replication", "replicator");
    EXPECT_EQ(admits({reject, let_in}, standby), false);
    EXPECT_EQ(admits({let_in, reject}, standby), true);
}

TEST(Hba, addresses) {
    const auto at = [](std::string address, std::string mask) {
        return admits({rule("all", "all", "trust", std::move(address), std::move(mask))}, agent);
    };
    EXPECT_EQ(at("10.0.0.2", "255.255.255.255"), true);
    EXPECT_EQ(at("10.0.0.3", "255.255.255.255"), false);
    EXPECT_EQ(at("10.0.0.128", "255.255.255.128"), false);
    EXPECT_EQ(at("0.0.0.0", "0.0.0.0"), true);
    EXPECT_EQ(at("::", "::"), false) << "another family";
    EXPECT_EQ(at("all", ""), true);
    const Caller six{"postgres", "pgcm", "fd00::2"};
    EXPECT_EQ(admits({rule("all", "all", "trust", "fd00::", "ffff::")}, six), true);
    EXPECT_EQ(admits({rule("all", "all", "trust", "fd01::", "ffff::")}, six), false);
}

TEST(Hba, what_the_rules_alone_do_not_tell) {
    for (const auto* host : {"samenet", "samehost", "db2.example.com", ".example.com"})
        EXPECT_EQ(admits({rule("all", "all", "trust", host, "")}, agent), std::nullopt) << host;
    EXPECT_EQ(admits({rule("all", "+dba")}, agent), std::nullopt);
    EXPECT_EQ(admits({rule("all", "/^pg")}, agent), std::nullopt);
    EXPECT_EQ(admits({rule("samerole", "all")}, agent), std::nullopt);
    EXPECT_EQ(admits({rule("all", "all", "trust", "0.0.0.0", "0.0.0.0", "hostssl")}, agent), std::nullopt);
    const auto maybe_reject = rule("all", "+dba", "reject");
    EXPECT_EQ(admits({maybe_reject}, agent), false) << "nothing lets it in";
    EXPECT_EQ(admits({maybe_reject, rule("all", "all")}, agent), std::nullopt);
}

TEST(Hba, sameuser) {
    EXPECT_EQ(admits({rule("sameuser", "all")}, agent), false);
    EXPECT_EQ(admits({rule("sameuser", "all")}, Caller{"pgcm", "pgcm", "10.0.0.2"}), true);
}

}  // namespace
}  // namespace pgcm::view
