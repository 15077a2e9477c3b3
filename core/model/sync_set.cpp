#include "model/sync_set.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace pgcm {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// The parts of the grammar (PostgreSQL 12 to 18, syncrep_gram.y): words, quoted names, '*', parentheses and commas.
struct Token {
    std::string text;
    bool quoted = false;
};

std::vector<Token> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            ++at;
        } else if (c == '"') {
            std::string name;
            for (++at; at < text.size(); ++at) {
                if (text[at] == '"' && (at + 1 == text.size() || text[at + 1] != '"')) break;
                if (text[at] == '"') ++at;
                name += text[at];
            }
            ++at;
            tokens.push_back({lower(std::move(name)), true});
        } else if (c == '(' || c == ')' || c == ',' || c == '*') {
            tokens.push_back({std::string(1, c), false});
            ++at;
        } else {
            const auto end = std::min(text.find_first_of(" \t\n(),*\"", at), text.size());
            tokens.push_back({lower(std::string(text.substr(at, end - at))), false});
            at = end;
        }
    }
    return tokens;
}

std::optional<int> number(const Token& token) {
    int value = 0;
    const auto* end = token.text.data() + token.text.size();
    const auto [after, error] = std::from_chars(token.text.data(), end, value);
    return !token.quoted && error == std::errc{} && after == end && value > 0 ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<SyncSet> read_sync_names(std::string_view text) {
    const auto tokens = tokens_of(text);
    if (tokens.empty()) return std::nullopt;
    SyncSet set;
    std::size_t at = 0;
    const bool method = !tokens[0].quoted && (tokens[0].text == "any" || tokens[0].text == "first");
    if (method && tokens.size() > 1 && number(tokens[1])) ++at;
    if (const auto count = number(tokens[at]); count && at + 1 < tokens.size() && tokens[at + 1].text == "(") {
        set.count = *count;
        at += 2;
    }
    for (; at < tokens.size(); ++at) {
        const auto& [name, quoted] = tokens[at];
        if (!quoted && (name == "," || name == "(" || name == ")")) continue;
        if (!quoted && name == "*")
            set.all = true;
        else
            set.names.push_back(name);
    }
    if (!set.all && set.names.empty()) return std::nullopt;
    return set;
}

}  // namespace pgcm
