#pragma once
// What an operation on a node did, step by step.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/names.hpp"
#include "model/time.hpp"

namespace pgcm {

enum class StepState {
    planned,  // a dry run would do it
    running,
    done,
    skipped,  // not done, or failed without harm; `detail` says why
    failed,   // the operation ended here, or went on by another method
};
template <>
inline constexpr auto enum_names<StepState> = std::array{
    EnumName<StepState>{StepState::planned, "planned"}, EnumName<StepState>{StepState::running, "running"},
    EnumName<StepState>{StepState::done, "done"},       EnumName<StepState>{StepState::skipped, "skipped"},
    EnumName<StepState>{StepState::failed, "failed"},
};

struct Step {
    std::string name;  // one word, the same in every version: "stop", "pg_rewind", "prove_streaming"
    std::string what;  // for people: "stop the local server"
    StepState state = StepState::planned;
    milliseconds took{0};
    std::string detail;                                    // what came of it; never a secret
    std::optional<std::uint64_t> done_bytes, total_bytes;  // while a copy runs
    bool ok() const { return state != StepState::failed; }
};

struct OperationReport {
    std::string operation;  // "promote", "follow", ...
    bool dry_run = false;
    std::vector<Step> steps;
    std::optional<milliseconds> outage{};  // of a switchover: from the last moment at which the old primary took writes
};

}  // namespace pgcm
