#pragma once
// A journal as a report: what was seen, what was decided and why, what was done, and how long each phase took.
#include <string>
#include <utility>
#include <vector>

#include "model/history.hpp"
#include "model/state.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

namespace pgcm::report {

// One phase of an incident: "detection", "election", "promotion" or "start", "first write".
struct Phase {
    std::string name;
    milliseconds took{0};
    WallTime until;
};
// Those that the journal shows, in order.
std::vector<Phase> phases(const Incident& incident);

// For people: a day's heading, an entry's moment, the decision's number, and what is to be told. A decision that
// differs from the one before in figures only is left out.
std::string history_text(const History& history, const Style& style);
// pgcm.history/1, every decision.
std::string history_json(const History& history, Layout layout);

// What a deed's text adds to its name and state.
std::string told(const Deed& deed);

// What a node came to look like.
std::string words(const Sight& sight);

// What an agent remembered when it decided, a line each.
std::string state_text(const State& state, BootTime at, const Style& style);

// "17:01:02.120", of the day in UTC.
std::string clock_time(WallTime moment);

}  // namespace pgcm::report
