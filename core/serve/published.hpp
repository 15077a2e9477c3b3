#pragma once
// What the loop tells the world: one immutable value a turn, and the place where readers find the latest.
#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/alert.hpp"
#include "model/node_name.hpp"
#include "model/observation.hpp"
#include "model/time.hpp"
#include "model/verdict.hpp"

namespace pgcm::serve {

// One line of the page's table, already in words; an empty text is shown as a dash.
struct NodeRow {
    NodeName name;
    Role role = Role::unknown;
    std::string state;     // how it was reached, or what it does: "accepting", "streaming", "refused"
    std::string timeline;  // "3"
    std::string lsn;       // "0/3000148"
    std::string lag;       // with its unit: "16 kB"
    std::string sync;      // "sync", "async", "quorum"
};

struct AlertRow {
    Severity severity = Severity::notice;
    std::string text;
};

// Each *_json is one JSON object, rendered by report/ and without secrets; empty: this agent has none.
struct Published {
    std::string status_json;
    std::string view_json;
    std::string decision_json;
    std::string alerts_json;

    std::string cluster;
    std::optional<NodeName> local;    // empty: a `serve` on a host without a node
    Role local_role = Role::unknown;  // unknown as well when the local server does not accept
    Verdict verdict = Verdict::no_primary;
    std::vector<NodeRow> nodes;
    std::vector<AlertRow> alerts;

    BootTime turned_at;         // when the loop saw all this
    milliseconds valid_for{0};  // how long it may be told as the truth: 2 * scan_period + probe_timeout
};

inline milliseconds age_of(const Published& snapshot, BootTime now) {
    return to_ms(std::max(now - snapshot.turned_at, nanoseconds{0}));
}
// A role, a verdict or a 200 is given only while this holds (LESSONS 8).
inline bool is_fresh(const Published& snapshot, BootTime now) {
    return now - snapshot.turned_at < snapshot.valid_for;
}

// The loop publishes, HTTP reads. A mutex, held for the copy of one pointer: std::atomic<std::shared_ptr> of libstdc++
// 12 ends load() with a relaxed unlock, so that a reader may pair the new object with the old reference count.
class Board {
  public:
    void publish(Published snapshot) {
        std::shared_ptr<const Published> next = std::make_shared<const Published>(std::move(snapshot));
        const std::lock_guard hold(mutex_);
        latest_.swap(next);  // the former one is let go after the lock
    }
    // Empty until the first turn is over.
    std::shared_ptr<const Published> read() const {
        const std::lock_guard hold(mutex_);
        return latest_;
    }

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Published> latest_;
};

}  // namespace pgcm::serve
