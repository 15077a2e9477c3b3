#pragma once
// What is wrong with a view, and how bad it is. Pure.
#include <cstdint>

#include "model/alert.hpp"
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/verdict.hpp"
#include "model/view.hpp"

namespace pgcm::view {

// From where on a figure is worth an alert.
struct Thresholds {
    std::uint64_t lag_bytes = 64ull << 20;
    std::uint64_t retained_bytes = 1ull << 30;  // by one slot
    std::uint64_t wal_bytes = 4ull << 30;       // pg_wal; max_wal_size is 1 GiB by default
    milliseconds clock_skew = 2s;
};

// In order of severity, then of the configuration.
Alerts assess(const View& view, const Policy& policy, const Thresholds& thresholds = {});

// Many primaries, no primary, else degraded when a warning or worse stands.
Verdict verdict(const View& view, const Alerts& alerts);

}  // namespace pgcm::view
