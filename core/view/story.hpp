#pragma once
// A decision of the journal in the words of tests/stories: what one agent saw and remembered at one moment, and the
// question what follows. A story that fails in the field becomes a test.
#include <string>

#include "view/record.hpp"

namespace pgcm::view {

// The record with what no decision depends on left out, and with nodes' names in the place of addresses. Whoever
// decides it again decides the same, but for those names.
Record plain(const Record& record);

// What of the record stories have no words for: "a pause", "a switchover", "a lost slot". Empty: a story tells it all.
std::string untold(const Record& record);

// The lines of a story, the question "ask" last. `record` is plain(), and nothing of it is untold.
std::string write_story(const Record& record);

}  // namespace pgcm::view
