#pragma once
// Plays a story in virtual time and tells what the agents decide.
#include <functional>
#include <string>

#include "view/record.hpp"

namespace pgcm::stories {

// Told of each decision that a story asks for.
using Asked = std::function<void(const view::Record& record)>;

// The answers to the script's questions, as they stand under "----". Throws Unreadable.
std::string play(const std::string& script, const Asked& asked = {});

}  // namespace pgcm::stories
