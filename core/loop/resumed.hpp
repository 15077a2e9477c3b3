#pragma once
// A pause can be ended on one host while there is no primary to write that to: by a file in the state directory.
#include <optional>
#include <string>

#include "model/error.hpp"
#include "model/request.hpp"

namespace pgcm::loop {

// Which pause was ended here, by its `since`; empty: none. Blocks.
std::optional<WallTime> read_resumed(const std::string& state_dir);
// Durable when it returns. Blocks.
Result<void> write_resumed(const std::string& state_dir, const Pause& pause);

}  // namespace pgcm::loop
