#pragma once
// The watchdog device (watchdog.device, /dev/watchdog say): it resets the host when nobody feeds it any more. It covers
// what the guard cannot: a host on which neither agent nor guard runs.
#include <chrono>
#include <string>

#include "act/descriptor.hpp"
#include "model/error.hpp"

namespace pgcm::act {

// An open device is armed. Letting go of it without release() leaves it armed on purpose: a primary whose agent went
// away without having stopped it is just what the reset is for.
class Watchdog {
  public:
    // From now on the host is reset unless feed() comes in time. Never blocks; `path` is never made.
    // Error: there is no such device, it is not ours, or another program holds it.
    static Result<Watchdog> open(const std::string& path);

    // How long it waits for the next feed(). The device may take another value than was asked for, and says which.
    // Error: it does not let itself be asked, or be told.
    Result<std::chrono::seconds> timeout() const;
    Result<std::chrono::seconds> set_timeout(std::chrono::seconds timeout);

    // The time begins anew. Never blocks. Error: the device did not take it, or was released.
    Result<void> feed();

    // Disarms and closes it. A device built "nowayout" stays armed all the same, and nobody is told.
    // Error: the device did not take it, and is armed still; or it was released before.
    Result<void> release();

  private:
    Watchdog(std::string path, Descriptor device) : path_(std::move(path)), device_(std::move(device)) {}
    Result<void> write(char sign);

    std::string path_;
    Descriptor device_;
};

}  // namespace pgcm::act
