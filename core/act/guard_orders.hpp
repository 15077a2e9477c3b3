#pragma once
// What the agent and its guard share: a mapping in which each word is written by atomic operations only.
#include <algorithm>
#include <atomic>
#include <cstdint>

#include "model/time.hpp"

namespace pgcm::act {

// Both deadlines in one word, so that no reader ever sees half an order: the immediate one in milliseconds (40 bits, 34
// years after boot), and how much later the other one is (24 bits, 4.6 h). Rounded down, for earlier is safer.
namespace deadlines {

inline constexpr int delay_bits = 24;
inline constexpr std::int64_t longest_delay = (std::int64_t{1} << delay_bits) - 1;
inline constexpr std::int64_t latest = (std::int64_t{1} << 40) - 2;
inline constexpr std::uint64_t none = ~std::uint64_t{0};

inline std::uint64_t pack(BootTime immediate_at, BootTime kill_at) {
    const auto in_ms = [](BootTime time) {
        return std::clamp(std::chrono::floor<milliseconds>(time.time_since_epoch()).count(), std::int64_t{0}, latest);
    };
    const auto first = in_ms(immediate_at);
    const auto delay = std::clamp(in_ms(kill_at) - first, std::int64_t{0}, longest_delay);
    return static_cast<std::uint64_t>(first) << delay_bits | static_cast<std::uint64_t>(delay);
}
inline BootTime immediate_at(std::uint64_t word) {
    return BootTime{milliseconds{static_cast<std::int64_t>(word >> delay_bits)}};
}
inline BootTime kill_at(std::uint64_t word) {
    return immediate_at(word) + milliseconds{static_cast<std::int64_t>(word) & longest_delay};
}

}  // namespace deadlines

struct GuardOrders {
    std::atomic<std::uint64_t> deadlines{deadlines::none};  // the agent orders; the guard sets none when it has done
    std::atomic<std::uint32_t> left{0};                     // the agent: nobody will order any more
    std::atomic<std::uint32_t> acted{0};                    // the guard
    std::atomic<std::uint32_t> looks{0};                    // the guard
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<std::uint32_t>::is_always_lock_free);
};

}  // namespace pgcm::act
