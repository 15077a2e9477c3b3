#include "story_lease.hpp"

#include <algorithm>

#include "lease/majority.hpp"

namespace pgcm::stories {
namespace {

std::vector<NodeName> voters_of(const Policy& policy) {
    std::vector<NodeName> voters;
    for (const auto& node : policy.nodes) voters.push_back(node.name);
    voters.insert(voters.end(), policy.witnesses.begin(), policy.witnesses.end());
    return voters;
}

}  // namespace

void StoryLease::change(Words& words, World& world, const NodeName& self, BootTime now) {
    bool ripens = false;
    std::optional<std::vector<NodeName>> votes;
    std::optional<NodeName> late;  // its lock was granted just now, after the majority's
    BootTime since = now;
    const auto moment = [&](const std::string& text) { return beginning + words.duration(text); };
    while (!words.done()) {
        if (words.take_if("held")) {
            told_ = {};
        } else if (words.take_if("ripens")) {
            told_ = {};
            ripens = true;
        } else if (words.take_if("none")) {
            told_ = {};
            votes.emplace();
        } else if (words.take_if("slept")) {
            LeaseSeen void_of_it;
            void_of_it.locked_since = told_.locked_since;
            void_of_it.slept = true;
            told_ = void_of_it;
            for (auto& [voter, lock] : locks_) lock.ripe = BootTime::max();
        } else {
            const auto [key, value] = words.take_pair();
            if (key == "votes") {
                votes.emplace();
                for (const auto& name : words.parts(value, ',')) votes->push_back(words.name(name));
            } else if (key == "late") {
                late = words.name(value);
            } else if (key == "term") {
                told_.term = words.term(value);
            } else if (key == "since") {
                since = moment(value);
            } else if (key == "until") {
                told_.valid_until = moment(value);
            } else if (key == "withheld") {
                told_.withheld_until = moment(value);
            } else if (key == "higher") {
                told_.higher_term = words.term(value);
            } else {
                words.wrong(
                    "a lease is held, ripens, none or slept, with term=, votes=, since=, late=, until=, withheld=, "
                    "higher=");
            }
        }
    }
    if (votes) take(world, self, *votes, since, ripens ? since + lease::ripening(world.policy.lease_ttl) : since);
    if (late) locks_[*late] = {now + lease::ripening(world.policy.lease_ttl), now, std::nullopt};
}

void StoryLease::take(World& world, const NodeName& self, const std::vector<NodeName>& voters, BootTime since,
                      BootTime ripe) {
    const bool majority = static_cast<int>(voters.size()) >= majority_of(world.policy.voters());
    locks_.clear();
    world.free_votes_of(self);
    for (const auto& voter : voters) {
        // A term is only promised with a majority of the locks in hand.
        world.set_vote(voter, {self, false, majority ? told_.term : 0, std::nullopt});
        locks_[voter] = {ripe, since, std::nullopt};
    }
    told_.locked_since.reset();
    if (majority) told_.locked_since = since;
}

void StoryLease::renew(const World& world, const NodeName& self, BootTime now) {
    int held = 0;
    for (auto& [voter, lock] : locks_) {
        const auto* node = world.find(voter);
        const bool ours = node != nullptr && node->truth.vote && node->truth.vote->holder == self;
        if (!lock.lost && !(ours && world.answers(voter, self))) lock.lost = now;
        if (lock.lost) continue;
        lock.renewed = now;
        ++held;
    }
    if (held < majority_of(world.policy.voters())) told_.locked_since.reset();
}

std::optional<BootTime> StoryLease::valid_until(const Policy& policy, BootTime now) const {
    if (told_.valid_until) return told_.valid_until;
    std::vector<BootTime> ends;
    for (const auto& [voter, lock] : locks_)
        if (lock.counts(now)) ends.push_back(lock.renewed + policy.lease_ttl);
    const auto needed = static_cast<std::size_t>(majority_of(policy.voters()));
    if (ends.size() < needed) return std::nullopt;
    std::sort(ends.rbegin(), ends.rend());
    return ends[needed - 1];
}

LeaseSeen StoryLease::look(const World& world, const NodeName& self, BootTime now) {
    renew(world, self, now);
    auto seen = told_;
    seen.valid_until = valid_until(world.policy, now);
    for (const auto& voter : voters_of(world.policy)) {
        OwnVote vote{voter, false, std::nullopt, std::nullopt, ""};
        if (const auto at = locks_.find(voter); at != locks_.end()) {
            const auto& lock = at->second;
            vote.held = !lock.lost;
            if (vote.held) vote.counts_from = lock.ripe;
            if (lock.counts(now)) vote.valid_until = lock.renewed + world.policy.lease_ttl;
        }
        seen.votes.push_back(std::move(vote));
    }
    return seen;
}

}  // namespace pgcm::stories
