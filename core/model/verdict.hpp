#pragma once
// The cluster's health in one word.
#include "model/names.hpp"

namespace pgcm {

enum class Verdict { healthy, degraded, no_primary, many_primaries };
template <>
inline constexpr auto enum_names<Verdict> = std::array{
    EnumName<Verdict>{Verdict::healthy, "healthy"},
    EnumName<Verdict>{Verdict::degraded, "degraded"},
    EnumName<Verdict>{Verdict::no_primary, "no_primary"},
    EnumName<Verdict>{Verdict::many_primaries, "many_primaries"},
};

}  // namespace pgcm
