#include "view/history.hpp"

#include <gtest/gtest.h>

#include "document_samples.hpp"
#include "view/document.hpp"

using namespace pgcm;
using namespace pgcm::view;

namespace {

WallTime at(int ms) {
    return WallTime{std::chrono::sys_days{std::chrono::year{2026} / 11 / 26}} + std::chrono::milliseconds{ms};
}

// Node b looks at a, which is primary or does not answer, and at itself.
Record record(int ms, Reach reach_of_a, Role role_of_b = Role::standby) {
    Record record;
    record.view.cluster = "c";
    record.view.local = name("b");
    record.view.at = base;
    record.view.taken_at = at(ms);
    record.view.nodes.resize(2);
    record.view.nodes[0].node = name("a");
    record.view.nodes[0].reach = reach_of_a;
    record.view.nodes[0].role = reach_of_a == Reach::accepting ? Role::primary : Role::unknown;
    record.view.nodes[0].last_contact = base - 70ms;
    record.view.nodes[1].node = name("b");
    record.view.nodes[1].reach = Reach::accepting;
    record.view.nodes[1].role = role_of_b;
    record.policy.cluster = "c";
    record.policy.nodes = {{name("a"), 100, false, {}}, {name("b"), 100, false, {}}};
    record.decision.reasons = {{Rule::no_primary, {}, {{"since_ms", std::int64_t{ms}}}}};
    return record;
}

Record promoting(int ms) {
    auto decided = record(ms, Reach::refused);
    decided.decision.actions = {{ActionKind::promote, name("b"), ""}};
    return decided;
}

const Chapter& chapter(const HistoryReader& reader, std::size_t index) {
    return std::get<Chapter>(reader.history().entries.at(index));
}

TEST(History, tells_an_incident_with_its_phases) {
    HistoryReader reader;
    reader.take(write_record(record(1000, Reach::accepting)));
    reader.take(write_record(record(2000, Reach::refused)));
    reader.take(write_record(promoting(3000)));
    reader.take(write_deed({at(3010), name("b"), "promote", {}, DeedState::begins, 0ms, {}, {}}));
    reader.take(write_deed({at(3100), name("b"), {}, "wait", DeedState::done, 80ms, {}, {}}));
    reader.take(write_deed({at(3200), name("b"), "promote", {}, DeedState::done, 190ms, {}, {}}));
    reader.take(write_record(record(3300, Reach::refused, Role::primary)));
    const auto& history = reader.history();
    EXPECT_EQ(history.cluster, "c");
    EXPECT_EQ(history.node, name("b"));
    EXPECT_EQ(history.decisions, 4U);
    ASSERT_EQ(history.entries.size(), 7U);
    ASSERT_EQ(history.incidents.size(), 1U);
    const auto& incident = history.incidents[0];
    EXPECT_EQ(incident.before, name("a"));
    EXPECT_EQ(incident.after, name("b"));
    EXPECT_EQ(incident.last_heard, at(1930));
    EXPECT_EQ(incident.detected, at(2000));
    EXPECT_EQ(incident.decided, at(3000));
    EXPECT_EQ(incident.action, "promote");
    EXPECT_EQ(incident.done, at(3100));
    EXPECT_EQ(incident.over, at(3300));
}

TEST(History, tells_what_came_to_look_otherwise_and_what_changed) {
    HistoryReader reader;
    reader.take(write_record(record(1000, Reach::accepting)));
    reader.take(write_record(record(2000, Reach::refused)));
    reader.take(write_record(record(3000, Reach::refused)));
    EXPECT_EQ(chapter(reader, 0).seen.size(), 2U);
    ASSERT_EQ(chapter(reader, 1).seen.size(), 1U);
    EXPECT_EQ(chapter(reader, 1).seen[0].node, name("a"));
    ASSERT_FALSE(chapter(reader, 1).raised.empty());
    EXPECT_EQ(chapter(reader, 1).raised[0].code, AlertCode::no_primary);
    EXPECT_TRUE(chapter(reader, 2).seen.empty());
    EXPECT_FALSE(chapter(reader, 2).changed);  // only a figure is another
    reader.take(write_record(promoting(4000)));
    EXPECT_TRUE(chapter(reader, 3).changed);
    reader.take(write_record(record(5000, Reach::accepting)));
    EXPECT_FALSE(chapter(reader, 4).over.empty());
}

TEST(History, leaves_out_what_was_before_and_keeps_the_numbers) {
    HistoryReader reader(at(2000), 1);
    reader.take(write_record(record(1000, Reach::accepting)));
    reader.take(write_record(record(2000, Reach::refused)));
    ASSERT_EQ(reader.history().entries.size(), 1U);
    EXPECT_EQ(chapter(reader, 0).number, 2U);
    EXPECT_EQ(chapter(reader, 0).seen.size(), 1U);  // against what was left out
    ASSERT_TRUE(reader.wanted());
    EXPECT_EQ(reader.wanted()->view.taken_at, at(1000));
}

TEST(History, tells_damage_and_goes_on) {
    HistoryReader reader;
    reader.take("");
    reader.take("{\"schema\":\"pgcm.bundle/1\"}");
    reader.take("\x01\x02");
    reader.take("{\"schema\":\"pgcm.done/1\",\"time\":3}");
    reader.take(write_record(record(1000, Reach::accepting)));
    const auto whole = write_record(record(2000, Reach::accepting));
    reader.take(whole.substr(0, whole.size() / 2), false);
    const auto& entries = reader.history().entries;
    ASSERT_EQ(entries.size(), 4U);
    EXPECT_EQ(std::get<Damage>(entries[0]).line, 3U);
    EXPECT_EQ(std::get<Damage>(entries[1]).line, 4U);
    EXPECT_EQ(std::get<Damage>(entries[3]).line, 6U);
    EXPECT_NE(std::get<Damage>(entries[3]).what.find("cut short"), std::string::npos);
    EXPECT_EQ(reader.history().decisions, 1U);
}

TEST(History, deeds_and_force_come_back_whole) {
    const Deed deed{at(5), name("b"), "rejoin", "pg_rewind", DeedState::interrupted, 17ms, "é \"x\"", "me"};
    EXPECT_EQ(read_deed(write_deed(deed)).value(), deed);
    const Forced forced{at(5), name("b"), "me", "", {"a (rule)", "b"}};
    EXPECT_EQ(read_forced(write_forced(forced)).value(), forced);
    EXPECT_EQ(schema_of(write_deed(deed)), deed_schema);
    EXPECT_EQ(schema_of("x"), "");
    EXPECT_FALSE(read_deed(write_forced(forced)));
}

}  // namespace
