// How a sleep of this host is seen: by the voters' clocks.
#include "lease/majority.hpp"

namespace pgcm::lease {
namespace {

// A voter's clock that ran further ahead of ours than this says that we slept.
constexpr nanoseconds jump = 1s;

}  // namespace

void Majority::compare_clocks(Ballot& ballot, const Answer& answer, BootTime sent, BootTime now) {
    if (!answer.clock || ballot.voter == settings_.self) return;  // our own server sleeps when we do
    auto& watch = ballot.watch;
    if (!watch.clock) {
        watch.steady_since = sent;
    } else {
        const nanoseconds theirs = *answer.clock - *watch.clock;
        const nanoseconds ours = now - watch.sent;  // at most so long
        if (theirs > ours + ours / 50 + jump) {
            watch.jumped = std::pair{watch.sent, now};
            watch.ran_ahead = now;
            watch.steady_since = sent;
        }
    }
    watch.clock = answer.clock;
    watch.sent = sent;
    watch.seen = now;
    judge_sleep(now);
}

// One voter alone may have had its clock set: another one, whose clock ran as ours did all that time, tells.
void Majority::judge_sleep(BootTime now) {
    for (auto& jumped : ballots_) {
        if (!jumped.watch.jumped) continue;
        const auto [from, to] = *jumped.watch.jumped;
        int others = 0;
        int agree = 0;
        bool contradicted = false;
        for (const auto& other : ballots_) {
            if (&other == &jumped || !other.watch.clock) continue;
            ++others;
            if (other.watch.jumped) ++agree;
            contradicted = contradicted || (other.watch.steady_since <= from && other.watch.seen >= to);
        }
        const bool waited = now - to > settings_.scan_period + settings_.probe_timeout;
        // One that contradicts two may have slept beside us.
        if (contradicted && agree == 0)
            jumped.watch.jumped.reset();
        else if (agree > 0 || others == 0 || waited) {
            fall_asleep();
            // What counted at once was ours by a clock that had stood.
            for (auto& ballot : ballots_) ballot.counts_from = now + ripening(settings_.ttl);
            return;
        }
    }
}

void Majority::fall_asleep() {
    slept_ = true;
    term_ = 0;  // nothing counts from here on
    disinherit();
    for (auto& ballot : ballots_) {
        ballot.watch = {};
        ballot.counted_until.reset();
        ballot.withheld_until.reset();
        ballot.promised = 0;
    }
}

}  // namespace pgcm::lease
