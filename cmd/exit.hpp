#pragma once
// The exit codes; the table of CLI.md and pgcm(1).
#include <array>
#include <string_view>

#include "model/error.hpp"
#include "model/verdict.hpp"

namespace pgcm::cmd {

enum Exit : int {
    done = 0,
    failed = 1,
    usage = 2,
    degraded = 3,
    no_primary = 4,  // or more than one
    refused = 5,
    busy = 6,
    interrupted = 130,
};

struct ExitMeaning {
    int code;
    std::string_view meaning;
};
// In pgcm-codes(7).
inline constexpr std::array exit_meanings{
    ExitMeaning{done, "what was asked for is done; status: the cluster is healthy"},
    ExitMeaning{failed, "it was tried and did not work, or a deadline passed"},
    ExitMeaning{usage, "the command line, the configuration or a file that was given is wrong; nothing was changed"},
    ExitMeaning{degraded, "status: the cluster works, but an alert stands"},
    ExitMeaning{no_primary, "status: there is no primary, or more than one"},
    ExitMeaning{refused, "a safety rule holds it back, which is named; nothing was changed"},
    ExitMeaning{busy, "another pgcm already works on this node"},
    ExitMeaning{interrupted, "SIGINT ended it; watch and serve end with 0 on it"},
};

constexpr int exit_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::failed:
        case ErrorCode::timeout: return failed;
        case ErrorCode::usage: return usage;
        case ErrorCode::refused: return refused;
        case ErrorCode::busy: return busy;
        case ErrorCode::interrupted: return interrupted;
    }
    return failed;
}

constexpr int exit_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::healthy: return done;
        case Verdict::degraded: return degraded;
        case Verdict::no_primary:
        case Verdict::many_primaries: return no_primary;
    }
    return failed;
}

}  // namespace pgcm::cmd
