#pragma once
// Plays a story in virtual time and tells what the agents decide.
#include <string>

namespace pgcm::stories {

// The answers to the script's questions, as they stand under "----". Throws Unreadable.
std::string play(const std::string& script);

}  // namespace pgcm::stories
