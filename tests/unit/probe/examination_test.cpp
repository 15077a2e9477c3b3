// What the doctor's questions give; that real servers answer them is for the live tests.
#include "probe/examination.hpp"

#include <gtest/gtest.h>

namespace pgcm::probe {
namespace {

constexpr std::string_view answer =
    R"json({"grants": {"superuser": false, "replication": true, "roles": {"pg_monitor": true, "pg_checkpoint": false},)json"
    R"json( "functions": {"pg_reload_conf()": false}, "parameters": null, "settable": null},)json"
    R"json( "tablespaces": ["fast"], "archiver": {"failing": null, "last_failed": null},)json"
    R"json( "restart_pending": ["max_connections"], "database": "postgres", "role": "pgcm", "connect_public": true,)json"
    R"json( "settings": {"wal_level": "replica", "x": null}})json";

TEST(Examination, a_node) {
    Examination seen;
    ASSERT_TRUE(read_examination(answer, seen));
    EXPECT_EQ(seen.database, "postgres");
    EXPECT_EQ(seen.role, "pgcm");
    EXPECT_EQ(seen.connect_public, true);
    ASSERT_NE(seen.setting("wal_level"), nullptr);
    EXPECT_EQ(*seen.setting("wal_level"), "replica");
    EXPECT_EQ(seen.setting("x"), nullptr);
    ASSERT_TRUE(seen.grants);
    EXPECT_TRUE(seen.grants->replication);
    EXPECT_FALSE(seen.grants->roles.at("pg_checkpoint"));
    EXPECT_FALSE(seen.grants->functions.at("pg_reload_conf()"));
    EXPECT_TRUE(seen.grants->parameters.empty());
    EXPECT_EQ(seen.tablespaces, (std::vector<std::string>{"fast"}));
    EXPECT_EQ(seen.restart_pending, (std::vector<std::string>{"max_connections"}));
    ASSERT_TRUE(seen.archiver);
    EXPECT_FALSE(seen.archiver->failing);
}

TEST(Examination, a_witness_tells_less) {
    Examination seen;
    seen.witness = true;
    ASSERT_TRUE(read_examination(
        R"({"database": "d", "role": "r", "connect_public": false, "settings": {"statement_timeout": "0"}})", seen));
    EXPECT_FALSE(seen.grants);
    EXPECT_EQ(*seen.setting("statement_timeout"), "0");
    EXPECT_EQ(examination_sql(150000, true).find("rolsuper"), std::string::npos);
}

TEST(Examination, parameters_have_grants_since_15) {
    EXPECT_EQ(examination_sql(140010, false).find("has_parameter_privilege"), std::string::npos);
    EXPECT_NE(examination_sql(150000, false).find("has_parameter_privilege"), std::string::npos);
}

TEST(Examination, no_password_is_asked_for) {
    EXPECT_EQ(examination_sql(150000, false).find("SHOW primary_conninfo"), std::string::npos);
    EXPECT_EQ(examination_sql(120000, false).find("'primary_conninfo'"), std::string::npos);
}

TEST(Examination, rules) {
    const auto rules = read_hba(
        R"([{"type": "host", "database": ["all"], "user_name": ["a", "b"], "address": "10.0.0.0",
             "netmask": "255.0.0.0", "auth_method": "trust"},
            {"type": "local", "database": ["all"], "user_name": ["all"], "address": null, "netmask": null,
             "auth_method": "peer"}])");
    ASSERT_TRUE(rules);
    ASSERT_EQ(rules->size(), 2U);
    EXPECT_EQ((*rules)[0], (HbaRule{"host", {"all"}, {"a", "b"}, "10.0.0.0", "255.0.0.0", "trust"}));
    EXPECT_EQ((*rules)[1], (HbaRule{"local", {"all"}, {"all"}, "", "", "peer"}));
}

TEST(Examination, nonsense_is_an_error) {
    for (const auto* text : {"", "null", "[]", "{}", R"({"database": 1})", R"({"database": "d", "role": "r"})"}) {
        Examination seen;
        EXPECT_FALSE(read_examination(text, seen)) << text;
    }
    for (const auto* text : {"", "{}x", R"([{"type": 1}])", "[1]"}) EXPECT_FALSE(read_hba(text)) << text;
}

}  // namespace
}  // namespace pgcm::probe
