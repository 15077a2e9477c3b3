#pragma once
// The text of a promotion mark, as the setting pgcm.promotion of pgcm's own role keeps it:
// "<id>/<timeline>/<lsn>/<term>".
#include <optional>
#include <string>
#include <string_view>

#include "model/lease.hpp"

namespace pgcm::postgres {

inline constexpr std::string_view mark_setting = "pgcm.promotion";

// `at`: where the promotion was asked for; for people who read the catalog.
std::string mark_text(const PromotionMark& mark, Lsn at);
// The inverse; the term may be absent. What is no mark is nothing.
std::optional<PromotionMark> parse_mark(std::string_view text);

}  // namespace pgcm::postgres
