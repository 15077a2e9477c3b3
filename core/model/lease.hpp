#pragma once
// The lease of a cluster under `quorum = "majority"`: an advisory lock on a majority of the voters (PROTOCOL, "The
// lease is PostgreSQL's own lock"). Here are its nouns; its rules live in lease/ and decide/.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/lsn.hpp"
#include "model/names.hpp"
#include "model/node_name.hpp"
#include "model/time.hpp"

namespace pgcm {

// The number of an attempt to lead; higher than all that were seen before. 0 is none.
using Term = std::uint32_t;

// One voter's lock, as a look at its server showed it.
struct Vote {
    std::optional<NodeName> holder;      // the node whose session holds it; empty: free, or a stranger's
    bool stranger = false;               // held by a session that is not pgcm's (LESSONS 30)
    Term term = 0;                       // what the holder's session promised
    std::optional<milliseconds> silent;  // since the holder's session last spoke, by the voter's wall clock
    bool operator==(const Vote&) const = default;
};

// What a promotion leaves behind in the cluster's own catalog, and each node that has replayed it shows (LESSONS 1).
// Two nodes of one timeline with different marks have different histories.
struct PromotionMark {
    std::string id;     // random
    Timeline timeline;  // the one that this promotion began
    Term term = 0;      // of the lease it was made under
    bool operator==(const PromotionMark&) const = default;
};

// One vote of the agent that looks.
struct OwnVote {
    NodeName voter;
    bool held = false;                    // our session holds the voter's lock
    std::optional<BootTime> counts_from;  // of a held one: when it is ripe
    std::optional<BootTime> valid_until;  // of one that counted: how long it is ours, with or without a session
    std::string trouble;                  // why it is not held; may be empty
    bool operator==(const OwnVote&) const = default;
};

// The lease of the agent that looks, as it stands at the moment of the view.
struct LeaseSeen {
    Term term = 0;
    std::vector<OwnVote> votes;              // in the order of the voters
    std::optional<BootTime> valid_until;     // of the majority; may be past. Empty: there is none
    std::optional<BootTime> withheld_until;  // no lease, but until then nobody else can have one
    std::optional<BootTime> locked_since;    // since when a majority of locks was held without a break
    Term higher_term = 0;                    // the highest promise above ours that a voter showed; 0: none
    bool slept = false;                      // the voters' clocks say that this host slept: the lease is void
    bool operator==(const LeaseSeen&) const = default;
};

enum class LeaseWishKind {
    none,       // hold no vote
    seek,       // get it as a candidate: with fewer than a majority everything is let go again
    keep,       // get it, keep it, and keep single votes too
    hand_over,  // let go in favour of `to`: the local server is down for certain
};
template <>
inline constexpr auto enum_names<LeaseWishKind> = std::array{
    EnumName<LeaseWishKind>{LeaseWishKind::none, "none"},
    EnumName<LeaseWishKind>{LeaseWishKind::seek, "seek"},
    EnumName<LeaseWishKind>{LeaseWishKind::keep, "keep"},
    EnumName<LeaseWishKind>{LeaseWishKind::hand_over, "hand_over"},
};

// What a decision wants of the lease until the next one.
struct LeaseWish {
    LeaseWishKind kind = LeaseWishKind::none;
    Term above = 0;              // a new term must be higher than this
    std::optional<NodeName> to;  // of hand_over
    bool soon = false;           // of seek: the holder is letting go this very moment
    bool operator==(const LeaseWish&) const = default;
};

// How many of `voters` are a majority.
constexpr int majority_of(std::size_t voters) {
    return static_cast<int>(voters / 2) + 1;
}

}  // namespace pgcm
