#pragma once
// The nouns as JSON documents, both ways: what `probe` prints, what `elect --view` reads, what the journal keeps.
//
// Each document begins with its schema. LSNs are strings as PostgreSQL prints them, system identifiers strings of
// digits (64 bits do not survive in every reader), durations and ages `_ms` (with a fraction where there is one),
// sizes `_bytes`, wall times RFC 3339 in UTC with microseconds; what is unknown is null.
// A BootTime means nothing outside its host, so it is written as its age against a moment `at`, and read back against
// another; an age of up to 50 days comes back to the nanosecond. Text that is not UTF-8 comes back with U+FFFD.
#include <string>
#include <string_view>

#include "model/decision.hpp"
#include "model/error.hpp"
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/view.hpp"

namespace pgcm::view {

enum class Layout { line, indented };  // one line, or indented by two spaces; neither ends with a newline

// The moment that read_view() and read_record() give to View::at; all other times of the document are relative to it.
inline constexpr BootTime document_at{1h};

// pgcm.view/1; ages against View::at.
std::string write_view(const View& view, Layout layout);
// pgcm.state/1, pgcm.policy/1 and pgcm.decision/1; ages against `at`.
std::string write_state(const State& state, BootTime at, Layout layout);
std::string write_policy(const Policy& policy, Layout layout);
std::string write_decision(const Decision& decision, BootTime at, Layout layout);

// The inverse: read(write(x)) == x. Fields that are not known are passed over, optional ones may be absent.
// Error (always usage): not JSON (line and column), cut short, another schema (named), a field that is missing or of a
// wrong type (its path, e.g. nodes[1].received), two nodes of one name.
[[nodiscard]] Result<View> read_view(std::string_view text);
[[nodiscard]] Result<State> read_state(std::string_view text, BootTime at);
[[nodiscard]] Result<Policy> read_policy(std::string_view text);
[[nodiscard]] Result<Decision> read_decision(std::string_view text, BootTime at);

}  // namespace pgcm::view
