#include "serve/router.hpp"

#include <nlohmann/json.hpp>

#include "fixtures.hpp"

namespace pgcm::serve {
namespace {

using nlohmann::json;
using test::sample;

constexpr BootTime seen{100s};
constexpr BootTime soon{102s};
constexpr BootTime late{103s};  // valid_for is 3 s: at 103 s it no longer holds

Response ask(std::string_view target, const Published* snapshot, BootTime now = soon, std::string_view method = "GET",
             std::string_view accept = "*/*") {
    return answer({method, target, accept}, snapshot, now);
}

std::string field(const Response& response, std::string_view wanted) {
    for (const auto& [name, value] : response.headers)
        if (name == wanted) return value;
    return {};
}

TEST(Router, gives_the_documents_as_they_are_while_fresh) {
    const Published snapshot = sample();
    const std::pair<std::string_view, std::string> expected[] = {{"/status", snapshot.status_json},
                                                                 {"/view", snapshot.view_json},
                                                                 {"/decision", snapshot.decision_json},
                                                                 {"/alerts", snapshot.alerts_json}};
    for (const auto& [path, body] : expected) {
        const Response response = ask(path, &snapshot);
        EXPECT_EQ(response.status, 200) << path;
        EXPECT_EQ(response.content_type, "application/json") << path;
        EXPECT_EQ(response.body, body) << path;
    }
}

TEST(Router, marks_outdated_documents_and_refuses_to_vouch_for_them) {
    const Published snapshot = sample();
    for (const std::string path : {"/status", "/view", "/decision", "/alerts"}) {
        const Response response = ask(path, &snapshot, late);
        EXPECT_EQ(response.status, 503) << path;
        const json body = json::parse(response.body);
        EXPECT_EQ(body["schema"], "pgcm." + path.substr(1) + "/1");
        EXPECT_EQ(body["stale"], true) << path;
        EXPECT_EQ(body["age_ms"], 3000) << path;
    }
    EXPECT_EQ(json::parse(ask("/status", &snapshot, late).body)["primary"], "p1");
    EXPECT_EQ(ask("/status", &snapshot, late - 1ns).status, 200);
}

TEST(Router, marks_even_an_empty_or_indented_object) {
    Published snapshot = sample();
    snapshot.status_json = "{ }\n";
    EXPECT_EQ(ask("/status", &snapshot, late).body, "{ \"stale\":true,\"age_ms\":3000}\n");
    snapshot.status_json = "{\n  \"a\": {}\n}\n";
    EXPECT_EQ(json::parse(ask("/status", &snapshot, late).body), json::parse(R"({"a":{},"stale":true,"age_ms":3000})"));
}

TEST(Router, has_nothing_to_tell_before_the_first_turn) {
    for (const auto* const path : {"/status", "/view", "/decision", "/alerts", "/health", "/heartbeat"}) {
        const Response response = ask(path, nullptr);
        EXPECT_EQ(response.status, 503) << path;
        EXPECT_TRUE(json::parse(response.body).contains("schema")) << path;
    }
    EXPECT_EQ(json::parse(ask("/heartbeat", nullptr).body),
              json::parse(R"({"schema":"pgcm.heartbeat/1","alive":false,"age_ms":null})"));
    EXPECT_EQ(json::parse(ask("/health", nullptr).body)["healthy"], false);
}

TEST(Router, says_when_there_is_no_such_document) {
    Published snapshot = sample();
    snapshot.decision_json.clear();
    EXPECT_EQ(ask("/decision", &snapshot).status, 404);
    EXPECT_EQ(ask("/decision", &snapshot, late).status, 404);
}

TEST(Router, heartbeat_follows_the_age_of_the_last_turn) {
    const Published snapshot = sample();
    const Response alive = ask("/heartbeat", &snapshot);
    EXPECT_EQ(alive.status, 200);
    EXPECT_EQ(alive.body, "{\"schema\":\"pgcm.heartbeat/1\",\"alive\":true,\"age_ms\":2000}\n");
    const Response dead = ask("/heartbeat", &snapshot, late);
    EXPECT_EQ(dead.status, 503);
    EXPECT_EQ(dead.body, "{\"schema\":\"pgcm.heartbeat/1\",\"alive\":false,\"age_ms\":3000}\n");
    // A snapshot published just after the clock was read is new, not from the future.
    EXPECT_EQ(json::parse(ask("/heartbeat", &snapshot, seen - 1s).body)["age_ms"], 0);
}

TEST(Router, health_is_that_of_the_local_server) {
    Published snapshot = sample();
    const Response healthy = ask("/health", &snapshot);
    EXPECT_EQ(healthy.status, 200);
    EXPECT_EQ(healthy.body,
              "{\"schema\":\"pgcm.health/1\",\"healthy\":true,\"cluster\":\"main\",\"node\":\"p1\","
              "\"role\":\"primary\",\"verdict\":\"healthy\",\"age_ms\":2000}\n");
    snapshot.local_role = Role::standby;
    snapshot.verdict = Verdict::no_primary;
    EXPECT_EQ(ask("/health", &snapshot).status, 200);
    snapshot.local_role = Role::unknown;
    snapshot.verdict = Verdict::healthy;
    EXPECT_EQ(ask("/health", &snapshot).status, 503);
}

TEST(Router, health_without_a_local_node_is_the_clusters) {
    Published snapshot = sample();
    snapshot.local.reset();
    snapshot.local_role = Role::unknown;
    const std::pair<Verdict, int> expected[] = {
        {Verdict::healthy, 200}, {Verdict::degraded, 200}, {Verdict::no_primary, 503}, {Verdict::many_primaries, 503}};
    for (const auto& [verdict, status] : expected) {
        snapshot.verdict = verdict;
        EXPECT_EQ(ask("/health", &snapshot).status, status) << name_of(verdict);
    }
    EXPECT_EQ(json::parse(ask("/health", &snapshot).body)["node"], nullptr);
}

TEST(Router, an_old_role_is_never_told) {
    const Published snapshot = sample();
    const Response response = ask("/health", &snapshot, late);
    EXPECT_EQ(response.status, 503);
    const json body = json::parse(response.body);
    EXPECT_EQ(body["healthy"], false);
    EXPECT_EQ(body["role"], nullptr);
    EXPECT_EQ(body["verdict"], nullptr);
    EXPECT_EQ(body["age_ms"], 3000);
}

TEST(Router, root_lists_the_paths_and_each_of_them_exists) {
    const Published snapshot = sample();
    const Response response = ask("/", nullptr);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(field(response, "Vary"), "Accept");
    const json body = json::parse(response.body);
    EXPECT_EQ(body["schema"], "pgcm.endpoints/1");
    EXPECT_EQ(body["endpoints"].size(), 7U);
    for (const auto& path : body["endpoints"]) EXPECT_EQ(ask(path.get<std::string>(), &snapshot).status, 200) << path;
}

TEST(Router, root_is_the_page_for_who_accepts_html) {
    const Published snapshot = sample();
    const std::string_view browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    const Response response = ask("/", &snapshot, soon, "GET", browser);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
    EXPECT_TRUE(response.body.starts_with("<!doctype html>"));
    EXPECT_EQ(field(response, "Vary"), "Accept");
    EXPECT_EQ(ask("/", &snapshot, late, "GET", browser).status, 503);
    EXPECT_EQ(ask("/", nullptr, soon, "GET", browser).status, 503);
    EXPECT_EQ(ask("/", &snapshot, soon, "GET", "").content_type, "application/json");
}

TEST(Router, reads_the_accept_field) {
    EXPECT_TRUE(accepts("text/html", "text/html"));
    EXPECT_TRUE(accepts("application/json, Text/HTML;q=0.5", "text/html"));
    EXPECT_TRUE(accepts(" , \ttext/html ", "text/html"));
    EXPECT_FALSE(accepts("", "text/html"));
    EXPECT_FALSE(accepts("*/*", "text/html"));
    EXPECT_FALSE(accepts("text/html5", "text/html"));
    EXPECT_FALSE(accepts("x/y;text/html", "text/html"));
}

TEST(Router, changes_nothing_for_any_method) {
    const Published snapshot = sample();
    for (const auto* const method : {"POST", "PUT", "DELETE", "PATCH", "TRACE", "get", "BREW"}) {
        for (const auto* const path : {"/status", "/nowhere"}) {
            const Response response = ask(path, &snapshot, soon, method);
            EXPECT_EQ(response.status, 405) << method;
            EXPECT_EQ(field(response, "Allow"), "GET, HEAD, OPTIONS") << method;
            EXPECT_EQ(json::parse(response.body)["schema"], "pgcm.error/1");
        }
    }
}

TEST(Router, answers_head_as_get_and_options_by_the_status_alone) {
    const Published snapshot = sample();
    for (const auto* const path : {"/", "/heartbeat", "/status", "/health", "/view", "/decision", "/alerts", "/no"}) {
        for (const BootTime now : {soon, late}) {
            const Response get = ask(path, &snapshot, now);
            const Response head = ask(path, &snapshot, now, "HEAD");
            EXPECT_EQ(head.status, get.status) << path;
            EXPECT_EQ(head.body, get.body) << path;
            const Response options = ask(path, &snapshot, now, "OPTIONS");
            EXPECT_EQ(options.body, "") << path;
            EXPECT_EQ(options.content_type, "") << path;
            EXPECT_EQ(options.status, get.status) << path;
        }
    }
    EXPECT_EQ(field(ask("/status", &snapshot, soon, "OPTIONS"), "Allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(ask("*", nullptr, soon, "OPTIONS").status, 200);
    EXPECT_EQ(ask("*", nullptr, soon, "GET").status, 400);
}

TEST(Router, paths_are_exact) {
    const Published snapshot = sample();
    for (const auto* const path : {"/status/", "//status", "/Status", "/statu", "/status/x", "/%73tatus", "/status%00",
                                   "/../status", "/status;x"})
        EXPECT_EQ(ask(path, &snapshot).status, 404) << path;
    EXPECT_EQ(json::parse(ask("/nowhere", &snapshot).body)["schema"], "pgcm.error/1");
}

TEST(Router, a_query_is_let_pass) {
    const Published snapshot = sample();
    for (const auto* const target : {"/status?", "/status?lag=10MB&x", "/status?a?b/c", "/status?q=%41",
                                     "http://host:9889/status?x", "HTTPS://[::1]/status"})
        EXPECT_EQ(ask(target, &snapshot).body, snapshot.status_json) << target;
    EXPECT_EQ(json::parse(ask("http://host", &snapshot).body)["schema"], "pgcm.endpoints/1");
    EXPECT_EQ(json::parse(ask("http://host?x", &snapshot).body)["schema"], "pgcm.endpoints/1");
}

TEST(Router, malformed_targets_are_refused) {
    const Published snapshot = sample();
    for (const std::string_view target :
         {"", "status", "*", "?x", "host:80", "/sta tus", "/status#top", "/%", "/%4", "/%zz", "/status?%", "http://",
          "http:///status", "ftp://host/status", "/st\xC3\xA4tus", "/a\tb"}) {
        const Response response = ask(target, &snapshot);
        EXPECT_EQ(response.status, 400) << target;
        EXPECT_EQ(json::parse(response.body)["schema"], "pgcm.error/1");
    }
    EXPECT_EQ(ask(std::string_view("/status\0", 8), &snapshot).status, 400);
}

TEST(Router, odd_names_stay_valid_json) {
    Published snapshot = sample();
    snapshot.cluster = "a \"quoted\" \\ cluster \xC3\xA4 and a lone \xFF";
    snapshot.local = test::name("p\"1\\");
    const json body = json::parse(ask("/health", &snapshot).body);
    EXPECT_EQ(body["node"], "p\"1\\");
    EXPECT_EQ(body["cluster"], "a \"quoted\" \\ cluster \xC3\xA4 and a lone \xEF\xBF\xBD");
}

TEST(Board, gives_the_latest_and_leaves_what_was_given) {
    Board board;
    EXPECT_EQ(board.read(), nullptr);
    board.publish(sample());
    const auto first = board.read();
    Published next = sample();
    next.verdict = Verdict::no_primary;
    board.publish(std::move(next));
    EXPECT_EQ(first->verdict, Verdict::healthy);
    EXPECT_EQ(board.read()->verdict, Verdict::no_primary);
}

}  // namespace
}  // namespace pgcm::serve
