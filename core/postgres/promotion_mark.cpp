#include "postgres/promotion_mark.hpp"

#include <fmt/format.h>

#include <charconv>

namespace pgcm::postgres {
namespace {

// Up to the next slash; what follows it stays in `text`.
std::string_view part(std::string_view& text) {
    const auto slash = text.find('/');
    const auto first = text.substr(0, slash);
    text.remove_prefix(slash == std::string_view::npos ? text.size() : slash + 1);
    return first;
}

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return out;
}

}  // namespace

std::string mark_text(const PromotionMark& mark, Lsn at) {
    return fmt::format("{}/{}/{}/{}", mark.id, to_string(mark.timeline), to_string(at), mark.term);
}

std::optional<PromotionMark> parse_mark(std::string_view text) {
    if (text.ends_with('/')) return std::nullopt;
    const auto id = part(text);
    const auto timeline = number(part(text));
    const auto high = part(text), low = part(text);
    const bool has_term = !text.empty();
    const auto term = has_term ? number(part(text)) : std::optional<std::uint32_t>{0};
    if (id.empty() || !timeline || *timeline == 0 || !parse_lsn(fmt::format("{}/{}", high, low)) || !term ||
        !text.empty())
        return std::nullopt;
    return PromotionMark{std::string{id}, Timeline{*timeline}, *term};
}

}  // namespace pgcm::postgres
