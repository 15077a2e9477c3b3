#include "loop/judge.hpp"

#include <algorithm>
#include <utility>

#include "decide/decide.hpp"
#include "view/remember.hpp"

namespace pgcm::loop {
namespace {

constexpr milliseconds longest_pause = 5min;

// Doubles with every failure in a row.
milliseconds pause_after(int failures, milliseconds scan_period) {
    const auto first = std::max<milliseconds>(scan_period, 1s);
    return std::min<milliseconds>(first * (1LL << std::min(failures, 16)), longest_pause);
}

std::optional<lease::Majority> lease_of(const Policy& policy, lease::Record inherited) {
    if (policy.quorum != Quorum::majority || !policy.local) return std::nullopt;
    lease::Settings settings{*policy.local, {}, policy.lease_ttl, policy.scan_period, policy.probe_timeout};
    for (const auto& node : policy.nodes) settings.voters.push_back(node.name);
    for (const auto& witness : policy.witnesses) settings.voters.push_back(witness);
    return lease::Majority{std::move(settings), std::move(inherited)};
}

}  // namespace

Judge::Judge(Policy policy, State remembered, lease::Record inherited)
    : policy_(std::move(policy)), state_(std::move(remembered)), inherited_postmaster_(inherited.postmaster_pid) {
    lease_ = lease_of(policy_, std::move(inherited));
}

// The last agent's votes are only ours while the very server runs that it led: nobody can have proven that one dead.
void Judge::judge_inheritance(const View& view) {
    if (inheritance_judged_ || !view.host || view.host->looked_at == BootTime{}) return;
    inheritance_judged_ = true;
    const auto pid = view.host->process == Process::running ? view.host->postmaster_pid : std::nullopt;
    if (!pid || *pid != inherited_postmaster_) lease_->disinherit();
}

// What the looks of this turn say about the votes.
void Judge::tell_lease(const View& view) {
    const auto& voters = lease_->settings().voters;
    for (std::size_t i = 0; i < voters.size(); ++i)
        if (const auto* voter = view.find_voter(voters[i]); voter != nullptr && voter->vote)
            lease_->noticed(i, *voter->vote);
    lease_->judge_sleep(view.at);
    const auto* local = view.local ? view.find(*view.local) : nullptr;
    if (view.host) lease_->set_postmaster(view.host->postmaster_pid.value_or(0));
    if (local == nullptr || local->reach == Reach::accepting || !view.host) return;
    if (view.host->process == Process::stopped && view.host->looked_at >= local->asked_at)
        lease_->own_server_stopped(view.host->looked_at);
}

Decision Judge::turn(View& view, double dice) {
    if (lease_) {
        judge_inheritance(view);
        tell_lease(view);
        view.lease = lease_->seen(view.at);
    }
    const bool was_down = state_.local_down_since.has_value();
    state_ = view::remember(state_, view, policy_);
    // A server that died is only started again under a lease renewed after its death.
    if (lease_ && state_.local_down_since && !was_down) lease_->hurry(view.at);
    auto decision = decide::decide(view, state_, policy_);
    const bool fences = !decision.actions.empty() && decision.actions.front().kind == ActionKind::fence;
    // What was seen of the local server from before the last operation is no reason to let the lease go, or the guard.
    const auto* local = view.local ? view.find(*view.local) : nullptr;
    const bool outcome_unseen = acted_at_ && local != nullptr && local->asked_at < *acted_at_ && !fences;
    if (lease_ && inheritance_judged_ && !outcome_unseen) lease_->wish(decision.wish, view.at, dice);
    const auto before = guard_;
    if (!decision.fence_at && outcome_unseen) return decision;
    guard_.reset();
    if (decision.fence_at)
        guard_ = {*decision.fence_at + policy_.fence_margin / 2, *decision.fence_at + policy_.fence_margin * 3 / 4};
    // To begin a fence is no reason to let the server live longer; nor is what is seen before its end.
    const bool stands = fences || fencing_;
    if (stands && before && (!guard_ || before->kill_at < guard_->kill_at)) guard_ = before;
    return decision;
}

std::vector<Action> Judge::to_begin(const View& view, const Decision& decision) const {
    const auto is_fence = [](const Action& action) { return action.kind == ActionKind::fence; };
    if (fencing_) return {};
    if (std::any_of(decision.actions.begin(), decision.actions.end(), is_fence)) {
        const bool outcome_seen = !fenced_at_ || (view.host && view.host->looked_at >= *fenced_at_);
        return outcome_seen ? decision.actions : std::vector<Action>{};
    }
    if (busy_) return {};
    // What was seen of the local node before the last operation ended says nothing of what came of it.
    const auto* local = view.local ? view.find(*view.local) : nullptr;
    if (acted_at_ && local != nullptr && local->asked_at < *acted_at_) return {};
    return decision.actions;
}

void Judge::begins(const Action& action, BootTime now) {
    if (action.kind == ActionKind::fence) {
        fencing_ = true;
        if (!state_.fencing_since) state_.fencing_since = now;
        return;
    }
    busy_ = true;
    state_.operation = std::string(name_of(action.kind));
    promotes_since_ = state_.last_timeline;
    if (action.kind == ActionKind::switchover) state_.tried = TriedSwitchover{action.value, {}, {}};
    if (action.kind == ActionKind::start || action.kind == ActionKind::start_as_standby) state_.local_started_at = now;
}

void Judge::ends(const Action& action, const Error* error, BootTime now) {
    if (action.kind == ActionKind::fence) {
        fencing_ = false;
        fenced_at_ = acted_at_ = now;
        return;
    }
    const std::string name{name_of(action.kind)};
    state_.operation.reset();
    if (action.kind == ActionKind::switchover) {
        // Whoever asked for it is told; it is not tried again by itself.
        if (state_.tried) state_.tried->ended_at = now;
        // After a timeout nobody knows whether the target is being promoted.
        if (state_.tried && error != nullptr && error->code != ErrorCode::timeout) state_.tried->why = error->what;
        return;
    }
    if (error == nullptr) {
        failures_.erase(name);
        state_.not_before.erase(name);
        // Whether it helped is seen after follow_check_after.
        const bool attempt = action.kind == ActionKind::follow || action.kind == ActionKind::rejoin;
        if (attempt && state_.not_following_since) state_.not_following_since = now;
    } else if (error->code != ErrorCode::interrupted) {
        auto& failure = failures_[name];
        failure.what = error->what;
        failure.pause = pause_after(failure.in_a_row++, policy_.scan_period);
        state_.not_before[name] = now + failure.pause;
    }
}

void Judge::came_through(const Decision& decision) {
    for (const auto kind : {ActionKind::start, ActionKind::start_as_standby, ActionKind::follow, ActionKind::rejoin}) {
        const std::string name{name_of(kind)};
        const auto acts = [&](const Action& action) { return action.kind == kind; };
        const auto waits = [&](const Reason& reason) {
            return reason.rule == Rule::retry_later && !reason.facts.empty() &&
                   reason.facts.front() == Fact{"action", name};
        };
        if (std::any_of(decision.actions.begin(), decision.actions.end(), acts) ||
            std::any_of(decision.reasons.begin(), decision.reasons.end(), waits))
            continue;
        failures_.erase(name);
        state_.not_before.erase(name);
    }
}

void Judge::vetoed(std::optional<std::string> why, BootTime now) {
    if (why)
        state_.not_before[std::string(name_of(ActionKind::promote))] =
            now + std::max<milliseconds>(5 * policy_.scan_period, 1s);
    state_.vetoed = std::move(why);
}

void Judge::hands_over_to(const NodeName& target, BootTime now) {
    state_.hands_over_to = target;
    state_.hands_over_since = now;
}

void Judge::idle(BootTime now) {
    busy_ = false;
    state_.operation.reset();
    state_.hands_over_to.reset();
    state_.hands_over_since.reset();
    acted_at_ = now;
}

Judge::News Judge::lease_news(BootTime now) {
    const auto seen = lease_->seen(now);
    const LeaseKey key{seen.locked_since.has_value(), has_lease(now), seen.slept, seen.higher_term};
    const auto before = std::exchange(lease_key_, key);
    return {key != before, key.locked && !before.locked};
}

// What was learned since the promotion began counts, too: somebody who was thought to be gone may be primary after all.
bool Judge::may_promote(BootTime now) const {
    const bool overtaken = state_.operation == name_of(ActionKind::promote) && state_.last_timeline > promotes_since_;
    return has_lease(now) && !overtaken;
}

bool Judge::has_lease(BootTime now) const {
    if (!lease_) return true;
    const auto seen = lease_->seen(now);
    return seen.valid_until && !seen.slept && seen.higher_term == 0 && now < *seen.valid_until - policy_.fence_margin;
}

}  // namespace pgcm::loop
