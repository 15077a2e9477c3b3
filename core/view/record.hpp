#pragma once
// One line of the journal: all that a decision was made from, and the decision, so that it can be made again.
#include <string>
#include <string_view>

#include "model/decision.hpp"
#include "model/error.hpp"
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/view.hpp"

namespace pgcm::view {

struct Record {
    View view;
    State state;
    Policy policy;
    double jitter = 0;  // the dice of that turn, in [0, 1)
    Decision decision;
    std::string event;  // what made this turn worth a line; may be empty
    bool operator==(const Record&) const = default;
};

// Lines of the journal that are no decisions: a promotion by force, with who, when and why.
inline constexpr std::string_view forced_schema = "pgcm.forced/1";

// pgcm.record/1 on one line, without a newline; ages of all parts against View::at.
std::string write_record(const Record& record);
// The inverse, with View::at at document_at. Errors as of read_view().
[[nodiscard]] Result<Record> read_record(std::string_view line);

}  // namespace pgcm::view
