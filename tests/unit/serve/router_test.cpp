#include "serve/router.hpp"

#include <nlohmann/json.hpp>

#include "fixtures.hpp"

namespace pgcm::serve {
namespace {

using nlohmann::json;
using test::published;
using test::sample;

constexpr BootTime seen_at{100s};
constexpr BootTime soon{102s};
constexpr BootTime late{103s};  // valid_for is 3 s: at 103 s it no longer holds

Response ask(std::string_view target, const Published* snapshot, BootTime now = soon, std::string_view method = "GET",
             std::string_view accept = "*/*") {
    const Known known{snapshot, now, nullptr, {}, {}};
    return answer({method, target, accept, {}, Door::loopback}, known);
}

std::string field(const Response& response, std::string_view wanted) {
    for (const auto& [name, value] : response.headers)
        if (name == wanted) return value;
    return {};
}

TEST(Router, gives_the_documents_as_they_are_while_fresh) {
    const Published snapshot = published();
    const std::pair<std::string_view, std::string> expected[] = {{"/status", snapshot.status_json()},
                                                                 {"/view", snapshot.view_json()},
                                                                 {"/decision", snapshot.decision_json()},
                                                                 {"/alerts", snapshot.alerts_json()}};
    for (const auto& [path, body] : expected) {
        const Response response = ask(path, &snapshot);
        EXPECT_EQ(response.status, 200) << path;
        EXPECT_EQ(response.content_type, "application/json") << path;
        EXPECT_EQ(response.body, body) << path;
    }
}

TEST(Router, renders_a_document_once_and_only_when_it_is_asked_for) {
    const test::PlainWords words;
    const Published snapshot(sample(), words);
    EXPECT_EQ(ask("/primary", &snapshot).status, 200);
    EXPECT_EQ(ask("/heartbeat", &snapshot).status, 200);
    EXPECT_EQ(words.rendered, 0);
    EXPECT_EQ(ask("/alerts", &snapshot).body, ask("/alerts", &snapshot).body);
    EXPECT_EQ(words.rendered, 1);
    EXPECT_EQ(ask("/status", &snapshot).status, 200);
    EXPECT_EQ(words.rendered, 3);  // it contains the view
    EXPECT_EQ(ask("/view", &snapshot).status, 200);
    EXPECT_EQ(words.rendered, 3);
}

TEST(Router, marks_outdated_documents_and_refuses_to_vouch_for_them) {
    const Published snapshot = published();
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
    for (const auto& [text, marked] : {std::pair<std::string, std::string>{"{ }\n", R"({"stale":true,"age_ms":3000})"},
                                       {"{\n  \"a\": {}\n}\n", R"({"a":{},"stale":true,"age_ms":3000})"}}) {
        Seen seen = sample();
        seen.view.cluster = text;
        const Published snapshot = published(seen);
        EXPECT_EQ(json::parse(ask("/status", &snapshot, late).body), json::parse(marked));
    }
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
    Seen seen = sample();
    seen.view.cluster = "";  // what PlainWords makes an empty document of
    const Published snapshot = published(seen);
    EXPECT_EQ(ask("/status", &snapshot).status, 404);
    EXPECT_EQ(ask("/status", &snapshot, late).status, 404);
}

TEST(Router, heartbeat_follows_the_age_of_the_last_turn) {
    const Published snapshot = published();
    const Response alive = ask("/heartbeat", &snapshot);
    EXPECT_EQ(alive.status, 200);
    EXPECT_EQ(alive.body, "{\"schema\":\"pgcm.heartbeat/1\",\"alive\":true,\"age_ms\":2000}\n");
    const Response dead = ask("/heartbeat", &snapshot, late);
    EXPECT_EQ(dead.status, 503);
    EXPECT_EQ(dead.body, "{\"schema\":\"pgcm.heartbeat/1\",\"alive\":false,\"age_ms\":3000}\n");
    // A snapshot published just after the clock was read is new, not from the future.
    EXPECT_EQ(json::parse(ask("/heartbeat", &snapshot, seen_at - 1s).body)["age_ms"], 0);
}

TEST(Router, health_is_that_of_the_local_server) {
    const Published snapshot = published();
    const Response healthy = ask("/health", &snapshot);
    EXPECT_EQ(healthy.status, 200);
    EXPECT_EQ(healthy.body,
              "{\"schema\":\"pgcm.health/1\",\"healthy\":true,\"state\":\"running\",\"cluster\":\"main\","
              "\"node\":\"p1\",\"role\":\"primary\",\"verdict\":\"healthy\",\"age_ms\":2000}\n");
    Seen seen = test::standby_sample();
    seen.verdict = Verdict::no_primary;
    const Published standby = published(seen);
    EXPECT_EQ(ask("/health", &standby).status, 200);
    seen.view.nodes[1].reach = Reach::refused;
    seen.verdict = Verdict::healthy;
    const Published down = published(seen);
    EXPECT_EQ(ask("/health", &down).status, 503);
    EXPECT_EQ(json::parse(ask("/health", &down).body)["role"], "unknown");
}

TEST(Router, a_host_without_a_node_has_no_health_but_knows_the_cluster) {
    Seen seen = sample();
    seen.view.local.reset();
    const Published snapshot = published(seen);
    for (const auto* const path :
         {"/", "/primary", "/replica", "/read-only", "/sync", "/async", "/health", "/readiness"})
        EXPECT_EQ(ask(path, &snapshot).status, 503) << path;
    for (const auto* const path : {"/liveness", "/heartbeat", "/cluster", "/status", "/history"})
        EXPECT_EQ(ask(path, &snapshot).status, 200) << path;
    EXPECT_EQ(json::parse(ask("/health", &snapshot).body)["node"], nullptr);
}

TEST(Router, an_old_role_is_never_told) {
    const Published snapshot = published();
    const Response response = ask("/health", &snapshot, late);
    EXPECT_EQ(response.status, 503);
    const json body = json::parse(response.body);
    EXPECT_EQ(body["healthy"], false);
    EXPECT_EQ(body["role"], nullptr);
    EXPECT_EQ(body["verdict"], nullptr);
    EXPECT_EQ(body["age_ms"], 3000);
}

TEST(Router, root_is_the_primary_check_for_machines) {
    const Published primary = published();
    const Published standby = published(test::standby_sample());
    EXPECT_EQ(ask("/", &primary).status, 200);
    EXPECT_EQ(ask("/", &standby).status, 503);
    EXPECT_EQ(ask("/", nullptr).status, 503);
    EXPECT_EQ(field(ask("/", &primary), "Vary"), "Accept");
    EXPECT_EQ(json::parse(ask("/", &primary).body)["role"], "master");
}

TEST(Router, root_is_the_page_for_who_accepts_html) {
    const Published snapshot = published();
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
    const Published snapshot = published();
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
    const Published snapshot = published();
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
    const Published snapshot = published();
    for (const auto* const path : {"/status/", "//status", "/Status", "/statu", "/status/x", "/%73tatus", "/status%00",
                                   "/../status", "/status;x"})
        EXPECT_EQ(ask(path, &snapshot).status, 404) << path;
    EXPECT_EQ(json::parse(ask("/nowhere", &snapshot).body)["schema"], "pgcm.error/1");
}

TEST(Router, a_query_is_let_pass) {
    const Published snapshot = published();
    for (const auto* const target : {"/status?", "/status?lag=10MB&x", "/status?a?b/c", "/status?q=%41",
                                     "http://host:9889/status?x", "HTTPS://[::1]/status"})
        EXPECT_EQ(ask(target, &snapshot).body, snapshot.status_json()) << target;
    EXPECT_EQ(json::parse(ask("http://host", &snapshot).body)["role"], "master");
    EXPECT_EQ(json::parse(ask("http://host?x", &snapshot).body)["role"], "master");
}

TEST(Router, malformed_targets_are_refused) {
    const Published snapshot = published();
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
    Seen seen = sample();
    seen.view.cluster = "a \"quoted\" \\ cluster \xC3\xA4 and a lone \xFF";
    seen.view.local = seen.view.nodes[0].node = test::name("p\"1\\");
    const Published snapshot = published(seen);
    const json body = json::parse(ask("/health", &snapshot).body);
    EXPECT_EQ(body["node"], "p\"1\\");
    EXPECT_EQ(body["cluster"], "a \"quoted\" \\ cluster \xC3\xA4 and a lone \xEF\xBF\xBD");
}

TEST(Router, beyond_the_loopback_only_health_checks_are_for_everybody) {
    const Published snapshot = published();
    const Recent recent;
    const auto at = [&](std::string_view path, Door door, std::string_view token, std::string_view shown = {},
                        std::string_view accept = {}) {
        const Known known{&snapshot, soon, &recent, token, {}};
        return answer({"GET", path, accept, shown, door}, known);
    };
    for (const auto* const path : {"/", "/primary", "/replica", "/health", "/liveness", "/readiness", "/heartbeat"})
        for (const Door door : {Door::open, Door::loopback, Door::elsewhere})
            for (const auto* const token : {"", "secret"}) {
                const int status = at(path, door, token).status;
                EXPECT_TRUE(status == 200 || (status == 503 && std::string_view(path) == "/replica")) << path << status;
            }
    for (const auto* const path : {"/status", "/view", "/decision", "/alerts", "/patroni", "/cluster", "/history",
                                   "/recent", "/events", "/metrics"}) {
        EXPECT_EQ(at(path, Door::elsewhere, "").status, 403) << path;
        EXPECT_EQ(at(path, Door::loopback, "").status, 200) << path;
        EXPECT_EQ(at(path, Door::open, "secret").status, 200) << path;
        for (const Door door : {Door::loopback, Door::elsewhere}) {
            EXPECT_EQ(at(path, door, "secret").status, 401) << path;
            EXPECT_EQ(at(path, door, "secret", "Bearer secre").status, 401) << path;
            EXPECT_EQ(at(path, door, "secret", "Bearer secret").status, 200) << path;
            EXPECT_EQ(at(path, door, "secret", "Basic bWU6c2VjcmV0").status, 200) << path;  // me:secret
        }
    }
    EXPECT_EQ(at("/", Door::elsewhere, "secret", "", "text/html").status, 401);
    EXPECT_EQ(at("/", Door::elsewhere, "secret", "bearer secret", "text/html").status, 200);
    EXPECT_EQ(field(at("/status", Door::elsewhere, "secret"), "WWW-Authenticate"),
              "Basic realm=\"pgcm\", charset=\"UTF-8\"");
    EXPECT_EQ(at("/page/style.css", Door::elsewhere, "secret").status, 200);
}

TEST(Router, tells_metrics_of_the_moment) {
    const Published snapshot = published();
    EXPECT_EQ(ask("/metrics", &snapshot).body, "fresh 1\nleads 1\n");
    EXPECT_EQ(ask("/metrics", &snapshot, late).body, "fresh 0\nleads 0\n");
    EXPECT_EQ(ask("/metrics", nullptr).status, 503);
}

TEST(Access, takes_the_token_in_either_form_and_nothing_else) {
    for (const auto* const wrong : {"", "secret", "Bearer", "Bearer ", "Bearer secretx", "Bearer Secret",
                                    "Basic secret", "Basic c2VjcmV0", "Basic !!!!", "Digest secret", "Bearersecret"})
        EXPECT_EQ(judge({Door::elsewhere, wrong, {}}, "secret"), Access::wants_token) << wrong;
    for (const auto* const right : {"Bearer secret", "BEARER  secret", "basic OnNlY3JldA==", "Basic OnNlY3JldA"})
        EXPECT_EQ(judge({Door::elsewhere, right, {}}, "secret"), Access::granted) << right;
    EXPECT_TRUE(same_secret("a", "a"));
    EXPECT_FALSE(same_secret("a", ""));
}

TEST(Access, a_name_of_a_foreign_site_is_not_this_host) {
    const std::vector<std::string> names{"p1", "p1.example.org"};
    for (const auto* const own : {"", "localhost", "LOCALHOST:9889", "localhost.", "127.0.0.1", "127.0.0.1:9889",
                                  "192.0.2.7:80", "[::1]:9889", "[::1]", "p1", "P1:9889", "p1.example.org:9889"})
        EXPECT_TRUE(names_this_host(own, names)) << own;
    for (const auto* const foreign :
         {"evil.example", "evil.example:9889", "127.0.0.1.evil.example", "localhost.evil", "p1.evil.example", "p2",
          "[evil]:80", "[", "[]", ":9889", ".", "127.1", "2130706433", "::1", "1.2.3", "a b"})
        EXPECT_FALSE(names_this_host(foreign, names)) << foreign;
    EXPECT_FALSE(names_this_host("p1", {}));
}

TEST(Router, what_the_loopback_may_read_is_not_read_by_a_foreign_name) {
    const Published snapshot = published();
    const Recent recent;
    const std::vector<std::string> names{"p1"};
    const auto at = [&](std::string_view path, std::string_view host, Door door = Door::loopback,
                        std::string_view token = {}, std::string_view accept = {}) {
        Known known{&snapshot, soon, &recent, token, {}};
        known.names = names;
        return answer({"GET", path, accept, token.empty() ? "" : "Bearer secret", door, host}, known).status;
    };
    for (const auto* const path : {"/status", "/view", "/decision", "/alerts", "/patroni", "/cluster", "/history",
                                   "/recent", "/events", "/metrics"}) {
        EXPECT_EQ(at(path, "evil.example:9889"), 403) << path;
        for (const auto* const own : {"", "localhost:9889", "127.0.0.1", "[::1]:9889", "p1:9889"})
            EXPECT_EQ(at(path, own), 200) << path << " " << own;
        // Who shows the token, or comes through another door, has not been led here.
        EXPECT_EQ(at(path, "evil.example", Door::loopback, "secret"), 200) << path;
        EXPECT_EQ(at(path, "evil.example", Door::open), 200) << path;
    }
    EXPECT_EQ(at("/", "evil.example", Door::loopback, "", "text/html"), 403);
    EXPECT_EQ(at("/", "localhost", Door::loopback, "", "text/html"), 200);
    for (const auto* const path : {"/", "/primary", "/read-only", "/health", "/liveness", "/readiness", "/heartbeat"})
        EXPECT_EQ(at(path, "evil.example"), 200) << path;
}

TEST(Board, gives_the_latest_and_leaves_what_was_given) {
    Board board(test::plain_words());
    EXPECT_EQ(board.read(), nullptr);
    board.publish(sample());
    const auto first = board.read();
    Seen next = sample();
    next.verdict = Verdict::no_primary;
    board.publish(std::move(next));
    EXPECT_EQ(first->seen().verdict, Verdict::healthy);
    EXPECT_EQ(board.read()->seen().verdict, Verdict::no_primary);
}

TEST(Board, tells_its_reader_of_everything_and_keeps_little_without_one) {
    Board board(test::plain_words());
    int woken = 0;
    board.publish(sample());
    board.publish(sample());
    board.subscribe([&] { ++woken; });
    EXPECT_EQ(board.take_news().turns.size(), 1U);  // the present one
    for (int i = 0; i < 300; ++i) board.publish(sample());
    board.tell(Step{"stop", "stop the server", StepState::running, 0ms, "", {}, {}});
    EXPECT_EQ(woken, 301);
    const auto news = board.take_news();
    EXPECT_EQ(news.turns.size(), 256U);
    EXPECT_EQ(news.turns.back(), board.read());
    EXPECT_EQ(news.steps.size(), 1U);
    board.subscribe({});
    board.publish(sample());
    EXPECT_EQ(woken, 301);
    EXPECT_TRUE(board.take_news().turns.empty());
}

}  // namespace
}  // namespace pgcm::serve
