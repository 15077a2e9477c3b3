#pragma once
// run() for those who have no loop and may block: the child that looks after the data directory.
#include "act/process.hpp"

namespace pgcm::act {

Result<Outcome> wait_for(const Invocation& invocation);

}  // namespace pgcm::act
