#include "serve/recent.hpp"

#include <nlohmann/json.hpp>

#include "fixtures.hpp"
#include "serve/feed.hpp"

namespace pgcm::serve {
namespace {

using nlohmann::json;

Seen at(std::chrono::seconds second) {
    Seen seen = test::sample();
    seen.turned_at = BootTime(second);
    seen.view.taken_at = WallTime(second);
    return seen;
}

std::vector<std::string> texts(const std::vector<Event>& events) {
    std::vector<std::string> out;
    for (const auto& event : events) out.push_back(event.kind + ": " + event.text);
    return out;
}

using Texts = std::vector<std::string>;

TEST(Recent, tells_a_failover_as_it_was_seen) {
    Recent recent;
    EXPECT_EQ(texts(recent.add(test::published(at(100s)))), (Texts{"primary: p1 is the primary", "verdict: healthy"}));
    EXPECT_TRUE(recent.add(test::published(at(101s))).empty());
    Seen lost = at(102s);
    lost.view.nodes[0].reach = Reach::silent;
    lost.verdict = Verdict::no_primary;
    lost.alerts = {{AlertCode::no_primary, Severity::critical, std::nullopt, {}}};
    EXPECT_EQ(texts(recent.add(test::published(lost))), (Texts{"verdict: no_primary", "alert: alert no_primary"}));
    Seen promoting = lost;
    promoting.turned_at = BootTime(104s);
    promoting.decision.actions = {{ActionKind::promote, std::nullopt, ""}};
    promoting.decision.reasons = {{Rule::primary_healthy, std::nullopt, {}}};
    const auto decided = recent.add(test::published(promoting));
    ASSERT_EQ(texts(decided), (Texts{"decision: action promote"}));
    EXPECT_EQ(decided[0].reasons, (Texts{"reason primary_healthy"}));
    Seen over = at(105s);
    over.view.nodes[0].reach = Reach::silent;
    over.view.nodes[1] = test::node("p2", Role::primary, 0x6000);
    EXPECT_EQ(texts(recent.add(test::published(over))),
              (Texts{"primary: p2 is the primary now, after p1; there was none for 3000 ms", "verdict: healthy",
                     "over: over: alert no_primary"}));
    EXPECT_EQ(recent.failovers(), 1U);
    EXPECT_EQ(recent.last_outage(), nanoseconds(3s));
}

TEST(Recent, keeps_an_hour_and_no_more) {
    Recent recent;
    for (int second = 0; second < 2 * 3600; ++second)
        (void)recent.add(test::published(at(std::chrono::seconds(second))));
    const json document = json::parse(recent.json());
    EXPECT_EQ(document["schema"], "pgcm.recent/1");
    EXPECT_EQ(document["samples"]["at"].size(), 720U);
    EXPECT_EQ(document["samples"]["at"][0], 3600);
    EXPECT_EQ(document["samples"]["nodes"]["p2"]["lag_bytes"][719], 256);
    EXPECT_EQ(document["samples"]["nodes"]["p1"]["lag_bytes"][0], nullptr);
    EXPECT_EQ(document["samples"]["nodes"]["p1"]["lsn_bytes"][0], 0x5000);
    for (int i = 0; i < 1000; ++i) {
        Seen seen = at(7200s);
        if (i % 2 == 0) seen.verdict = Verdict::degraded;
        (void)recent.add(test::published(seen));
    }
    EXPECT_EQ(json::parse(recent.json())["events"].size(), 400U);
}

TEST(Recent, forgets_curves_of_other_nodes) {
    Recent recent;
    (void)recent.add(test::published(at(100s)));
    Seen other = at(110s);
    other.view.nodes.push_back(test::node("p3", Role::standby, 0x10));
    (void)recent.add(test::published(other));
    EXPECT_EQ(json::parse(recent.json())["samples"]["at"].size(), 1U);
}

TEST(Recent, writes_times) {
    EXPECT_EQ(rfc3339(WallTime(1714567890123456us)), "2024-05-01T12:51:30.123Z");
}

TEST(Feed, tells_the_latest_turn_and_every_event) {
    Feed feed;
    auto place = feed.begin();
    EXPECT_TRUE(feed.since(place).empty());
    const auto turn = std::make_shared<const Published>(test::published());
    feed.add(turn, {Event{1, {}, "alert", "warning", "one", {}}});
    feed.add(turn, {Event{2, {}, "over", "notice", "two", {}}});
    feed.add(Step{"stop", "stop", StepState::running, 0ms, "", {}, {}}, test::plain_words());
    std::string all;
    for (const auto& piece : feed.since(place)) all += *piece;
    EXPECT_EQ(all.find("event: status\ndata: {\"schema\":\"pgcm.status/1\""), 0U);
    EXPECT_NE(all.find("event: decision\ndata: {\"schema\":\"pgcm.decision/1\"}\n\n"), std::string::npos);
    EXPECT_NE(all.find("\"text\":\"one\""), std::string::npos);
    EXPECT_NE(all.find("\"text\":\"two\""), std::string::npos);
    EXPECT_NE(all.find("event: operation\ndata: {\"step\":\"stop\"}"), std::string::npos);
    EXPECT_TRUE(feed.since(place).empty());
    auto late = feed.begin();
    EXPECT_EQ(feed.since(late).size(), 1U);  // the present turn, and nothing that is over
}

TEST(Feed, renders_for_listeners_only) {
    const test::PlainWords words;
    Feed feed;
    feed.add(std::make_shared<const Published>(test::sample(), words), {});
    EXPECT_EQ(words.rendered, 0);
    auto one = feed.begin(), two = feed.begin();
    EXPECT_EQ(feed.since(one), feed.since(two));
    EXPECT_EQ(words.rendered, 3);
}

}  // namespace
}  // namespace pgcm::serve
