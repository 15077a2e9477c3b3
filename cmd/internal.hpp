#pragma once
// The calls of the binary to itself: work on the data directory, which must not hang the loop, and the guard.
#include <optional>

namespace pgcm::cmd {

// The exit code, when argv is such a call.
std::optional<int> run_internal(int argc, char** argv);

}  // namespace pgcm::cmd
