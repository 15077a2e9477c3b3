#include "report/history.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "report/screen.hpp"
#include "samples.hpp"

using namespace pgcm;
using namespace pgcm::report;
using samples::name;

namespace {

constexpr Style plain{};

WallTime at(int ms) {
    return WallTime{std::chrono::microseconds{1714567890123000}} + std::chrono::milliseconds{ms};
}

Deed deed(int ms, std::string action, std::string step, DeedState state, std::string text) {
    return {at(ms), name("p2"), std::move(action), std::move(step), state, 203ms, std::move(text), {}};
}

History failover() {
    History history;
    history.cluster = "orders";
    history.node = name("p2");
    history.decisions = 43;
    Chapter lost{41, at(0), "changed", {{name("p1"), Reach::refused, Role::unknown, {}, "no\tserver"}},
                 {}, {},    {},        true};
    lost.raised = {{AlertCode::no_primary, Severity::critical, {}, {}}};
    lost.decision.reasons = {{Rule::failover_after_running, {}, {{"left_ms", std::int64_t{1000}}}}};
    Chapter decided{42, at(1010), "timer", {}, {}, {}, {}, true};
    decided.decision.actions = {{ActionKind::promote, name("p2"), ""}};
    decided.decision.reasons = {{Rule::best_standby, name("p2"), {{"timeline", "3"}, {"lsn", "0/5000"}}}};
    auto figures = decided;
    figures.number = 43;
    figures.changed = false;
    Chapter over{44, at(1300), "changed", {{name("p2"), Reach::accepting, Role::primary, Timeline{4}, ""}},
                 {}, {},       {},        true};
    over.over = lost.raised;
    over.decision.reasons = {{Rule::primary_healthy, name("p2"), {}}};
    auto by_hand = deed(1500, "follow", "", DeedState::failed, "no\nway");
    by_hand.user = "root";
    history.entries = {lost,
                       Damage{7, "it is cut short"},
                       decided,
                       figures,
                       deed(1011, "promote", "", DeedState::begins, "promote p2 to primary"),
                       deed(1100, "", "wait", DeedState::done, "wait until it is out of recovery"),
                       deed(1214, "promote", "", DeedState::done, "done: promote, wait"),
                       over,
                       by_hand,
                       Forced{at(86400000), name("p2"), "root", "a drill", {"no reason (rule)"}}};
    history.begins = at(0);
    history.ends = at(86400000);
    history.incidents = {{name("p1"), name("p2"), at(-120), at(0), at(1010), "promote", at(1214), at(1300)}};
    return history;
}

TEST(HistoryReport, reads_like_a_report) {
    golden::expect("history.txt", history_text(failover(), plain));
    golden::expect("history-narrow.txt", history_text(failover(), {true, 70}));
    golden::expect("history.json", history_json(failover(), Layout::indented));
    EXPECT_EQ(history_json(failover(), Layout::line).find('\n'), std::string::npos);
}

TEST(HistoryReport, phases_are_those_that_the_journal_shows) {
    auto incident = failover().incidents[0];
    const auto told = [&] {
        std::string names;
        for (const auto& phase : phases(incident)) names += phase.name + " " + std::to_string(phase.took.count()) + ";";
        return names;
    };
    EXPECT_EQ(told(), "detection 120;election 1010;promotion 204;first write 86;");
    incident.action = "start";
    incident.last_heard.reset();
    EXPECT_EQ(told(), "election 1010;start 204;first write 86;");
    incident.done.reset();
    EXPECT_EQ(told(), "election 1010;first write 290;");
    incident.decided.reset();
    EXPECT_EQ(told(), "");
}

TEST(HistoryReport, of_nothing_says_so) {
    EXPECT_EQ(history_text({}, plain), "an empty journal\n\nnothing to tell of that time\n");
    EXPECT_EQ(nlohmann::json::parse(history_json({}, Layout::line))["decisions"], 0);
}

Screen screen() {
    Screen screen;
    screen.view = samples::healthy();
    screen.view.taken_at = at(1200);
    screen.verdict = Verdict::healthy;
    screen.history = failover();
    return screen;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines(1);
    for (const char c : text)
        if (c == '\n')
            lines.emplace_back();
        else
            lines.back() += c;
    return lines;
}

std::size_t row_of(const std::vector<std::string>& lines, const std::string& node) {
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (lines[i].find(node + " ") == 2) return i;
    return lines.size();
}

TEST(ScreenReport, has_all_that_is_known) {
    golden::expect("screen.txt", screen_text(screen(), {}, {false, 100}, 34));
    golden::expect("screen-color.txt", screen_text(screen(), {}, {true, 100}, 34));
}

TEST(ScreenReport, fits_into_any_terminal) {
    for (int rows = 1; rows < 60; ++rows) {
        const auto lines = lines_of(screen_text(screen(), {}, {false, 60}, rows));
        EXPECT_EQ(lines.size(), static_cast<std::size_t>(std::max(rows, 2)));
        EXPECT_NE(lines.back().find("q quit"), std::string::npos);
    }
}

TEST(ScreenReport, sorts_the_nodes) {
    auto sorted = screen();
    const auto order = [&] {
        const auto lines = lines_of(screen_text(sorted, {}, {false, 100}, 40));
        std::vector<std::pair<std::size_t, std::string>> rows;
        for (const std::string node : {"p1", "p2", "p3"}) rows.emplace_back(row_of(lines, node), node);
        std::sort(rows.begin(), rows.end());
        std::string names;
        for (const auto& [row, node] : rows) names += node;
        return names;
    };
    EXPECT_EQ(order(), "p1p2p3");
    sorted.sort = SortBy::name;
    sorted.reversed = true;
    EXPECT_EQ(order(), "p3p2p1");
    sorted.sort = SortBy::lag;
    sorted.reversed = false;
    EXPECT_EQ(order().substr(0, 2), "p3");
    sorted.sort = SortBy::role;
    EXPECT_EQ(order().substr(0, 2), "p1");
}

TEST(ScreenReport, shows_the_operation_that_runs) {
    auto busy = screen();
    busy.history.entries.resize(6);  // it has not ended yet
    const auto text = screen_text(busy, {}, {false, 100}, 40);
    EXPECT_NE(text.find("running   promote, for 189 ms now\n  done      wait until it is out of recovery"),
              std::string::npos)
        << text;
    EXPECT_EQ(screen_text(screen(), {}, {false, 100}, 40).find("OPERATION"), std::string::npos);
}

TEST(HistoryReport, begins_with_the_outages) {
    auto history = failover();
    const auto one = history.incidents.at(0);
    history.incidents.assign(12, one);
    history.ongoing = one;
    history.ongoing->over.reset();
    const auto text = history_text(history, plain);
    const auto count = [&](const std::string& what) {
        std::size_t found = 0;
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
        return found;
    };
    EXPECT_EQ(count("\n  outage    "), 11U);
    EXPECT_EQ(count("\n            2 before these\n"), 1U);
    EXPECT_EQ(count("  without a primary since then, before it p1\n"), 1U) << text;
    EXPECT_EQ(nlohmann::json::parse(history_json(history, Layout::line))["ongoing"]["before"], "p1");
}

TEST(HistoryReport, tells_when_there_was_an_agent) {
    auto history = failover();
    history.entries.clear();
    history.entries.emplace_back(
        Deed{at(0), name("p2"), std::string(agent_deed), {}, DeedState::done, 0ms, "begins", {}});
    EXPECT_NE(history_text(history, plain).find("agent       begins\n"), std::string::npos);
}

TEST(ScreenReport, shows_how_far_a_copy_has_come) {
    auto busy = screen();
    busy.history.entries.clear();
    const auto now = busy.view.taken_at;
    busy.view.operation = OperationFile{"rejoin", "p2", "p1", "pg_basebackup", "auto", now - 12s, 2, "it was primary"};
    busy.view.operation->copied = Copied{1ULL << 29, 1ULL << 31, 10s, now - 1s};
    std::string text = screen_text(busy, {}, {false, 80}, 14);
    busy.view.operation->copied->at = now - 35s;  // it hangs, or was killed
    text += "\n" + screen_text(busy, {}, {true, 120}, 14);
    busy.view.operation->copied = Copied{5, 0, 0s, now};
    text += "\n" + screen_text(busy, {}, {false, 0}, 14);
    busy.view.operation->copied.reset();
    busy.view.operation->step = failed_step;
    golden::expect("screen-operation.txt", text + "\n" + screen_text(busy, {}, {true, 80}, 14) + "\n");
}

TEST(ScreenReport, tells_why_there_is_no_agent) {
    auto alone = screen();
    alone.without_agent = "the journal cannot be read";
    EXPECT_NE(screen_text(alone, {}, {false, 100}, 40).find("the journal cannot be read"), std::string::npos);
}

}  // namespace
