#pragma once
// The exit codes; the table of CLI.md and pgcm(1).
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
