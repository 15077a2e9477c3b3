#pragma once
// What an operation on a node did, step by step.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
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

// How far a step has come that copies.
struct Copied {
    std::uint64_t done_bytes = 0, total_bytes = 0;
    milliseconds took{0};  // since the first byte was told of
    WallTime at;           // when this was told
    bool operator==(const Copied&) const = default;
};

// The long operation that is under way on this node, or was when somebody was killed: what <state_dir>/operation.json
// says, which is written before each step.
struct OperationFile {
    std::string operation;  // "promote", "rejoin", "switchover"
    std::string from;       // the node that it works on
    std::string to;         // the other node's name; may be empty
    std::string step;       // the step that was about to begin, as in Step::name
    std::string method;     // of a rejoin: as it was asked for
    WallTime started;       // of the first attempt
    int attempts = 1;
    std::string why;  // for people
    // Of this step. Not from this file but from progress.json beside it, for whoever looks from outside; an agent's own
    // view has none.
    std::optional<Copied> copied{};
    bool operator==(const OperationFile&) const = default;
};

// As OperationFile::step of a rejoin that ended by a failure; `why` says which. It is kept, so that attempts are
// counted beyond the life of an agent, until one goes well or a person begins anew.
inline constexpr const char* failed_step = "failed";

// Whether all that is left of a rejoin is to see that the node streams: its data directory is whole, and was started.
inline bool only_proof_is_left(const OperationFile& file) {
    constexpr std::string_view last_steps[] = {"start", "prove_streaming", "drop_old", "drop_slots"};
    return file.operation == "rejoin" &&
           std::find(std::begin(last_steps), std::end(last_steps), file.step) != std::end(last_steps);
}
// Whether what is in its data directory is about to be replaced, or is half-made.
inline bool is_being_rebuilt(const OperationFile& file) {
    return file.operation == "rejoin" && !only_proof_is_left(file);
}

struct OperationReport {
    std::string operation;  // "promote", "follow", ...
    bool dry_run = false;
    std::vector<Step> steps;
    std::optional<milliseconds> outage{};  // of a switchover: from the last moment at which the old primary took writes
};

}  // namespace pgcm
