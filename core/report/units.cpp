#include "report/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace pgcm::report {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// Characters that take no column, and those that take two; coarse blocks of Unicode 15.
constexpr Range narrow_none[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F},
                                 {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF},
                                 {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, {0x20D0, 0x20FF}, {0x302A, 0x302D},
                                 {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};
constexpr Range wide[] = {{0x1100, 0x115F},  {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97F},
                          {0xAC00, 0xD7A3},  {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
                          {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF},
                          {0x20000, 0x3FFFD}};
// They change what a terminal shows without being seen: C0, DEL, C1, direction marks, line separators, BOM.
constexpr Range unsafe[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0x061C, 0x061C}, {0x200E, 0x200F},
                            {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}, {0xD800, 0xDFFF}};

template <std::size_t n>
bool in(const Range (&ranges)[n], char32_t c) {
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [c](const Range& range) { return c >= range.first && c <= range.last; });
}

struct Character {
    char32_t code = 0;
    std::size_t bytes = 0;  // 0: not UTF-8
};

Character decode(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return {lead, 1};
    const std::size_t bytes = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
    if (bytes == 0 || lead >= 0xF5 || text.size() < bytes) return {};
    char32_t code = lead & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xC0) != 0x80) return {};
        code = (code << 6) | (next & 0x3F);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    if (code < least.at(bytes) || code > 0x10FFFF) return {};
    return {code, bytes};
}

std::size_t columns_of(char32_t code) {
    return in(narrow_none, code) ? 0 : in(wide, code) ? 2 : 1;
}

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

}  // namespace

std::string size(std::uint64_t bytes) {
    if (bytes < 1024) return fmt::format("{} B", bytes);
    constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double figure = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    // What would be printed as 1024 of a unit is 1.0 of the next.
    while (std::round(figure) >= 1024 && unit + 1 < units.size()) {
        figure /= 1024;
        ++unit;
    }
    return fmt::format("{:.{}f} {}", figure, figure < 9.95 ? 1 : 0, units.at(unit));
}

std::string portion(std::uint64_t done_bytes, std::uint64_t total_bytes) {
    if (total_bytes == 0) return size(done_bytes);
    const auto percent = static_cast<double>(done_bytes) * 100 / static_cast<double>(total_bytes);
    return fmt::format("{} of {}, {} %", size(done_bytes), size(total_bytes), static_cast<std::uint64_t>(percent));
}

std::string duration(nanoseconds span) {
    if (span < nanoseconds{0}) return "-" + duration(span == nanoseconds::min() ? nanoseconds::max() : -span);
    const double ms = static_cast<double>(span.count()) / 1e6;
    if (span == nanoseconds{0}) return "0 ms";
    if (ms < 9.95) return fmt::format("{:.1f} ms", ms);
    if (ms < 999.5) return fmt::format("{:.0f} ms", ms);
    if (ms < 9950) return fmt::format("{:.1f} s", ms / 1000);
    // round() looks a second further than the span.
    constexpr nanoseconds most = nanoseconds::max() - std::chrono::seconds{2};
    const auto seconds = std::chrono::round<std::chrono::seconds>(std::min(span, most)).count();
    if (seconds < 60) return fmt::format("{} s", seconds);
    const auto two = [](std::int64_t great, const char* unit, std::int64_t small, const char* small_unit) {
        return small == 0 ? fmt::format("{} {}", great, unit)
                          : fmt::format("{} {} {} {}", great, unit, small, small_unit);
    };
    if (seconds < 3600) return two(seconds / 60, "min", seconds % 60, "s");
    if (seconds < 86400) return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
    return two(seconds / 86400, "d", seconds % 86400 / 3600, "h");
}

std::string time(WallTime moment) {
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(moment - day)};
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

std::string version(int number) {
    return fmt::format("{}.{}", number / 10000, number % 10000);
}

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (is_space(text.front())) {
            if (!out.empty() && out.back() != ' ') out += ' ';
            text.remove_prefix(1);
            continue;
        }
        const auto [code, bytes] = decode(text);
        const auto taken = std::max<std::size_t>(bytes, 1);
        if (bytes == 0 || in(unsafe, code))
            for (const char c : text.substr(0, taken)) out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
        else
            out += text.substr(0, taken);
        text.remove_prefix(taken);
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

std::size_t columns(std::string_view text) {
    std::size_t total = 0;
    while (!text.empty()) {
        const auto [code, bytes] = decode(text);
        total += bytes == 0 ? 1 : columns_of(code);
        text.remove_prefix(std::max<std::size_t>(bytes, 1));
    }
    return total;
}

}  // namespace pgcm::report
