#pragma once
// The only place that reads a clock.
#include <string>

#include "model/time.hpp"

namespace pgcm::loop {

class SystemClock final : public Clock {
  public:
    BootTime now() const override;   // CLOCK_BOOTTIME
    WallTime wall() const override;  // CLOCK_REALTIME
};

// Tells one boot of the host from another: a BootTime of before means nothing after. Empty when it cannot be read.
std::string boot_id();

}  // namespace pgcm::loop
