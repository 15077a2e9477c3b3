#pragma once
// The rules of the lease under `quorum = "majority"` (PROTOCOL, "The lease is PostgreSQL's own lock"), without clock,
// socket or dice: what is asked of each voter and when, what an answer means, and until when this agent may lead.
// voter.hpp carries the questions to real servers, majority_lease.hpp drives both; the simulator drives these same
// rules with servers of its own.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/lease.hpp"
#include "model/time.hpp"

namespace pgcm::lease {

struct Settings {
    NodeName self;
    std::vector<NodeName> voters;  // nodes, then witnesses, in the configuration's order; `self` among them
    milliseconds ttl{10000};
    milliseconds scan_period{1000};
    milliseconds probe_timeout{1000};
};

// How long a newly taken lock is held before it is a vote: whoever held it before may believe in it for a ttl, by a
// clock that runs up to 1 % slower than ours.
constexpr nanoseconds ripening(milliseconds ttl) {
    return nanoseconds{ttl} * 102 / 100;
}
// After how much silence of its holder a voter frees the lock by itself (idle_session_timeout, PostgreSQL 14 and
// later). Losing a session takes nothing from valid_until, so this may be short.
milliseconds idle_limit(const Settings& settings);

enum class AskKind {
    take,    // try the lock, once
    renew,   // still ours?
    let_go,  // unlock, in favour of `to` where that is given
    close,   // end the session
};
struct Ask {
    AskKind kind = AskKind::take;
    Term term = 0;               // to be promised with it, where the lock is or becomes ours; 0: promise nothing yet
    std::optional<NodeName> to;  // of let_go
    bool operator==(const Ask&) const = default;
};

struct Answer {
    bool held = false;              // the lock is this session's
    Term promised = 0;              // what this session has promised
    bool favoured = false;          // the last holder let go in our favour
    Vote seen;                      // the lock's holder, where that is another session
    std::optional<WallTime> clock;  // the voter's
};

// What outlives the process, in the run file: votes that counted, so that the next agent of this node finds them its
// own (within one boot of the host), and the voters' clocks, so that it finds out if the host slept in between.
struct Record {
    Term term = 0;
    int postmaster_pid = 0;  // of the local server while it was written; 0: not known
    struct Heard {
        WallTime clock;  // the voter's
        BootTime sent;   // when it was asked
        bool operator==(const Heard&) const = default;
    };
    struct Counted {
        NodeName voter;
        BootTime valid_until;
        std::optional<Heard> heard = {};
        bool operator==(const Counted&) const = default;
    };
    std::vector<Counted> votes;
    bool operator==(const Record&) const = default;
};

class Majority {
  public:
    explicit Majority(Settings settings, Record inherited = {});
    // Until when a majority of those votes counts; empty: there is none.
    static std::optional<BootTime> end_of(const Record& record, std::size_t voters);

    // What the latest decision wants. `dice` in [0, 1) spreads the tries of candidates.
    void wish(const LeaseWish& wish, BootTime now, double dice);

    // The last agent's votes are worth nothing to this one.
    void disinherit();
    void set_postmaster(int pid) { postmaster_pid_ = pid; }

    // When the voter is to be asked next; empty: not before something happens. Not while a question is under way.
    std::optional<BootTime> due(std::size_t voter) const;
    // The question that is due now, if any. From here on it is under way, until answered() or broken().
    std::optional<Ask> ask(std::size_t voter, BootTime now);
    // `sent`: just before the question was sent.
    void answered(std::size_t voter, const Ask& ask, const Answer& answer, BootTime sent, BootTime now);
    // No answer, or the session ended. The next question needs a new session.
    void broken(std::size_t voter, std::string trouble, BootTime now);

    // All votes are renewed at once rather than at their pace.
    void hurry(BootTime now);
    // The holder of a voter's lock, as somebody else's look showed it.
    void noticed(std::size_t voter, const Vote& vote);
    // What the voters' clocks showed, also where no voter answers any more.
    void judge_sleep(BootTime now);
    // No process of the local server was left at that moment. Its vote is then ours to count, for nobody but this
    // agent starts it, and a stopped server gives its lock to nobody.
    void own_server_stopped(BootTime seen);
    // Server and agent of `holder` both refused connections, asked at that moment: it believes in nothing any more.
    void proven_dead(const NodeName& holder, BootTime asked, BootTime now);
    // Whose death would make votes count at once, if it were proven: the last holders of unripe ones.
    std::vector<NodeName> worth_proving(BootTime now) const;

    // record() as it is by now is on disk, or never will be: only then may votes be let go in favour of somebody.
    bool waits_for_record() const { return hand_over_ == HandOver::to_record; }
    void recorded(bool stored);
    Record record(BootTime now) const;

    LeaseSeen seen(BootTime now) const;
    const Settings& settings() const { return settings_; }

  private:
    // The voter's clock beside ours, to see a sleep of this host.
    struct Watch {
        std::optional<WallTime> clock;                        // of the last answer
        BootTime sent{}, seen{};                              // when that was asked and answered
        BootTime steady_since{};                              // from then on the two clocks ran alike
        std::optional<std::pair<BootTime, BootTime>> jumped;  // between these moments theirs ran ahead
        std::optional<BootTime> ran_ahead;                    // when it was last seen so, whatever others said of it
    };
    struct Ballot {
        NodeName voter;
        bool asking = false;
        bool session = false;  // one is open
        bool held = false;
        bool denied = false;  // in this round
        Term promised = 0;
        BootTime taken_at{};  // when the answer came
        BootTime counts_from{};
        BootTime renewed{};                       // sending time of the last question that was answered "yours"
        std::optional<BootTime> inherited_until;  // of a vote of this node's last agent
        std::optional<BootTime> counted_until;    // of votes that counted, with or without a session
        std::optional<BootTime>
            withheld_until;  // of all that were ours, ripe or not: until then it counts for nobody else
        std::optional<BootTime> due;
        std::optional<NodeName> last_holder;  // before us
        Term other_term = 0;                  // promised there by another
        std::string trouble;
        Watch watch;
    };
    enum class HandOver { none, to_record, favoured, plain };

    int needed() const;
    int held() const;
    bool gives_up() const { return wish_.kind == LeaseWishKind::none || wish_.kind == LeaseWishKind::hand_over; }
    bool has_majority(BootTime now) const;
    std::optional<BootTime> counted_until(const Ballot& ballot, BootTime now) const;
    std::optional<BootTime> valid_until(BootTime now) const;
    std::optional<BootTime> inherited_until() const;
    std::optional<BootTime> withheld_until() const;
    void begin_round(BootTime now);
    void judge_round(BootTime now, double dice);
    void let_all_go(BootTime now);
    void taken(Ballot& ballot, const Answer& answer, BootTime now);
    void compare_clocks(Ballot& ballot, const Answer& answer, BootTime sent, BootTime now);
    void fall_asleep();
    void promise_majority(BootTime now);
    void note_lock(BootTime now);
    std::optional<BootTime> locked_since(BootTime now) const;

    Settings settings_;
    std::vector<Ballot> ballots_;
    LeaseWish wish_;
    Term term_ = 0;
    Term highest_ = 0;  // of all terms that were ever seen
    double dice_ = 0;
    bool in_round_ = false;
    std::optional<BootTime> pause_until_;
    std::optional<BootTime> locked_since_;
    HandOver hand_over_ = HandOver::none;
    bool slept_ = false;
    int postmaster_pid_ = 0;
};

}  // namespace pgcm::lease
