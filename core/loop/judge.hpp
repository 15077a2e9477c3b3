#pragma once
// One agent's mind, without eyes and hands: what it remembers, its lease, what follows from a look, and which of that
// may be begun now. Reads no clock, socket, file or dice; the loop and the simulator drive the same one.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lease/majority.hpp"
#include "model/decision.hpp"
#include "model/error.hpp"
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/view.hpp"

namespace pgcm::loop {

// When the guard stops the local server if nobody tells it otherwise: SIGQUIT at the first, SIGKILL at the second.
struct GuardTimes {
    BootTime immediate_at, kill_at;
    bool operator==(const GuardTimes&) const = default;
};

class Judge {
  public:
    // `inherited`: what the run file says of the votes of this node's last agent; nothing where no lease is used.
    Judge(Policy policy, State remembered, lease::Record inherited = {});

    // Fills View::lease, remembers, decides, and tells the lease what is wished. `dice` in [0, 1).
    Decision turn(View& view, double dice);

    // Those of the decision's actions that may be begun now: none while others are carried out or before their outcome
    // was seen. Fencing waits for nothing.
    std::vector<Action> to_begin(const View& view, const Decision& decision) const;
    void begins(const Action& action, BootTime now);
    // `error`: null when it went well. An action that failed is held back for a while, longer each time.
    void ends(const Action& action, const Error* error, BootTime now);
    // The local server is proven stopped, and a switchover's target has all of its WAL.
    void hands_over_to(const NodeName& target, BootTime now);
    // Nobody was seen to have started it since.
    bool hands_over() const { return state_.hands_over_to.has_value(); }
    // What the hook before_promote answered: what speaks against a promotion, which then waits a little, or nothing.
    // The local node is the primary, or streams from it: what failed on the way there is settled, but for what is still
    // decided on.
    void came_through(const Decision& decision);
    void vetoed(std::optional<std::string> why, BootTime now);
    // All actions that were begun together have ended, or were abandoned.
    void idle(BootTime now);
    bool busy() const { return busy_; }

    // What changed about the lease since the last call, as far as a decision may turn on it.
    struct News {
        bool turn = false;
        bool look = false;  // a majority of locks is ours now: what all have is looked at again first
    };
    News lease_news(BootTime now);

    // Empty: the local server may go on without a guard, for it does not lead.
    std::optional<GuardTimes> guard() const { return guard_; }
    // Judged again in the very moment before a promotion.
    bool may_promote(BootTime now) const;
    // With the margin that a fence needs; true where no lease is used.
    bool has_lease(BootTime now) const;

    const State& state() const { return state_; }
    const Policy& policy() const { return policy_; }
    // Null where quorum is not "majority".
    lease::Majority* lease() { return lease_ ? &*lease_ : nullptr; }
    const lease::Majority* lease() const { return lease_ ? &*lease_ : nullptr; }

    struct Failure {
        int in_a_row = 0;
        std::string what;
        milliseconds pause{0};
    };
    const std::map<std::string, Failure>& failures() const { return failures_; }  // by action

  private:
    void tell_lease(const View& view);
    void judge_inheritance(const View& view);

    const Policy policy_;
    State state_;
    std::optional<lease::Majority> lease_;
    std::optional<GuardTimes> guard_;
    std::map<std::string, Failure> failures_;
    std::optional<Timeline> promotes_since_;  // the newest one known when the last operation began
    std::optional<BootTime> acted_at_;        // when the last operation ended
    std::optional<BootTime> fenced_at_;       // when the last fencing did
    bool busy_ = false;
    bool fencing_ = false;
    int inherited_postmaster_;
    struct LeaseKey {
        bool locked = false, valid = false, slept = false;
        Term higher = 0;
        bool operator==(const LeaseKey&) const = default;
    };
    LeaseKey lease_key_;
    bool inheritance_judged_ = false;
};

}  // namespace pgcm::loop
