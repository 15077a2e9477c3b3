#pragma once
// What may be told as true of the local node at a moment. Every "yes" needs a loop that turned lately.
#include <cstdint>
#include <optional>

#include "serve/published.hpp"

namespace pgcm::serve {

class Truth {
  public:
    // `snapshot` may be null: nothing was seen yet. It outlives this.
    Truth(const Published* snapshot, BootTime now) : snapshot_(snapshot), now_(now) {}

    bool fresh() const { return snapshot_ != nullptr && is_fresh(*snapshot_, now_); }
    // The local server, while it accepts and was looked at lately; else null.
    const Observation* local() const;
    // It is the primary that may be written to. With a lease: while that is valid. Without: it is the only one in view,
    // or the one on the highest timeline of several.
    bool leads() const;
    bool is_standby() const;
    // The primary counts on it: a commit may wait for it.
    bool is_synchronous() const;
    bool streams() const;
    // Bytes from what the primary, or the last one, had written to what the local standby has replayed (or received).
    // Empty: not known.
    enum class Mark { replayed, received };
    std::optional<std::uint64_t> lag(Mark mark) const;
    // The agent starts, stops and promotes nothing.
    bool paused() const { return fresh() && snapshot_->seen().paused; }
    // How long the lease still is valid; empty: it is not, or there is none.
    std::optional<nanoseconds> lease_left() const;

    const Published* snapshot() const { return snapshot_; }
    BootTime now() const { return now_; }

  private:
    const NodeRow* row() const;

    const Published* snapshot_;
    BootTime now_;
};

}  // namespace pgcm::serve
