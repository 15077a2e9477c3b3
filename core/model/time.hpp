#pragma once
// Two kinds of time. Rules and deadlines follow BootTime only: wall clocks jump (LESSONS 13).
#include <chrono>
#include <cstdint>

namespace pgcm {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

// CLOCK_BOOTTIME: goes on while the host sleeps. It has no now() of its own; loop/clock reads it.
struct BootClock {
    using duration = nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<BootClock, duration>;
    static constexpr bool is_steady = true;
};
using BootTime = BootClock::time_point;

// UTC, for people and documents; for no rule but the end of what people asked for (model/request).
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

// Handed to whoever must know the time; the real one lives in loop/clock, tests bring their own.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual BootTime now() const = 0;
    virtual WallTime wall() const = 0;
};

// What recurs every `period`, counted from `origin`. All that keep one beat become due in the same moment: a process
// costs less for each time that it need not wake.
struct Beat {
    BootTime origin;
    milliseconds period;

    // Until the next one, never zero.
    constexpr nanoseconds until_next(BootTime now) const { return period - (now - origin) % nanoseconds{period}; }
};

inline milliseconds to_ms(nanoseconds d) {
    return std::chrono::duration_cast<milliseconds>(d);
}

}  // namespace pgcm
