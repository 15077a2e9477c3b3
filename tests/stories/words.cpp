#include "words.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace pgcm::stories {

Words::Words(std::string_view line, int number) : line_(number) {
    std::string word;
    bool begun = false;
    bool quoted = false;
    for (const char c : line) {
        if (c == '\'') {
            quoted = !quoted;
            begun = true;
        } else if (c == ' ' && !quoted) {
            if (begun) words_.push_back(std::exchange(word, {}));
            begun = false;
        } else {
            word += c;
            begun = true;
        }
    }
    if (quoted) wrong("a ' is never closed");
    if (begun) words_.push_back(word);
}

void Words::wrong(std::string_view what) const {
    throw Unreadable(fmt::format("line {}: {}", line_, what));
}

std::string Words::take(std::string_view expected) {
    if (done()) wrong(fmt::format("{} is missing", expected));
    return words_[at_++];
}

bool Words::take_if(std::string_view word) {
    if (!next_is(word)) return false;
    ++at_;
    return true;
}

KeyValue Words::take_pair() {
    const auto word = take("key=value");
    const auto equals = word.find('=');
    if (equals == std::string::npos) wrong(fmt::format("\"{}\" is not key=value", word));
    return {word.substr(0, equals), word.substr(equals + 1)};
}

NodeName Words::name(std::string_view text) const {
    const auto name = NodeName::make(text);
    if (!name) wrong(name.error().what);
    return *name;
}

double Words::figure_with_unit(std::string_view text, std::string_view& unit) const {
    double figure = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), figure);
    if (error != std::errc{}) wrong(fmt::format("\"{}\" is not a figure", text));
    unit = text.substr(static_cast<std::size_t>(end - text.data()));
    return figure;
}

milliseconds Words::duration(std::string_view text) const {
    std::string_view unit;
    const double figure = figure_with_unit(text, unit);
    const double scale = unit == "ms" ? 1 : unit == "s" ? 1000 : unit == "m" ? 60000 : 0;
    if (scale == 0) wrong(fmt::format("\"{}\" is not a duration (ms, s, m)", text));
    return milliseconds{std::llround(figure * scale)};
}

std::uint64_t Words::bytes(std::string_view text) const {
    std::string_view unit;
    const double figure = figure_with_unit(text, unit);
    const int shift = unit.empty() || unit == "B" ? 0 : unit == "kB" ? 10 : unit == "MB" ? 20 : unit == "GB" ? 30 : -1;
    if (shift < 0 || figure < 0) wrong(fmt::format("\"{}\" is not a size (B, kB, MB, GB)", text));
    return static_cast<std::uint64_t>(std::llround(std::ldexp(figure, shift)));
}

std::int64_t Words::number(std::string_view text) const {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) wrong(fmt::format("\"{}\" is not a number", text));
    return value;
}

Lsn Words::lsn(std::string_view text) const {
    const auto lsn = parse_lsn(text);
    if (!lsn) wrong(fmt::format("\"{}\" is not an LSN", text));
    return *lsn;
}

Timeline Words::timeline(std::string_view text) const {
    const auto value = number(text);
    if (value < 1) wrong(fmt::format("\"{}\" is not a timeline", text));
    return Timeline{static_cast<std::uint32_t>(value)};
}

Term Words::term(std::string_view text) const {
    const auto value = number(text);
    if (value < 0) wrong(fmt::format("\"{}\" is not a term", text));
    return static_cast<Term>(value);
}

std::vector<std::string> Words::parts(std::string_view text, char separator) const {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    for (const auto& part : parts)
        if (part.empty()) wrong(fmt::format("\"{}\" has an empty part", text));
    return parts;
}

}  // namespace pgcm::stories
