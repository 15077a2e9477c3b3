#include "postgres/role_settings.hpp"

#include <gtest/gtest.h>

namespace pgcm::postgres {
namespace {

const WallTime noon{milliseconds{1764158400123}};

NodeName called(const char* name) {
    return *NodeName::make(name);
}

TEST(RoleSettings, a_pause_comes_back) {
    Pause pause{"alice@db1", "a \"new\" kernel's \\ day\n\xc3\xa4", noon, std::nullopt};
    EXPECT_EQ(parse_pause(pause_text(pause)), pause);
    pause.until = noon + 1h;
    EXPECT_EQ(parse_pause(pause_text(pause)), pause);
}

TEST(RoleSettings, a_request_comes_back) {
    SwitchoverRequest request{"0b5e", called("p1"), called("p 2"), Timeline{7}, "alice", noon, noon + 10s, ""};
    EXPECT_EQ(parse_switchover(switchover_text(request)), request);
    request.declined = "p 2 lags";
    EXPECT_EQ(parse_switchover(switchover_text(request)), request);
}

// The catalog holds whatever somebody wrote there.
TEST(RoleSettings, what_is_no_such_text_is_nothing) {
    for (const auto* text : {"", "no JSON", "[]", "{}", "null", R"({"by": 1, "why": "", "since_ms": 2})",
                             R"({"by": "a", "why": "", "since_ms": "soon"})"})
        EXPECT_FALSE(parse_pause(text)) << text;
    const SwitchoverRequest request{"0b5e", called("p1"), called("p2"), Timeline{7}, "alice", noon, noon, ""};
    const auto text = switchover_text(request);
    EXPECT_TRUE(parse_switchover(text));
    for (const std::string name : {"p1", "0b5e"}) {
        auto emptied = text;
        emptied.replace(emptied.find(name), name.size(), "");
        EXPECT_FALSE(parse_switchover(emptied)) << emptied;
    }
    EXPECT_FALSE(parse_switchover(text.substr(1)));
}

// A text that is not ASCII would depend on the encoding of the session that reads it.
TEST(RoleSettings, the_texts_are_plain_ascii) {
    const auto text = pause_text({"\xc3\xa4", "\xe2\x82\xac", noon, std::nullopt});
    for (const char c : text) EXPECT_GE(c, ' ');
}

TEST(RoleSettings, the_statements_quote) {
    EXPECT_EQ(keep_setting(pause_setting, "it's"),
              "SET synchronous_commit = local; ALTER ROLE CURRENT_USER SET pgcm.pause = 'it''s'; NOTIFY pgcm");
}

}  // namespace
}  // namespace pgcm::postgres
