#include "report/operation.hpp"

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

Step step(std::string of_name, std::string what, StepState state, milliseconds took = 0ms, std::string detail = {}) {
    return {std::move(of_name), std::move(what), state, took, std::move(detail), {}, {}};
}

OperationReport rejoined() {
    auto copy = step("pg_basebackup", "clone the primary p1 into /var/lib/postgresql/15/main.pgcm-new", StepState::done,
                     83s + 417ms, "5242880 kB");
    copy.done_bytes = copy.total_bytes = 5ULL << 30;
    return {
        "rejoin",
        false,
        {step("slot", "have the slot pgcm_p2 on the primary p1", StepState::done, 4ms, "made"),
         step("pg_rewind", "by pg_rewind", StepState::skipped, 0ms, "it needs wal_log_hints = on or data checksums"),
         step("stop", "stop the local server", StepState::done, 1s + 250ms), std::move(copy),
         step("drop_old", "remove old data directories", StepState::failed, 12ms,
              "could not remove\n/var/lib/postgresql/15/main.pgcm-old: \x1b[31mbusy\x1b[0m, bad \xff byte")}};
}

OperationReport planned() {
    return {"promote",
            true,
            {step("promote", "promote the local server", StepState::planned),
             step("checkpoint", "write a checkpoint", StepState::planned)}};
}

const Reasons overridden{
    {Rule::better_standby,
     name("p3"),
     {{"timeline", "3"}, {"lsn", "16/B3740000"}, {"best", "p2"}, {"best_timeline", "3"}, {"best_lsn", "16/B374D848"}}}};

TEST(Operation, WhatWasDone) {
    golden::expect("operation.txt", operation_text("rejoin p2", rejoined(), {}, plain));
    golden::expect("operation-color.txt", operation_text("rejoin p2", rejoined(), {}, color));
    golden::expect("operation.json", operation_json("rejoin p2", rejoined(), {}, Layout::indented));
}

TEST(Operation, WhatWouldBeDone) {
    golden::expect("operation-dry-run.txt", operation_text("promote p3", planned(), overridden, plain));
    golden::expect("operation-dry-run.json", operation_json("promote p3", planned(), overridden, Layout::indented));
}

TEST(Operation, NothingLeftToDo) {
    golden::expect("operation-nothing.txt", operation_text("set synchronous_standby_names", {"sync-standby", false, {}},
                                                           {{Rule::sync_right, name("p1"), {{"names", "*"}}}}, plain));
}

TEST(Operation, AStepAsItGoes) {
    auto running = step("pg_rewind", "rewind it to where the histories part", StepState::running);
    std::string text = step_text(running, plain) + "\n";
    std::string json = step_json(running) + "\n";
    running.done_bytes = 1'258'291;
    text += step_text(running, plain) + "\n";
    json += step_json(running) + "\n";
    running.total_bytes = 2ULL << 20;
    text += step_text(running, color) + "\n";
    json += step_json(running) + "\n";
    running.total_bytes = 0;  // nothing to copy is no hundred percent of it
    text += step_text(running, plain) + "\n";
    for (const auto& done : rejoined().steps) {
        text += step_text(done, plain) + "\n";
        json += step_json(done) + "\n";
    }
    golden::expect("steps.txt", text);
    golden::expect("steps.ndjson", json);
}

TEST(Operation, AStepIsOneLineAndNothingInItReachesTheTerminalRaw) {
    for (const auto& done : rejoined().steps) {
        EXPECT_EQ(step_json(done).find('\n'), std::string::npos);
        EXPECT_EQ(nlohmann::json::parse(step_json(done))["name"], done.name);
        for (const char c : step_text(done, plain)) ASSERT_GE(static_cast<unsigned char>(c), 0x20) << done.name;
    }
    EXPECT_EQ(operation_json("a\nb", rejoined(), overridden, Layout::line).find('\n'), std::string::npos);
}

}  // namespace
