#pragma once
// One spelling for each enumerator, used in JSON, tables, logs and stories alike.
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace pgcm {

// Specialised beside each enum: an array of {enumerator, name}.
template <class E>
inline constexpr auto enum_names = nullptr;

template <class E>
constexpr std::string_view name_of(E value) {
    for (const auto& [enumerator, name] : enum_names<E>)
        if (enumerator == value) return name;
    return "?";
}

template <class E>
constexpr std::optional<E> from_name(std::string_view text) {
    for (const auto& [enumerator, name] : enum_names<E>)
        if (name == text) return enumerator;
    return std::nullopt;
}

template <class E>
using EnumName = std::pair<E, std::string_view>;

}  // namespace pgcm
