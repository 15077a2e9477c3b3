#include "lease/majority.hpp"

#include <algorithm>

namespace pgcm::lease {
namespace {

// How often a candidate asks for a lock that is not free yet.
nanoseconds poll_period(const Settings& settings, const LeaseWish& wish) {
    return std::min<nanoseconds>(settings.scan_period, wish.soon ? 10ms : 100ms);
}

// The latest moment at which a majority still counts.
std::optional<BootTime> majority_end(std::vector<BootTime> ends, std::size_t voters) {
    const auto needed = static_cast<std::size_t>(majority_of(voters));
    if (ends.size() < needed) return std::nullopt;
    std::sort(ends.rbegin(), ends.rend());
    return ends[needed - 1];
}

}  // namespace

std::optional<BootTime> Majority::end_of(const Record& record, std::size_t voters) {
    std::vector<BootTime> ends;
    for (const auto& vote : record.votes) ends.push_back(vote.valid_until);
    return majority_end(std::move(ends), voters);
}

milliseconds idle_limit(const Settings& settings) {
    // Two renewals in a row may be late before the lock is given to others.
    return std::clamp(2 * settings.scan_period, settings.ttl / 4, settings.ttl / 2);
}

Majority::Majority(Settings settings, Record inherited) : settings_(std::move(settings)), term_(inherited.term) {
    highest_ = term_;
    for (const auto& voter : settings_.voters) {
        auto& ballot = ballots_.emplace_back();
        ballot.voter = voter;
        for (const auto& vote : inherited.votes) {
            if (vote.voter != voter) continue;
            ballot.inherited_until = vote.valid_until;
            if (vote.heard)
                ballot.watch = {vote.heard->clock, vote.heard->sent, vote.heard->sent, vote.heard->sent, {}, {}};
        }
    }
}

void Majority::disinherit() {
    for (auto& ballot : ballots_) ballot.inherited_until.reset();
}

int Majority::needed() const {
    return majority_of(ballots_.size());
}

int Majority::held() const {
    return static_cast<int>(
        std::count_if(ballots_.begin(), ballots_.end(), [](const Ballot& ballot) { return ballot.held; }));
}

// --- what counts

std::optional<BootTime> Majority::counted_until(const Ballot& ballot, BootTime now) const {
    if (ballot.held && ballot.promised == term_ && term_ != 0 && now >= ballot.counts_from)
        return std::max(ballot.counted_until.value_or(BootTime{}), ballot.renewed + settings_.ttl);
    return ballot.counted_until;
}

std::optional<BootTime> Majority::valid_until(BootTime now) const {
    std::vector<BootTime> ends;
    for (const auto& ballot : ballots_)
        if (const auto end = counted_until(ballot, now)) ends.push_back(*end);
    return majority_end(std::move(ends), ballots_.size());
}

// Until when the server may go on that the last agent left behind; no lease of ours.
std::optional<BootTime> Majority::inherited_until() const {
    std::vector<BootTime> ends;
    for (const auto& ballot : ballots_)
        if (ballot.inherited_until) ends.push_back(*ballot.inherited_until);
    return majority_end(std::move(ends), ballots_.size());
}

// A lock that was ours when the voter was asked is ripe for nobody else within a ttl; with a majority of those
// withheld, nobody else leads.
std::optional<BootTime> Majority::withheld_until() const {
    std::vector<BootTime> ends;
    for (const auto& ballot : ballots_)
        if (const auto end = std::max(ballot.withheld_until, ballot.inherited_until)) ends.push_back(*end);
    return majority_end(std::move(ends), ballots_.size());
}

bool Majority::has_majority(BootTime now) const {
    const auto until = valid_until(now);
    return until && now < *until;
}

// The votes that make the majority may be others than those whose locks were a majority first.
std::optional<BootTime> Majority::locked_since(BootTime now) const {
    if (!locked_since_) return std::nullopt;
    std::vector<BootTime> taken, counted;
    for (const auto& ballot : ballots_) {
        if (!ballot.held) continue;
        taken.push_back(ballot.taken_at);
        if (counted_until(ballot, now) > now) counted.push_back(ballot.taken_at);
    }
    const auto needed_locks = static_cast<std::size_t>(needed());
    auto& deciding = counted.size() < needed_locks ? taken : counted;
    if (deciding.size() < needed_locks) return locked_since_;
    std::sort(deciding.begin(), deciding.end());
    return std::max(*locked_since_, deciding[needed_locks - 1]);
}

LeaseSeen Majority::seen(BootTime now) const {
    LeaseSeen seen;
    seen.term = term_;
    seen.valid_until = valid_until(now);
    seen.withheld_until = withheld_until();
    seen.locked_since = locked_since(now);
    seen.slept = slept_;
    for (const auto& ballot : ballots_) {
        if (!ballot.held && ballot.other_term > term_) seen.higher_term = std::max(seen.higher_term, ballot.other_term);
        OwnVote vote{ballot.voter, ballot.held, std::nullopt, counted_until(ballot, now), ballot.trouble};
        if (ballot.held) vote.counts_from = ballot.counts_from;
        seen.votes.push_back(std::move(vote));
    }
    return seen;
}

Record Majority::record(BootTime now) const {
    Record record;
    for (const auto& ballot : ballots_) {
        const auto end = std::max(counted_until(ballot, now), ballot.inherited_until);
        if (!end) continue;
        auto& vote = record.votes.emplace_back(Record::Counted{ballot.voter, *end});
        if (ballot.watch.clock) vote.heard = Record::Heard{*ballot.watch.clock, ballot.watch.sent};
    }
    if (record.votes.empty()) return record;
    record.term = term_;
    record.postmaster_pid = postmaster_pid_;
    return record;
}

// --- wishes

void Majority::wish(const LeaseWish& wish, BootTime now, double dice) {
    const auto before = wish_.kind;
    dice_ = dice;
    highest_ = std::max(highest_, wish.above);
    if (hand_over_ != HandOver::none && wish.kind == LeaseWishKind::hand_over && wish.to == wish_.to) return;
    wish_ = wish;
    switch (wish.kind) {
        case LeaseWishKind::none:
            if (before != LeaseWishKind::none) let_all_go(now);
            slept_ = false;
            break;
        case LeaseWishKind::hand_over:
            // From here on we believe in nothing; the votes are let go once the disk knows it too.
            for (auto& ballot : ballots_) ballot.counted_until.reset();
            for (auto& ballot : ballots_) ballot.withheld_until.reset();
            for (auto& ballot : ballots_) ballot.promised = 0;
            disinherit();
            hand_over_ = HandOver::to_record;
            break;
        case LeaseWishKind::seek:
        case LeaseWishKind::keep:
            hand_over_ = HandOver::none;
            if (before != LeaseWishKind::seek && before != LeaseWishKind::keep) begin_round(now);
            break;
    }
}

void Majority::let_all_go(BootTime now) {
    hand_over_ = HandOver::none;
    in_round_ = false;
    pause_until_.reset();
    locked_since_.reset();
    term_ = 0;
    disinherit();
    for (auto& ballot : ballots_) {
        ballot.counted_until.reset();
        ballot.withheld_until.reset();
        ballot.promised = ballot.other_term = 0;
        ballot.due.reset();
        if (ballot.session) ballot.due = now;
    }
}

void Majority::recorded(bool stored) {
    if (hand_over_ != HandOver::to_record) return;
    // Without the disk's word another agent of this node might find our old votes and believe in them.
    hand_over_ = stored ? HandOver::favoured : HandOver::plain;
    for (auto& ballot : ballots_) ballot.due = ballot.session ? std::optional(BootTime{}) : std::nullopt;
}

void Majority::begin_round(BootTime now) {
    const auto inherited = inherited_until();
    if (!has_majority(now) && !(inherited && now < *inherited)) {
        term_ = highest_ + 1;
        highest_ = term_;
        for (auto& ballot : ballots_) ballot.promised = 0;
    }
    in_round_ = true;
    pause_until_.reset();
    for (auto& ballot : ballots_) {
        ballot.denied = false;
        ballot.due = now;
    }
}

// A candidate that did not get enough lets go of what it got, and tries again after a pause of its own.
void Majority::judge_round(BootTime now, double dice) {
    if (wish_.kind != LeaseWishKind::seek || !in_round_ || has_majority(now)) return;
    const auto denied = std::count_if(ballots_.begin(), ballots_.end(),
                                      [](const Ballot& ballot) { return !ballot.held && ballot.denied; });
    if (static_cast<int>(ballots_.size()) - denied >= needed()) return;
    in_round_ = false;
    locked_since_.reset();
    pause_until_ = now + std::chrono::duration_cast<nanoseconds>(poll_period(settings_, wish_) * (0.3 + 0.7 * dice));
    for (auto& ballot : ballots_)
        if (!ballot.asking) ballot.due = ballot.held ? now : *pause_until_;
}

void Majority::hurry(BootTime now) {
    for (auto& ballot : ballots_)
        if (ballot.held && !ballot.asking) ballot.due = now;
}

void Majority::noticed(std::size_t voter, const Vote& vote) {
    auto& ballot = ballots_.at(voter);
    highest_ = std::max(highest_, vote.term);
    if (vote.holder && *vote.holder != settings_.self) ballot.last_holder = vote.holder;
}

void Majority::own_server_stopped(BootTime seen) {
    if (!has_majority(seen)) return;
    for (auto& ballot : ballots_)
        if (ballot.voter == settings_.self && ballot.counted_until && seen < *ballot.counted_until)
            ballot.counted_until = std::max(*ballot.counted_until, seen + settings_.ttl);
}

std::vector<NodeName> Majority::worth_proving(BootTime now) const {
    std::vector<NodeName> holders;
    for (const auto& ballot : ballots_)
        if (ballot.held && now < ballot.counts_from && ballot.last_holder &&
            std::find(holders.begin(), holders.end(), *ballot.last_holder) == holders.end())
            holders.push_back(*ballot.last_holder);
    return holders;
}

void Majority::proven_dead(const NodeName& holder, BootTime asked, BootTime now) {
    for (auto& ballot : ballots_)
        if (ballot.held && ballot.last_holder == holder && asked >= ballot.taken_at && now < ballot.counts_from)
            ballot.counts_from = now;
}

// --- questions

std::optional<BootTime> Majority::due(std::size_t voter) const {
    const auto& ballot = ballots_.at(voter);
    return ballot.asking ? std::nullopt : ballot.due;
}

std::optional<Ask> Majority::ask(std::size_t voter, BootTime now) {
    auto& ballot = ballots_.at(voter);
    if (ballot.asking || !ballot.due || now < *ballot.due) return std::nullopt;
    ballot.due.reset();
    const bool lets_go = gives_up();
    Ask ask;
    if (lets_go && (!ballot.session || waits_for_record())) return std::nullopt;
    if (lets_go && !ballot.held) {
        ask.kind = AskKind::close;
        ballot.session = false;
        return ask;  // nobody answers that
    }
    if (!lets_go && wish_.kind == LeaseWishKind::seek && !in_round_) {
        if (!ballot.held && pause_until_ && now >= *pause_until_) begin_round(now);
        if (!in_round_ && !ballot.held) {
            ballot.due = pause_until_;
            return std::nullopt;
        }
        ballot.due.reset();
    }
    ballot.asking = true;
    if (lets_go) {
        ask.kind = AskKind::let_go;
        if (wish_.kind == LeaseWishKind::hand_over && hand_over_ == HandOver::favoured) ask.to = wish_.to;
    } else if (ballot.held && wish_.kind == LeaseWishKind::seek && !in_round_) {
        ask.kind = AskKind::let_go;
    } else {
        ask.kind = ballot.held ? AskKind::renew : AskKind::take;
        // A promise is only made with a majority in hand: a leader that sees one gives way.
        if (has_majority(now) || held() >= needed()) ask.term = term_;
    }
    return ask;
}

void Majority::taken(Ballot& ballot, const Answer& answer, BootTime now) {
    ballot.held = true;
    ballot.taken_at = now;
    ballot.trouble.clear();
    ballot.other_term = 0;
    // By its own clock the voter freed the lock long ago: what ours says of that vote is nothing.
    if (ballot.watch.ran_ahead > ballot.renewed) ballot.counted_until = ballot.inherited_until = std::nullopt;
    const bool still_ours = std::max(ballot.counted_until, ballot.inherited_until) > now;
    ballot.counts_from = still_ours || answer.favoured ? now : now + ripening(settings_.ttl);
}

void Majority::answered(std::size_t voter, const Ask& ask, const Answer& answer, BootTime sent, BootTime now) {
    auto& ballot = ballots_.at(voter);
    ballot.asking = false;
    ballot.session = true;
    highest_ = std::max(highest_, answer.seen.term);
    compare_clocks(ballot, answer, sent, now);
    if (ask.kind == AskKind::let_go) {
        ballot.held = false;
        ballot.promised = 0;
        // What a hand-over says stands for a while, so that the other one can read it.
        ballot.due = now + (ask.to ? 2 * settings_.scan_period + settings_.probe_timeout : 0ms);
        if (wish_.kind == LeaseWishKind::seek && pause_until_) ballot.due = *pause_until_;
        note_lock(now);
        return;
    }
    if (gives_up()) {
        // It may be wished for again before it is let go: then it ripens from here on.
        if (answer.held && !ballot.held) taken(ballot, answer, now);
        ballot.held = answer.held;
        ballot.due = now;
        return note_lock(now);
    }
    if (answer.held) {
        if (!ballot.held) taken(ballot, answer, now);
        ballot.renewed = sent;
        ballot.withheld_until = sent + settings_.ttl;
        if (answer.promised == term_) ballot.promised = answer.promised;
        ballot.counted_until = counted_until(ballot, now);
        ballot.due = now + settings_.scan_period;
    } else {
        ballot.counted_until = counted_until(ballot, now);
        ballot.held = false;
        ballot.promised = 0;
        ballot.denied = true;
        ballot.other_term = answer.seen.term;
        if (answer.seen.holder) ballot.last_holder = answer.seen.holder;
        ballot.trouble = answer.seen.holder     ? "held by " + answer.seen.holder->str()
                         : answer.seen.stranger ? "held by a session that is not pgcm's"
                                                : "not given";
        ballot.due = now + (has_majority(now) ? nanoseconds{settings_.scan_period} : poll_period(settings_, wish_));
    }
    note_lock(now);
    promise_majority(now);
    judge_round(now, dice_);
}

void Majority::broken(std::size_t voter, std::string trouble, BootTime now) {
    auto& ballot = ballots_.at(voter);
    ballot.counted_until = counted_until(ballot, now);
    ballot.asking = false;
    ballot.session = false;
    ballot.held = false;
    ballot.promised = 0;
    ballot.denied = true;
    ballot.other_term = 0;
    ballot.trouble = std::move(trouble);
    ballot.due.reset();
    note_lock(now);
    if (gives_up()) return;
    // It is taken again before anybody else could make it count.
    ballot.due = now + poll_period(settings_, wish_);
    judge_round(now, dice_);
}

// All votes are renewed at once with the promise, rather than at their pace.
void Majority::promise_majority(BootTime now) {
    if (held() < needed()) return;
    for (auto& ballot : ballots_)
        if (ballot.held && ballot.promised != term_ && !ballot.asking) ballot.due = now;
}

void Majority::note_lock(BootTime now) {
    if (held() < needed())
        locked_since_.reset();
    else if (!locked_since_)
        locked_since_ = now;
}

}  // namespace pgcm::lease
