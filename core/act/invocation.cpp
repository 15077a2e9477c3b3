#include "act/invocation.hpp"

#include <array>
#include <cctype>

namespace pgcm::act {
namespace {

constexpr std::string_view mask = "********";

// Where in a shell's text a character stands.
enum class Context { bare, single_quotes, double_quotes };

// What the shell makes of one more character; `escaped` says that a backslash stood before it.
Context after(Context context, char c, bool escaped) {
    if (context == Context::single_quotes) return c == '\'' ? Context::bare : context;
    if (escaped) return context;
    if (c == '"') return context == Context::double_quotes ? Context::bare : Context::double_quotes;
    if (c == '\'' && context == Context::bare) return Context::single_quotes;
    return context;
}

std::string in_single_quotes(std::string_view value) {
    std::string out;
    for (const char c : value) out += c == '\'' ? std::string{"'\\''"} : std::string{c};
    return out;
}

std::string in_double_quotes(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == '"' || c == '\\' || c == '$' || c == '`') out += '\\';
        out += c;
    }
    return out;
}

std::string quoted_for(Context context, std::string_view value) {
    if (context == Context::single_quotes) return in_single_quotes(value);
    if (context == Context::double_quotes) return in_double_quotes(value);
    return "'" + in_single_quotes(value) + "'";
}

// The value whose "{name}" begins at `at`; null where none does.
const std::pair<std::string, std::string>* placeholder_at(std::string_view text, std::size_t at,
                                                          const Placeholders& values) {
    if (text[at] != '{') return nullptr;
    for (const auto& value : values) {
        const auto& name = value.first;
        if (text.substr(at + 1, name.size()) == name && text.substr(at + 1 + name.size(), 1) == "}") return &value;
    }
    return nullptr;
}

std::string filled_word(std::string_view word, const Placeholders& values) {
    std::string out;
    for (std::size_t at = 0; at < word.size();) {
        if (const auto* value = placeholder_at(word, at, values)) {
            out += value->second;
            at += value->first.size() + 2;
        } else {
            out += word[at++];
        }
    }
    return out;
}

std::string filled_shell(std::string_view text, const Placeholders& values) {
    std::string out;
    Context context = Context::bare;
    bool escaped = false;
    for (std::size_t at = 0; at < text.size();) {
        if (const auto* value = placeholder_at(text, at, values)) {
            out += quoted_for(context, value->second);
            at += value->first.size() + 2;
            escaped = false;
            continue;
        }
        const char c = text[at++];
        context = after(context, c, escaped);
        escaped = c == '\\' && !escaped && context != Context::single_quotes;
        out += c;
    }
    return out;
}

bool starts_with_no_case(std::string_view text, std::string_view word) {
    if (text.size() < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (std::tolower(static_cast<unsigned char>(text[i])) != word[i]) return false;
    return true;
}

// Length of the value that begins `text`: quoted as libpq or a shell would, or up to white space, quote or '&'.
std::size_t value_length(std::string_view text) {
    if (text.empty()) return 0;
    const char quote = text[0] == '\'' || text[0] == '"' ? text[0] : '\0';
    std::size_t at = quote != '\0' ? 1 : 0;
    for (; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) {
            ++at;
        } else if (quote != '\0') {
            if (text[at] == quote) return at + 1;
        } else if (std::isspace(static_cast<unsigned char>(text[at])) != 0 || text[at] == '\'' || text[at] == '"' ||
                   text[at] == '&') {
            break;
        }
    }
    return at;
}

// Length of "password = " and its like at the beginning of the text; 0 where there is none.
std::size_t secret_keyword(std::string_view text) {
    for (const std::string_view word : {"sslpassword", "password", "pgpassword"}) {
        if (!starts_with_no_case(text, word)) continue;
        std::size_t at = word.size();
        while (at < text.size() && text[at] == ' ') ++at;
        if (at >= text.size() || text[at] != '=') continue;
        do ++at;
        while (at < text.size() && text[at] == ' ');
        return at;
    }
    return 0;
}

// For "//user:secret@" at the beginning: where the secret begins and ends; {0, 0} where there is none.
std::pair<std::size_t, std::size_t> uri_secret(std::string_view text) {
    if (text.substr(0, 2) != "//") return {0, 0};
    const auto end = text.find_first_of("/? \t\n\"'", 2);
    const auto at = text.substr(0, end).rfind('@');
    const auto colon = text.find(':', 2);
    if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) return {0, 0};
    return {colon + 1, at};
}

}  // namespace

std::string shell_quoted(std::string_view word) {
    constexpr std::string_view plain = "@%+=:,./-_";
    bool needs = word.empty();
    for (const char c : word)
        needs = needs || (std::isalnum(static_cast<unsigned char>(c)) == 0 && plain.find(c) == std::string_view::npos);
    return needs ? "'" + in_single_quotes(word) + "'" : std::string{word};
}

std::string without_secrets(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto rest = text.substr(at);
        if (const auto keyword = secret_keyword(rest); keyword != 0) {
            out += std::string{rest.substr(0, keyword)} + std::string{mask};
            at += keyword + value_length(rest.substr(keyword));
        } else if (const auto [from_at, to] = uri_secret(rest); to != 0) {
            out += std::string{rest.substr(0, from_at)} + std::string{mask};
            at += to;
        } else {
            out += text[at++];
        }
    }
    return out;
}

Invocation from(const Command& command, const Placeholders& values) {
    Invocation invocation;
    if (!command.shell.empty()) {
        invocation.argv = {"/bin/sh", "-c", filled_shell(command.shell, values)};
        return invocation;
    }
    for (const auto& word : command.argv) invocation.argv.push_back(filled_word(word, values));
    return invocation;
}

std::string describe(const Invocation& invocation) {
    std::string out;
    for (const auto& word : invocation.argv) out += (out.empty() ? "" : " ") + shell_quoted(without_secrets(word));
    return out;
}

}  // namespace pgcm::act
