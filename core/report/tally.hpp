#pragma once
// The votes of the lease under quorum = "majority", as a look at the voters shows them. What is held here is a lock:
// how long its holder may count on it, only the holder's agent knows for certain.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/view.hpp"

namespace pgcm::report {

struct Tally {
    int voters = 0;
    int needed = 0;
    std::map<NodeName, int> held;  // by holder
    int strangers = 0;             // held by sessions that are not pgcm's
    int free = 0;
    int unknown = 0;  // of voters that did not answer or were not asked
};
// `voters`: how many there are, in view or not.
Tally tally(const View& view, std::size_t voters);
// Who holds a majority.
std::optional<NodeName> holder_of(const Tally& tally);
// "p1 holds 2 of 3 votes, 2 needed", "nobody holds a majority: p2 1, free 2; 2 of 3 needed".
std::string words(const Tally& tally);

// One voter as text, printable; empty where there is nothing to tell.
struct VoterRow {
    NodeName name;
    bool witness = false;
    Reach reach = Reach::unknown;
    bool stranger = false;
    std::string vote;    // who holds it: "p1", "free", "a stranger"
    std::string term;    // that its holder promised: "5"
    std::string silent;  // since the holder's session spoke: "250 ms"
    std::string lasts;   // how long that is a vote at most, unless the holder speaks again: "9.8 s", "over"
};
std::vector<VoterRow> voter_rows(const View& view, milliseconds ttl);

}  // namespace pgcm::report
