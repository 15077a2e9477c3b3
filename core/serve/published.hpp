#pragma once
// What the loop tells the world: one immutable value a turn, and the place where readers find the latest.
#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/time.hpp"
#include "serve/renderer.hpp"

namespace pgcm::serve {

// One turn of the loop, as values.
struct Seen {
    View view;
    Alerts alerts;
    Verdict verdict = Verdict::no_primary;
    Decision decision;
    bool leased = false;                         // nobody is primary without a lease
    std::optional<std::uint64_t> max_lag_bytes;  // failover.max_lag
    std::optional<Lsn> last_lsn;                 // how far the last primary had come
    std::optional<BootTime> no_primary_since;
    bool paused = false;                   // a pause holds for the local agent
    std::optional<std::string> operation;  // that runs on the local node
    Histogram turns;

    BootTime turned_at;         // when the loop saw all this
    milliseconds valid_for{0};  // how long it may be told as the truth: 2 * scan_period + probe_timeout
};

// A turn and the documents made of it. They are rendered when they are first asked for, by the one thread that reads
// them: the loop pays for none.
class Published {
  public:
    // The renderer outlives it.
    Published(Seen seen, const Renderer& renderer) : seen_(std::move(seen)), renderer_(renderer) {}

    const Seen& seen() const { return seen_; }
    const Renderer& renderer() const { return renderer_; }

    const std::string& view_json() const;
    const std::string& status_json() const;
    const std::string& decision_json() const;
    const std::string& alerts_json() const;
    const std::vector<NodeRow>& rows() const;

  private:
    const Seen seen_;
    const Renderer& renderer_;
    mutable std::optional<std::string> view_json_, status_json_, decision_json_, alerts_json_;
    mutable std::optional<std::vector<NodeRow>> rows_;
};

inline milliseconds age_of(const Published& snapshot, BootTime now) {
    return to_ms(std::max(now - snapshot.seen().turned_at, nanoseconds{0}));
}
// A role, a verdict or a 200 is given only while this holds (LESSONS 8).
bool is_fresh(const Published& snapshot, BootTime now);

// The loop publishes, HTTP reads. A mutex, held for the copy of a few pointers: std::atomic<std::shared_ptr> of
// libstdc++ 12 ends load() with a relaxed unlock, so that a reader may pair the new object with the old count.
class Board {
  public:
    struct News {
        std::vector<std::shared_ptr<const Published>> turns;
        std::vector<Step> steps;
    };

    explicit Board(const Renderer& renderer) : renderer_(renderer) {}

    const Renderer& renderer() const { return renderer_; }

    void publish(Seen seen);
    // A step of the operation that runs on the local node.
    void tell(Step step);
    // Empty until the first turn is over.
    std::shared_ptr<const Published> read() const;

    // For one reader that must miss nothing: `wake` is called by whoever publishes, must be quick and may not call
    // back. An empty one ends it, and is not called any more when this returns.
    void subscribe(std::function<void()> wake);
    // What came since the last call; beyond 256 of a kind the oldest are gone.
    News take_news();

  private:
    const Renderer& renderer_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Published> latest_;
    std::function<void()> wake_;
    std::deque<std::shared_ptr<const Published>> turns_;
    std::deque<Step> steps_;
};

}  // namespace pgcm::serve
