#pragma once
// The last hour, for curves and a time line: kept by the server's thread, bounded, gone with the process.
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "serve/published.hpp"

namespace pgcm::serve {

struct Event {
    std::uint64_t number = 0;  // counts up
    WallTime at;
    std::string kind;      // "primary", "verdict", "alert", "over", "decision"
    std::string severity;  // as of alerts: "notice", "warning", "critical"
    std::string text;
    std::vector<std::string> reasons;  // of a decision
};

class Recent {
  public:
    // One figure of each node every `step`; how many are kept is an hour's worth.
    explicit Recent(milliseconds step = 5s) : step_(step) {}

    // The events that this turn brings; empty for most.
    std::vector<Event> add(const Published& snapshot);

    // pgcm.recent/1: {events: [...], samples: {step_ms, at: [seconds], nodes: {name: {lag_bytes, lsn_bytes}}}}; at most
    // a few hundred kB.
    std::string json() const;
    static std::string json(const Event& event);

    std::uint64_t failovers() const { return failovers_; }
    std::optional<nanoseconds> last_outage() const { return last_outage_; }

  private:
    struct Sample {
        WallTime at;
        std::vector<std::optional<std::uint64_t>> lags, positions;  // by names_
    };
    void sample(const Published& snapshot);
    void watch_primary(const Published& snapshot, std::vector<Event>& out);
    void watch_alerts(const Published& snapshot, std::vector<Event>& out);
    void watch_decision(const Published& snapshot, std::vector<Event>& out);
    void note(std::vector<Event>& out, const Published& snapshot, std::string kind, Severity severity,
              std::string text);

    const milliseconds step_;
    std::deque<Sample> samples_;
    std::vector<std::string> names_;
    std::optional<BootTime> sampled_at_;
    std::deque<Event> events_;
    std::uint64_t numbered_ = 0;

    std::optional<NodeName> primary_;  // the last one that was seen alone
    std::optional<BootTime> lost_at_;  // since when there is none, or there are several
    std::optional<Verdict> verdict_;
    std::vector<std::pair<std::string, std::string>> standing_;  // alerts: identity, text
    std::string decided_;
    std::uint64_t failovers_ = 0;
    std::optional<nanoseconds> last_outage_;
};

// "2024-05-01T12:34:56.789Z".
std::string rfc3339(WallTime time);

}  // namespace pgcm::serve
