#pragma once
// State on disk (LESSONS 4): what this node knew must outlive the agent, so that a node that comes back alone and old
// does not elect itself.
#include <string>

#include "model/error.hpp"
#include "model/state.hpp"

namespace pgcm::loop {

// The directory exists after this, or the error says why not. Blocks.
Result<void> prepare_state_dir(const std::string& directory);

struct Remembered {
    State state;
    std::string problem;  // why less came back than was written: a corrupt file; empty when all is well
};
// What an earlier agent left. Moments ("since") come back only within the same boot of the host. Blocks.
Remembered load_state(const std::string& directory, const std::string& boot);

// The text for the file, and the write itself (durable, blocking).
std::string state_document(const State& state, const std::string& boot);
Result<void> store_state(const std::string& directory, const std::string& document);

}  // namespace pgcm::loop
