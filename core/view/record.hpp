#pragma once
// The lines of the journal: all that a decision was made from, and the decision, so that it can be made again; what was
// done; and promotions by force.
#include <string>
#include <string_view>

#include "model/decision.hpp"
#include "model/deed.hpp"
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

inline constexpr std::string_view record_schema = "pgcm.record/1";
inline constexpr std::string_view deed_schema = "pgcm.done/1";
inline constexpr std::string_view forced_schema = "pgcm.forced/1";
// The first line of what `history --export` writes; the journal's lines follow it.
inline constexpr std::string_view bundle_schema = "pgcm.bundle/1";

// The schema that a line begins with; empty where it begins otherwise.
std::string_view schema_of(std::string_view line);

// pgcm.record/1 on one line, without a newline; ages of all parts against View::at.
std::string write_record(const Record& record);
// The inverse, with View::at at document_at. Errors as of read_view().
[[nodiscard]] Result<Record> read_record(std::string_view line);

// pgcm.done/1 and pgcm.forced/1, likewise.
std::string write_deed(const Deed& deed);
[[nodiscard]] Result<Deed> read_deed(std::string_view line);
std::string write_forced(const Forced& forced);
[[nodiscard]] Result<Forced> read_forced(std::string_view line);

}  // namespace pgcm::view
