#include "config/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <span>

#include "config/toml_text.hpp"

namespace pgcm::config {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

// Ascending, so that printing may go down from the largest; "min" is read, not written.
constexpr std::array duration_units = {Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60000}, Unit{"h", 3600000},
                                       Unit{"d", 86400000}};
constexpr std::array size_units = {Unit{"B", 1}, Unit{"kB", 1ULL << 10}, Unit{"MB", 1ULL << 20}, Unit{"GB", 1ULL << 30},
                                   Unit{"TB", 1ULL << 40}};

// What is measured, for the sentences.
struct Measure {
    std::string_view noun;
    std::string_view example;
    std::string_view usual_unit;
    std::string_view zero;
    std::string_view known_units;
    std::span<const Unit> units;
};
constexpr Measure duration_measure{"duration", "10s", "s", "0s", "ms, s, m, h and d", duration_units};
constexpr Measure size_measure{"size", "16MB", "MB", "0B", "B, kB, MB, GB and TB (1024 each)", size_units};

const Unit* find_unit(const Measure& measure, std::string_view name) {
    if (name == "min" && measure.noun == duration_measure.noun) name = "m";
    for (const auto& unit : measure.units)
        if (unit.name == name) return &unit;
    return nullptr;
}

Result<std::uint64_t> parse(const Measure& measure, std::string_view text) {
    std::uint64_t number = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number);
    if (error == std::errc::invalid_argument)
        return fail(ErrorCode::usage, fmt::format("{} is not a {}", toml_string(text), measure.noun),
                    fmt::format("write a whole number and a unit, such as \"{}\"", measure.example));
    auto name = std::string_view(end, static_cast<std::size_t>(last - end));
    while (name.starts_with(' ')) name.remove_prefix(1);
    const auto digits = text.substr(0, static_cast<std::size_t>(end - text.data()));
    const auto units_hint = [&](std::string_view unit) {
        return fmt::format("write \"{}{}\"; the units are {}", digits, unit, measure.known_units);
    };
    if (name.empty())
        return fail(ErrorCode::usage, fmt::format("{} has no unit", toml_string(text)), units_hint(measure.usual_unit));
    const auto* unit = find_unit(measure, name);
    if (unit == nullptr)
        return fail(ErrorCode::usage,
                    fmt::format("{} has the unit {}, which there is not", toml_string(text), toml_string(name)),
                    units_hint(measure.usual_unit));
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (error == std::errc::result_out_of_range || number > largest / unit->factor)
        return fail(ErrorCode::usage, fmt::format("{} is too large", toml_string(text)));
    return number * unit->factor;
}

std::string print(const Measure& measure, std::uint64_t number) {
    for (auto unit = measure.units.rbegin(); unit != measure.units.rend(); ++unit)
        if (number != 0 && number % unit->factor == 0) return fmt::format("{}{}", number / unit->factor, unit->name);
    return std::string{measure.zero};
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
    return parse(duration_measure, text).map([](std::uint64_t number) {
        return milliseconds{static_cast<std::int64_t>(number)};
    });
}

// A duration of the configuration is never negative; should one come, it shows as it is.
std::string print_duration(milliseconds duration) {
    if (duration < 0ms) return fmt::format("{}ms", duration.count());
    return print(duration_measure, static_cast<std::uint64_t>(duration.count()));
}

Result<std::uint64_t> parse_size(std::string_view text) {
    return parse(size_measure, text);
}

std::string print_size(std::uint64_t bytes) {
    return print(size_measure, bytes);
}

}  // namespace pgcm::config
