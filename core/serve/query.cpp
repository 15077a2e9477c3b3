#include "serve/query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace pgcm::serve {
namespace {

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped =
            text[i] == '%' && i + 2 < text.size() && digit_of(text[i + 1]) >= 0 && digit_of(text[i + 2]) >= 0;
        if (escaped) {
            out += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

// The power of 1024 that a unit stands for.
std::optional<int> power_of(std::string unit) {
    std::ranges::transform(unit, unit.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    constexpr std::array<std::string_view, 5> letters{"", "k", "m", "g", "t"};
    for (std::size_t i = 0; i < letters.size(); ++i) {
        const std::string letter{letters[i]};
        if (unit == letter + "b" || (i == 0 ? unit.empty() : unit == letter + "ib")) return static_cast<int>(i);
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> parameter(std::string_view target, std::string_view name) {
    const auto mark = target.find('?');
    if (mark == std::string_view::npos) return std::nullopt;
    target.remove_prefix(mark + 1);
    while (!target.empty()) {
        const auto end = std::min(target.find('&'), target.size());
        const auto pair = target.substr(0, end);
        const auto equals = std::min(pair.find('='), pair.size());
        if (decoded(pair.substr(0, equals)) == name) return decoded(pair.substr(std::min(equals + 1, pair.size())));
        target.remove_prefix(std::min(end + 1, target.size()));
    }
    return std::nullopt;
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    double number = 0;
    const auto [end, problem] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (problem != std::errc() || !(number >= 0)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    while (text.starts_with(' ')) text.remove_prefix(1);
    const auto power = power_of(std::string(text));
    if (!power) return std::nullopt;
    const double bytes = std::floor(std::ldexp(number, 10 * *power));
    if (!(bytes < std::ldexp(1.0, 64))) return std::nullopt;
    return static_cast<std::uint64_t>(bytes);
}

}  // namespace pgcm::serve
