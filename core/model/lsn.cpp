#include "model/lsn.hpp"

#include <fmt/format.h>

#include <charconv>

namespace pgcm {
namespace {

std::optional<std::uint32_t> parse_hex(std::string_view text) {
    if (text.empty() || text.size() > 8) return std::nullopt;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::string to_string(Lsn lsn) {
    return fmt::format("{:X}/{:X}", lsn.value >> 32, lsn.value & 0xFFFFFFFFu);
}

std::optional<Lsn> parse_lsn(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto high = parse_hex(text.substr(0, slash));
    const auto low = parse_hex(text.substr(slash + 1));
    if (!high || !low) return std::nullopt;
    return Lsn{(std::uint64_t{*high} << 32) | *low};
}

std::uint64_t bytes_between(Lsn behind, Lsn ahead) {
    return ahead > behind ? ahead.value - behind.value : 0;
}

std::string to_string(Timeline timeline) {
    return std::to_string(timeline.value);
}

std::optional<Timeline> timeline_of_wal_file(std::string_view name) {
    if (name.size() < 24) return std::nullopt;
    const auto value = parse_hex(name.substr(0, 8));
    if (!value || *value == 0) return std::nullopt;
    return Timeline{*value};
}

}  // namespace pgcm
