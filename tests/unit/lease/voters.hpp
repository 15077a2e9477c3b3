#pragma once
// One agent's Majority and the voters it asks: answers come at once unless a test says otherwise. Time stands still
// between the steps.
#include <gtest/gtest.h>

#include <map>

#include "lease/majority.hpp"

namespace pgcm::lease {

inline constexpr BootTime start{1h};
inline constexpr milliseconds ttl = 10s;

inline NodeName called(std::string_view text) {
    return NodeName::make(text).value();
}

inline Settings three(std::string_view self = "a") {
    return {called(self), {called("a"), called("b"), called("c")}, ttl, 1s, 1s};
}

struct Voter {
    bool reachable = true;
    Vote other;                       // held by another session
    Term promised = 0;                // by ours
    bool held = false;                // by ours
    bool favoured = false;            // the last holder let go in our favour
    std::optional<NodeName> favours;  // ours let go in favour of
    bool told_favour = false;
    WallTime wall{std::chrono::hours{500000}};
    bool tells_time = false;
};

struct Round {
    Majority rules;
    std::vector<Voter> voters;
    BootTime now = start;

    explicit Round(Settings settings, Record inherited = {})
        : rules(settings, std::move(inherited)), voters(settings.voters.size()) {}

    void wish(LeaseWishKind kind, Term above = 0, std::optional<NodeName> to = {}) {
        rules.wish({kind, above, std::move(to)}, now, 0.5);
    }
    // One question to one voter, if one is due.
    std::optional<Ask> ask(std::size_t i) {
        const auto ask = rules.ask(i, now);
        if (ask) answer(i, *ask);
        return ask;
    }
    void answer(std::size_t i, const Ask& ask) {
        auto& voter = voters[i];
        if (ask.kind == AskKind::close) return;
        if (!voter.reachable) return rules.broken(i, "no answer", now);
        if (ask.kind == AskKind::take) voter.held = !voter.other.holder && !voter.other.stranger;
        if (ask.kind == AskKind::let_go) {
            voter.held = false;
            voter.promised = 0;
            voter.favours = ask.to;
        }
        if (voter.held && ask.term != 0) voter.promised = ask.term;
        Answer answer{voter.held, voter.held ? voter.promised : 0, voter.held && voter.favoured, {}, {}};
        if (!voter.held) answer.seen = voter.other;
        if (voter.tells_time) answer.clock = voter.wall;
        rules.answered(i, ask, answer, now, now);
    }
    // All questions that are due now, and those that follow from their answers.
    void settle() {
        for (int again = 0; again < 4; ++again)
            for (std::size_t i = 0; i < voters.size(); ++i) ask(i);
    }
    // Time passes for everybody; questions are asked when they are due.
    void pass(nanoseconds time) {
        for (const auto end = now + time; now < end;) {
            const auto step = std::min<nanoseconds>(100ms, end - now);
            now += step;
            for (auto& voter : voters) voter.wall += std::chrono::duration_cast<std::chrono::microseconds>(step);
            settle();
        }
    }
    LeaseSeen seen() const { return rules.seen(now); }
    bool leads() const {
        const auto seen = rules.seen(now);
        return seen.valid_until && now < *seen.valid_until;
    }
    int held() const {
        int count = 0;
        for (const auto& voter : voters) count += voter.held ? 1 : 0;
        return count;
    }
    // Seeks and holds the lease until it is ripe.
    void win(Term above = 0) {
        wish(LeaseWishKind::keep, above);
        settle();
        pass(ripening(ttl));
        ASSERT_TRUE(leads());
    }
};

}  // namespace pgcm::lease
