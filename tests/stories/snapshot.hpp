#pragma once
// A story of one moment, as `pgcm history --story` prints it: what one agent saw and remembered, fact by fact, instead
// of a world in which time passes. Its nodes stand under "seen by NAME", its question is "ask".
#include <string>

#include "view/record.hpp"

namespace pgcm::stories {

bool is_snapshot(const std::string& script);
// View, state and policy. Throws Unreadable.
view::Record read_snapshot(const std::string& script);

}  // namespace pgcm::stories
