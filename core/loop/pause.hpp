#pragma once
// pause and resume, as a person calls them on any node's host.
#include "loop/by_hand.hpp"

namespace pgcm::loop {

struct PauseRequest {
    bool ends = false;  // resume
    std::string why{};
    std::optional<milliseconds> lasts{};  // empty: until somebody resumes
    bool dry_run = false;
};

// Writes it on the primary, or takes it out there; what is so already is told, and fine. Without a primary a pause can
// only be ended on this host, for its own agent. Blocks. Error: refused where there is not one primary (for resume:
// where there are several, or none and this host has no node); what the server says.
Result<Answer> pause(config::Config config, const PauseRequest& request);

}  // namespace pgcm::loop
