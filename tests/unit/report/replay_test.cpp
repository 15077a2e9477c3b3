#include "report/replay.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "samples.hpp"

using namespace pgcm;
using namespace pgcm::report;
using samples::name;

namespace {

constexpr Style plain{};
constexpr Style color{true, 0};

Replayed turn(std::chrono::milliseconds later, std::string event, Decision recorded, Decision again) {
    return {samples::now + later, WallTime{std::chrono::microseconds{1714567890123456} + later}, std::move(event),
            std::move(recorded), std::move(again)};
}

Decision healthy() {
    Decision decision;
    decision.reasons = {{Rule::primary_healthy, name("p1"), {}}};
    return decision;
}

// The second turn is decided otherwise now.
std::vector<Replayed> three() {
    auto other = samples::decision();
    other.actions.insert(other.actions.begin(), {ActionKind::set_retry_interval, name("p2"), ""});
    return {turn(0ms, "look", healthy(), healthy()), turn(1s, "look", samples::decision(), other),
            turn(1400ms, "crash", samples::decision(), samples::decision())};
}

TEST(Replay, AJournal) {
    golden::expect("replay.txt", replay_table(three(), plain));
    golden::expect("replay-80-color.txt", replay_table(three(), {true, 80}));
    golden::expect("replay.json", replay_json(three(), Layout::indented));
}

TEST(Replay, AnEmptyJournal) {
    golden::expect("replay-empty.txt", replay_table({}, plain));
    golden::expect("replay-empty.json", replay_json({}, Layout::indented));
}

TEST(Replay, ReasonsAreComparedAsActionsAre) {
    auto other = healthy();
    other.reasons.front().node = name("p2");
    const auto document = nlohmann::json::parse(replay_json({turn(0ms, "look", healthy(), other)}, Layout::line));
    EXPECT_EQ(document["same"], 0);
    EXPECT_EQ(document["differing"].size(), 1U);
    const auto table = replay_table({turn(0ms, "look", healthy(), other)}, color);
    EXPECT_NE(table.find("\x1b[31m"), std::string::npos);
    EXPECT_NE(table.find("\n1 turn decided again, 0 the same\n"), std::string::npos);
}

}  // namespace
