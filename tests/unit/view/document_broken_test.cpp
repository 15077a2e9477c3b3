// What is cut, bent or foreign is told apart, with the place, and never crashes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "document_samples.hpp"
#include "view/document.hpp"
#include "view/record.hpp"

using namespace pgcm;
using namespace pgcm::view;

namespace {

using Json = nlohmann::ordered_json;

// Every path of the document, as JSON pointers.
std::set<std::string> paths(const Json& document) {
    std::set<std::string> out;
    const Json flat = document.flatten();
    for (const auto& [pointer, json] : flat.items())
        for (Json::json_pointer at{pointer}; !at.empty(); at.pop_back()) out.insert(at.to_string());
    return out;
}

std::string mistake(std::string_view text) {
    const auto read = read_view(text);
    if (read) return "no error";
    EXPECT_EQ(read.error().code, ErrorCode::usage);
    return read.error().what;
}

// The error after one field of the full view is replaced.
std::string mistake_at(const char* pointer, const Json& put) {
    auto document = Json::parse(write_view(full_view(), Layout::line));
    document[Json::json_pointer{pointer}] = put;
    return mistake(document.dump());
}

TEST(BrokenDocument, CutShortAnywhereIsAnErrorThatSaysSo) {
    const auto text = write_view(full_view(), Layout::indented);
    EXPECT_EQ(mistake(""), "the document is empty");
    for (std::size_t size = 1; size < text.size(); ++size) {
        const auto what = mistake(std::string_view{text}.substr(0, size));
        ASSERT_EQ(what.rfind("the document is cut short at line ", 0), 0U) << size << ": " << what;
    }
    const auto record = write_record(full_record());
    for (std::size_t size = 0; size < record.size(); size += 7)
        ASSERT_FALSE(read_record(std::string_view{record}.substr(0, size))) << size;
}

TEST(BrokenDocument, NotJsonSaysWhere) {
    EXPECT_EQ(mistake("{\n  \"schema\": nonsense}"), "the document is not JSON at line 2, column 14");
    EXPECT_EQ(mistake("NODE  ROLE\n"), "the document is not JSON at line 1, column 1");
    EXPECT_EQ(mistake("{} x"), "the document is not JSON at line 1, column 4");
    EXPECT_EQ(mistake("{\"schema\": \"\xff\"}"), "the document is not JSON at line 1, column 13");
    EXPECT_EQ(mistake("{\"a\": 1e999}"), "the document holds a number out of range");
    EXPECT_EQ(mistake(" \n "), "the document is empty");
    EXPECT_EQ(mistake(std::string(1000000, '[')), "the document is nested deeper than 64 levels");
    EXPECT_EQ(mistake(std::string(1000, '[') + std::string(1000, ']')), "the document is nested deeper than 64 levels");
}

TEST(BrokenDocument, OtherSchemasAreNamed) {
    EXPECT_EQ(mistake("[]"), "the document: expected an object, found an array");
    EXPECT_EQ(mistake("null"), "the document: expected an object, found null");
    EXPECT_EQ(mistake("{}"), "schema: is missing");
    EXPECT_EQ(mistake(R"({"schema": 1})"), "schema: expected a string, found the number 1");
    EXPECT_EQ(mistake(write_policy({}, Layout::line)),
              "the document: its schema is \"pgcm.policy/1\", not \"pgcm.view/1\"");
    EXPECT_EQ(mistake(R"({"schema": "pgcm.view/2"})"),
              "the document: its schema is \"pgcm.view/2\", not \"pgcm.view/1\"");
    EXPECT_NE(read_view("{\"schema\": \"x\"}").error().hint, "");
    auto record = Json::parse(write_record(full_record()));
    record["policy"]["schema"] = "pgcm.policy/9";
    EXPECT_EQ(read_record(record.dump()).error().what,
              "policy: its schema is \"pgcm.policy/9\", not \"pgcm.policy/1\"");
}

TEST(BrokenDocument, WrongFieldsAreNamedByPath) {
    EXPECT_EQ(mistake_at("/nodes/1/received", 5),
              "nodes[1].received: expected an LSN such as \"16/B374D848\", found the number 5");
    EXPECT_EQ(mistake_at("/nodes/1/received", "5"),
              "nodes[1].received: expected an LSN such as \"16/B374D848\", found \"5\"");
    EXPECT_EQ(mistake_at("/nodes/0/replicas/1/state", Json::array()),
              "nodes[0].replicas[1].state: expected a string, found an array");
    EXPECT_EQ(mistake_at("/nodes/0/inventory/slots/0/active", "yes"),
              "nodes[0].inventory.slots[0].active: expected true or false, found \"yes\"");
    EXPECT_EQ(mistake_at("/nodes/1/role", "master"),
              "nodes[1].role: expected one of unknown, primary, standby, found \"master\"");
    EXPECT_EQ(mistake_at("/nodes/1/port", 65536),
              "nodes[1].port: expected a whole number in range, not negative, found the number 65536");
    EXPECT_EQ(mistake_at("/nodes/1/port", nullptr), "nodes[1].port: is missing");
    EXPECT_EQ(mistake_at("/nodes/1/node", ""), "nodes[1].node: a node's name is empty");
    EXPECT_EQ(mistake_at("/nodes/1/node", "p3"), "the document: two of its nodes are named \"p3\"");
    EXPECT_EQ(mistake_at("/witnesses/0/node", "p3"), "the document: two of its voters are named \"p3\"");
    EXPECT_EQ(mistake_at("/lease/votes/1/valid_for_ms", "5s"),
              "lease.votes[1].valid_for_ms: expected milliseconds, as a number, found \"5s\"");
    EXPECT_EQ(mistake_at("/nodes/0/mark/id", nullptr), "nodes[0].mark.id: is missing");
    EXPECT_EQ(mistake_at("/nodes/1/asked_age_ms", 1e300),
              "nodes[1].asked_age_ms: expected milliseconds, as a number, found the number 1e+300");
    EXPECT_EQ(mistake_at("/nodes/1/replay_age_ms", 0.5),
              "nodes[1].replay_age_ms: expected whole milliseconds, found the number 0.5");
    EXPECT_EQ(mistake_at("/nodes/0/timeline", 0),
              "nodes[0].timeline: expected a timeline, 1 or more, found the number 0");
    EXPECT_EQ(mistake_at("/nodes/0/system_identifier", "18446744073709551616"),
              "nodes[0].system_identifier: expected a system identifier as a string of digits, found "
              "\"18446744073709551616\"");
    EXPECT_EQ(mistake_at("/host", 1), "host: expected an object, found the number 1");
    EXPECT_EQ(mistake_at("/host/network", "\x1b[31m"),
              "host.network: expected one of unknown, up, down, found \"\\u001b[31m\"");
    for (const char* time : {"2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00", "2024-01-01",
                             "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.1234567Z", "20-4-01-01T00:00:00Z", ""})
        EXPECT_NE(mistake_at("/taken_at", time), "no error") << time;
    EXPECT_EQ(mistake_at("/taken_at", "2024-02-29T23:59:59Z"), "no error");
    EXPECT_EQ(mistake_at("/taken_at", "0000-01-01T00:00:00.5Z"), "no error");
    auto policy = Json::parse(write_policy(full_policy(), Layout::line));
    policy["failover_after_ms"] = -1;
    EXPECT_EQ(read_policy(policy.dump()).error().what, "failover_after_ms: a period is not negative");
    policy["failover_after_ms"] = 1;
    policy["lease_ttl_ms"] = -1;
    EXPECT_EQ(read_policy(policy.dump()).error().what, "lease_ttl_ms: a period is not negative");
    policy["lease_ttl_ms"] = 1;
    policy["witnesses"] = {"w", "p1"};
    EXPECT_EQ(read_policy(policy.dump()).error().what, "the document: two of its voters are named \"p1\"");
}

TEST(BrokenDocument, AnyTypeAnywhereIsSurvived) {
    const auto record = Json::parse(write_record(full_record()));
    const auto puts = Json::parse(R"([null, true, -1, 18446744073709551615, 1e18, "x", [1], {"a": 1}])");
    std::size_t refused = 0;
    for (const auto& path : paths(record))
        for (const Json& put : puts) {
            Json changed = record;
            changed[Json::json_pointer{path}] = put;
            const auto back = read_record(changed.dump());
            ASSERT_TRUE(back || (back.error().code == ErrorCode::usage && !back.error().what.empty())) << path;
            refused += back ? 0 : 1;
        }
    EXPECT_GT(refused, 800U);
}

TEST(BrokenDocument, AnyByteAnywhereIsSurvived) {
    constexpr std::string_view bytes{
        "\0\"}[\xff"
        "9",
        6};
    auto text = write_view(full_view(), Layout::line);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char kept = std::exchange(text[at], bytes[at % bytes.size()]);
        const auto back = read_view(text);
        ASSERT_TRUE(back || back.error().code == ErrorCode::usage);
        text[at] = kept;
    }
}

}  // namespace
