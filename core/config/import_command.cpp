#include "config/import_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "config/placeholder.hpp"

namespace pgcm::config {
namespace {

constexpr auto npos = std::string_view::npos;

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> dynamic = {{
    {"%pg_data_path%", "{data_dir}"},
    {"%master_connstr%", "{primary_conninfo}"},
    {"%slot_name%", "{slot}"},
}};

// Stands for a '$' or '`' that is escaped for the outer of two shells.
constexpr char escaped_dollar = '\x01';
constexpr char escaped_backquote = '\x02';

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
}

std::string_view placeholder_at(std::string_view text, std::size_t at) {
    for (const auto& [seed, ours] : dynamic)
        if (text.substr(at).starts_with(ours)) return ours;
    return {};
}

bool holds_placeholder(std::string_view text) {
    return std::any_of(dynamic.begin(), dynamic.end(),
                       [&](const auto& pair) { return text.find(pair.second) != npos; });
}

// --- what pgcm does itself ---

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

// Where `text` goes on after the last `word` in it; npos unless nothing but quotes follows.
std::size_t end_of_last(std::string_view text, std::string_view word) {
    const auto at = text.rfind(word);
    if (at == npos) return npos;
    const auto end = at + word.size();
    return text.find_first_not_of("\"'\\ ", end) == npos ? end : npos;
}

// The quotes at the end of a cut-off part that do not belong to it.
std::string_view foreign_quotes(std::string_view cut, std::string_view rest) {
    std::size_t plain = 0, escaped = 0, single = 0;
    for (std::size_t i = 0; i < cut.size(); ++i) {
        if (cut[i] == '\'') ++single;
        if (cut[i] == '"') ++(i > 0 && cut[i - 1] == '\\' ? escaped : plain);
    }
    if (escaped % 2 == 1 && rest.starts_with("\\\"")) rest.remove_prefix(2);
    if (plain % 2 == 1 && rest.starts_with('"')) rest.remove_prefix(1);
    if (single % 2 == 1 && rest.starts_with('\'')) rest.remove_prefix(1);
    return trimmed(rest);
}

bool cut_off_own_work(std::string& command) {
    constexpr std::string_view next = "&&";
    const std::string_view text = command;
    for (auto from = text.find(next); from != npos; from = text.find(next, from + next.size())) {
        const auto tail = text.substr(from + next.size());
        const auto second = tail.find(next);
        const auto first_part = trimmed(tail.substr(0, second));
        if (!first_part.starts_with("touch ") || first_part.find("standby.signal") == npos) continue;
        std::size_t end = npos;
        if (second == npos) {
            end = end_of_last(tail, "standby.signal");
        } else {
            const auto echo = trimmed(tail.substr(second + next.size()));
            const bool settings = echo.starts_with("echo ") && echo.find("primary_conninfo") != npos &&
                                  echo.find(">>") != npos && echo.find(next) == npos;
            if (settings) end = end_of_last(tail, "postgresql.auto.conf");
        }
        if (end == npos) continue;
        const auto kept = foreign_quotes(tail.substr(0, end), tail.substr(end));
        command = std::string{trimmed(text.substr(0, from))} + std::string{kept};
        return true;
    }
    return false;
}

// --- quotes ---

// What a double-quoted string hands on; '$' and '`' that the outer shell expands stay as they are.
std::string unescaped(std::string_view content) {
    std::string out;
    for (std::size_t i = 0; i < content.size(); ++i) {
        const char following = i + 1 < content.size() ? content[i + 1] : '\0';
        if (content[i] != '\\' || (following != '"' && following != '\\' && following != '$' && following != '`')) {
            out += content[i];
            continue;
        }
        out += following == '$' ? escaped_dollar : following == '`' ? escaped_backquote : following;
        ++i;
    }
    return out;
}

std::string in_double_quotes(std::string_view script) {
    std::string out = "\"";
    for (const char c : script) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == escaped_dollar)
            out += "\\$";
        else if (c == escaped_backquote)
            out += "\\`";
        else
            out += c;
    }
    return out + "\"";
}

class Requoter {
  public:
    // Empty when it cannot be done: quotes that do not close, or shells nested too deep.
    std::optional<std::string> run(std::string_view text, int depth);
    bool nested() const { return nested_; }

  private:
    struct Words {  // of the command so far
        std::string word, previous;
        bool shell = false, remote = false;
    };
    static void end_word(Words& words);
    static bool is_script(const Words& words, std::string_view content);
    std::optional<std::string> quoted(const Words& words, char quote, std::string_view content, int depth);

    bool nested_ = false;
};

