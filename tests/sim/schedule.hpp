#pragma once
// True time, which nobody in the world can read, and what happens when. One seed, one course of events.
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "model/time.hpp"

namespace pgcm::sim {

using Time = nanoseconds;  // since the world began

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 0x1234567) {}
    std::uint64_t next() {  // splitmix64
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    int below(int n) { return static_cast<int>(next() % static_cast<std::uint64_t>(n)); }
    bool chance(double p) { return unit() < p; }
    Time between(Time low, Time high) {
        return low + Time{static_cast<std::int64_t>(unit() * static_cast<double>((high - low).count()))};
    }

  private:
    std::uint64_t state_;
};

class Schedule {
  public:
    Time now() const { return now_; }
    void at(Time when, std::function<void()> what) { events_.push({std::max(when, now_), ++last_, std::move(what)}); }
    void after(Time delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }
    // Lets the next event happen; false when there is none before `end`.
    bool step(Time end) {
        if (events_.empty() || events_.top().at > end) {
            now_ = end;
            return false;
        }
        auto event = std::move(const_cast<Event&>(events_.top()));  // it is popped before it is used
        events_.pop();
        now_ = event.at;
        event.what();
        return true;
    }

  private:
    struct Event {
        Time at;
        std::uint64_t number;
        std::function<void()> what;
        bool operator<(const Event& other) const { return at != other.at ? at > other.at : number > other.number; }
    };
    std::priority_queue<Event> events_;
    Time now_{0};
    std::uint64_t last_ = 0;
};

}  // namespace pgcm::sim
