#pragma once
// How a timeline came to be.
#include <string_view>
#include <vector>

#include "model/lsn.hpp"

namespace pgcm::postgres {

// The lines of a timeline history file, as TIMELINE_HISTORY returns it; lines it cannot read are passed over.
std::vector<TimelineSwitch> read_history(std::string_view content);

}  // namespace pgcm::postgres
