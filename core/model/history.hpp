#pragma once
// What a journal tells of one node's past: what its agent saw, what it decided and why, and what was done.
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/alert.hpp"
#include "model/decision.hpp"
#include "model/deed.hpp"
#include "model/observation.hpp"

namespace pgcm {

// A node that looks otherwise than at the decision before.
struct Sight {
    NodeName node;
    Reach reach = Reach::unknown;
    Role role = Role::unknown;
    std::optional<Timeline> timeline;
    std::string message;
    bool operator==(const Sight&) const = default;
};

struct Chapter {
    std::size_t number = 0;  // of the decision, from 1 at the journal's beginning
    WallTime at;
    std::string event;
    std::vector<Sight> seen;
    Alerts raised;
    Alerts over;
    Decision decision;
    bool changed = true;  // other actions or rules than before
};

// A line that could not be read.
struct Damage {
    std::size_t line = 0;
    std::string what;
};

using Entry = std::variant<Chapter, Deed, Forced, Damage>;

// A time without an accepting primary. What the journal does not show is empty.
struct Incident {
    std::optional<NodeName> before, after;  // who was primary, and who is
    std::optional<WallTime> last_heard;     // the last answer of the one before
    WallTime detected;                      // the first decision without a primary
    std::optional<WallTime> decided;        // a primary was to be made, or started again, on this node
    std::string action;                     // by which action
    std::optional<WallTime> done;           // the server is out of recovery, or started
    std::optional<WallTime> over;           // a primary accepts
};

struct History {
    std::string cluster;
    std::optional<NodeName> node;
    std::size_t decisions = 0;  // of the whole journal
    std::optional<WallTime> begins, ends;
    std::vector<Entry> entries;  // in order; since the moment that was asked for
    std::vector<Incident> incidents;
    std::optional<Incident> ongoing;  // at the journal's end
};

}  // namespace pgcm
