#include "act/auto_conf.hpp"

#include <algorithm>
#include <cctype>

namespace pgcm::act {
namespace {

bool is_name_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || c == '_' || c == '$' || c == '.' || byte >= 0x80;
}

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view skip_space(std::string_view text) {
    while (!text.empty() && (text[0] == ' ' || text[0] == '\t' || text[0] == '\r')) text.remove_prefix(1);
    return text;
}

// "name = value" of guc-file.l: the equals sign may be missing.
struct Line {
    std::string_view name;   // empty on blank lines and comments
    std::string_view value;  // as written, with whatever follows it
};
Line parse_line(std::string_view line) {
    line = skip_space(line);
    std::size_t end = 0;
    while (end < line.size() && is_name_character(line[end])) ++end;
    Line parsed{line.substr(0, end), skip_space(line.substr(end))};
    if (!parsed.value.empty() && parsed.value[0] == '=') parsed.value = skip_space(parsed.value.substr(1));
    return parsed;
}

std::string octal_or_letter(std::string_view text, std::size_t& at) {
    unsigned value = 0;
    std::size_t digits = 0;
    while (digits < 3 && at < text.size() && text[at] >= '0' && text[at] <= '7') {
        value = value * 8 + static_cast<unsigned>(text[at++] - '0');
        ++digits;
    }
    if (digits > 0) return std::string(1, static_cast<char>(value));
    if (at >= text.size()) return "";
    switch (const char c = text[at++]) {
        case 'b': return "\b";
        case 'f': return "\f";
        case 'n': return "\n";
        case 'r': return "\r";
        case 't': return "\t";
        default: return std::string(1, c);
    }
}

std::string unquoted(std::string_view value) {
    if (value.empty() || value[0] != '\'') return std::string{value.substr(0, value.find_first_of(" \t\r#"))};
    std::string out;
    for (std::size_t at = 1; at < value.size();) {
        const char c = value[at++];
        if (c == '\\') {
            out += octal_or_letter(value, at);
        } else if (c == '\'') {
            if (at >= value.size() || value[at] != '\'') break;
            out += value[at++];
        } else {
            out += c;
        }
    }
    return out;
}

// Calls with each line, without its newline.
template <class F>
void each_line(std::string_view text, F&& take) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        take(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

}  // namespace

std::string configuration_quoted(std::string_view value) {
    std::string out = "'";
    for (const char c : value) {
        if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\'' || c == '\\')
            out += std::string(2, c);
        else
            out += c;
    }
    return out + "'";
}

std::string with_parameters(std::string_view text, const Parameters& parameters) {
    std::string out;
    each_line(text, [&](std::string_view line) {
        const auto name = parse_line(line).name;
        const auto ours = [&](const auto& parameter) { return same_name(parameter.first, name); };
        if (!name.empty() && std::any_of(parameters.begin(), parameters.end(), ours)) return;
        out += std::string{line} + "\n";
    });
    for (const auto& [name, value] : parameters) out += name + " = " + configuration_quoted(value) + "\n";
    return out;
}

std::optional<std::string> parameter_in(std::string_view text, std::string_view name) {
    std::optional<std::string> found;
    each_line(text, [&](std::string_view line) {
        const auto parsed = parse_line(line);
        if (same_name(parsed.name, name)) found = unquoted(parsed.value);
    });
    return found;
}

}  // namespace pgcm::act