void Requoter::end_word(Words& words) {
    if (words.word.empty()) return;
    constexpr std::array<std::string_view, 8> shells = {"sh", "bash", "dash", "ash", "ksh", "zsh", "su", "runuser"};
    const auto name = words.word.substr(words.word.rfind('/') + 1);
    words.shell = words.shell || std::find(shells.begin(), shells.end(), name) != shells.end();
    words.remote = words.remote || name == "ssh";
    words.previous = std::exchange(words.word, {});
}

bool Requoter::is_script(const Words& words, std::string_view content) {
    const bool option_c =
        words.previous.starts_with('-') && !words.previous.starts_with("--") && words.previous.ends_with('c');
    const bool option_command = words.previous == "--command";
    // ssh gives its last words to a shell; its options take none.
    const bool remote = words.remote && !words.previous.starts_with('-') && content.find(' ') != npos;
    return words.word.empty() && (remote || (words.shell && (option_c || option_command)));
}

std::optional<std::string> Requoter::quoted(const Words& words, char quote, std::string_view content, int depth) {
    const std::string q(1, quote);
    if (!holds_placeholder(content)) return q + std::string{content} + q;
    if (is_script(words, content)) {
        if (depth > 0) return std::nullopt;
        std::string script{content};
        if (quote == '"') {
            script = unescaped(content);
        } else {
            replace_all(script, "$", std::string(1, escaped_dollar));
            replace_all(script, "`", std::string(1, escaped_backquote));
        }
        const auto inner = run(script, depth + 1);
        nested_ = true;
        return inner ? std::optional{in_double_quotes(*inner)} : std::nullopt;
    }
    std::string out, part;
    const auto flush = [&] {
        if (!part.empty()) out += q + std::exchange(part, {}) + q;
    };
    for (std::size_t i = 0; i < content.size(); ++i) {
        const auto placeholder = placeholder_at(content, i);
        if (placeholder.empty()) {
            part += content[i];
            continue;
        }
        flush();
        out += placeholder;
        i += placeholder.size() - 1;
    }
    flush();
    return out;
}

std::optional<std::string> Requoter::run(std::string_view text, int depth) {
    std::string out;
    Words words;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\'' || c == '"') {
            auto close = text.find(c, i + 1);
            // In double quotes an odd number of backslashes protects the quote.
            const auto is_protected = [&](std::size_t at) {
                std::size_t backslashes = 0;
                while (text[at - 1 - backslashes] == '\\') ++backslashes;
                return backslashes % 2 == 1;
            };
            while (c == '"' && close != npos && is_protected(close)) close = text.find(c, close + 1);
            if (close == npos) return std::nullopt;
            const auto done = quoted(words, c, text.substr(i + 1, close - i - 1), depth);
            if (!done) return std::nullopt;
            out += *done;
            words.word += text.substr(i, close - i + 1);
            i = close;
        } else if (c == '\\' && i + 1 < text.size()) {
            out += text.substr(i, 2);
            words.word += text[++i];
        } else {
            out += c;
            if (std::string_view{" \t\n;&|()"}.find(c) == npos) {
                words.word += c;
                continue;
            }
            end_word(words);
            if (std::string_view{"\n;&|()"}.find(c) != npos) words = {};
        }
    }
    return out;
}

}  // namespace

CarriedCommand carry_command(std::string_view seed) {
    CarriedCommand out{false, std::string{seed}, {}};
    const bool holds_ours = std::any_of(placeholders.begin(), placeholders.end(), [&](std::string_view name) {
        return seed.find(fmt::format("{{{}}}", name)) != npos;
    });
    if (holds_ours || wrong_placeholder(seed)) {
        out.notes.push_back("it holds braces that pgcm would take for a placeholder");
        return out;
    }
    std::string text{seed};
    for (const auto& [theirs, ours] : dynamic) replace_all(text, theirs, ours);
    const bool cut = cut_off_own_work(text);
    Requoter requoter;
    const auto requoted = holds_placeholder(text) ? requoter.run(text, 0) : std::optional{text};
    if (!requoted) {
        out.notes.push_back("its quotes around %%pg_data_path%% and the like cannot be followed");
        return out;
    }
    if (cut)
        out.notes.push_back(
            "the part that lays standby.signal and appends primary_conninfo is left out, pgcm does it itself");
    if (requoter.nested())
        out.notes.push_back(
            "it fills placeholders in a shell within a shell, where a value with $, `, \" or \\ would not last");
    out.usable = true;
    out.shell = *requoted;
    return out;
}

std::string program_directory(std::string_view command) {
    for (const std::string_view program : {"/pg_ctl", "/pg_rewind", "/pg_basebackup"}) {
        const auto end = command.find(program);
        if (end == npos) continue;
        const auto before = command.find_last_of(" \t\"'=", end);
        const auto from = before == npos ? 0 : before + 1;
        if (command.substr(from).starts_with('/')) return std::string{command.substr(from, end - from)};
    }
    return {};
}

}  // namespace pgcm::config
