#pragma once
// Sentences with gaps, filled from a node and facts. Private to report/words.
#include <optional>
#include <string>
#include <string_view>

#include "model/facts.hpp"
#include "model/node_name.hpp"

namespace pgcm::report {

// A pattern is text with gaps:
//   {lag_bytes}   the fact of that key, in the unit of its name (_bytes, _ms); {node} is the node
//   {node|x}      x where there is no such fact; an empty text is none
//   {names:q}     in single quotes, and there even when it is empty
//   [ ... ]       left out as a whole where one of its gaps stays empty; not nested
// Facts that no gap took follow in parentheses. The result is printable.
std::string fill(std::string_view pattern, const std::optional<NodeName>& node, const Facts& facts);

// "1.2 GiB" for lag_bytes, "3 min" for since_ms, "yes" for true.
std::string told(const Fact& fact);

}  // namespace pgcm::report
