#pragma once
// What an agent counts of itself, beside what it sees of the cluster.
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "model/time.hpp"

namespace pgcm {

// How long things took, for Prometheus: how many took at most each bound, and all of them together.
struct Histogram {
    static constexpr std::array bounds{100us,  250us,   500us,   1000us,   2500us,
                                       5000us, 10000us, 25000us, 100000us, 1000000us};
    std::array<std::uint64_t, bounds.size()> at_most{};
    std::uint64_t count = 0;
    nanoseconds sum{0};

    void add(nanoseconds took) {
        for (std::size_t i = 0; i < bounds.size(); ++i)
            if (took <= bounds[i]) ++at_most[i];
        ++count;
        sum += took;
    }
    bool operator==(const Histogram&) const = default;
};

struct Figures {
    bool fresh = false;                      // the loop turned lately; without it nothing of the node is told
    bool leads = false;                      // the local server is primary, and may be
    bool paused = false;                     // a pause holds for the local agent
    std::optional<milliseconds> age;         // of the last turn; empty: there was none
    std::optional<nanoseconds> lease_left;   // empty: no lease, or none is used
    Histogram turns;                         // how long each took
    std::uint64_t failovers = 0;             // changes of the primary that were seen
    std::optional<nanoseconds> last_outage;  // of the last one: from the loss of one to the sight of the next
    std::optional<std::string> operation;    // that runs on this node
    std::optional<std::uint64_t> done_bytes, total_bytes;  // of its copy
    std::uint64_t requests = 0;                            // answered over HTTP
    std::size_t connections = 0, streams = 0;              // open now; streams are those of /events
};

}  // namespace pgcm
