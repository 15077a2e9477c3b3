#pragma once
// switchover, as a person calls it on any node's host: looks, asks the rules, writes the request on the primary, and
// watches what comes of it. The agents do the work.
#include "loop/by_hand.hpp"

namespace pgcm::loop {

struct SwitchoverOptions {
    std::optional<NodeName> to{};  // empty: the best standby
    milliseconds lasts{10'000};    // how long the request stands
    bool dry_run = false;
    std::function<void(const Step&)> progress{};
    std::function<Result<void>(const std::string& plan)> agree{};
};

// Blocks until the old primary streams from the new one. Error: refused, where rules speak against it, here or as the
// primary's agent sees it; failed or timeout, where it was begun and another is primary than was asked for.
Result<Answer> switch_over(config::Config config, const SwitchoverOptions& options);

}  // namespace pgcm::loop
