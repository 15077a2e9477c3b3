#include "config/ini.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "config/toml_text.hpp"

namespace pgcm::config {
namespace {

constexpr std::string_view blanks = " \t\r\f\v";
constexpr std::string_view default_section = "DEFAULT";
constexpr int max_depth = 10;         // configparser's MAX_INTERPOLATION_DEPTH
constexpr int max_references = 1000;  // Python has no such bound, and can be kept busy for ever

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view strip(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// The lines of the file -> sections with values as they are written.
class LineReader {
  public:
    explicit LineReader(std::string_view path) : path_(path) {}

    Result<void> read(std::string_view text);
    std::vector<IniSection> take() { return std::move(sections_); }

  private:
    Result<void> line(std::string_view whole, int number);
    Result<void> section(std::string_view header, int number);
    Result<void> option(std::string_view text, int number);
    tl::unexpected<Error> wrong(int number, std::string_view what, std::string hint = {}) const {
        return fail(ErrorCode::usage, fmt::format("{}:{}: {}", path_, number, what), std::move(hint));
    }

    std::string_view path_;
    std::vector<IniSection> sections_;
    bool in_option_ = false;
    std::size_t indent_ = 0;  // of the line that began the option
};

Result<void> LineReader::read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    int number = 0;
    for (std::size_t from = 0; from < text.size();) {
        const auto end = std::min(text.find('\n', from), text.size());
        if (auto done = line(text.substr(from, end - from), ++number); !done) return done;
        from = end + 1;
    }
    for (auto& section : sections_)
        for (auto& entry : section.entries)
            while (!entry.value.empty() && std::isspace(static_cast<unsigned char>(entry.value.back())) != 0)
                entry.value.pop_back();
    return {};
}

Result<void> LineReader::line(std::string_view whole, int number) {
    const auto text = strip(whole);
    if (text.starts_with('#') || text.starts_with(';')) return {};
    if (text.empty()) {
        if (in_option_) sections_.back().entries.back().value += '\n';
        return {};
    }
    if (!is_utf8(text)) return wrong(number, "is not UTF-8", "convert the file with iconv");
    if (std::any_of(text.begin(), text.end(),
                    [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }))
        return wrong(number, "holds a control character");
    const auto indent = whole.find_first_not_of(blanks);
    if (in_option_ && indent > indent_) {
        (sections_.back().entries.back().value += '\n') += text;
        return {};
    }
    indent_ = indent;
    const auto close = text.rfind(']');
    if (text.front() == '[' && close != std::string_view::npos && close > 1)
        return section(text.substr(1, close - 1), number);
    return option(text, number);
}

Result<void> LineReader::section(std::string_view header, int number) {
    in_option_ = false;
    for (const auto& other : sections_)
        if (other.name == header)
            return wrong(number, fmt::format("the section [{}] stands in line {} already", header, other.line));
    sections_.push_back({std::string{header}, number, {}});
    return {};
}

Result<void> LineReader::option(std::string_view text, int number) {
    if (sections_.empty())
        return wrong(number, "stands before the first section", "begin with [cluster] and [main], as config.ini does");
    const auto delimiter = text.find_first_of("=:");
    const auto key = strip(text.substr(0, delimiter));
    if (delimiter == std::string_view::npos || key.empty())
        return wrong(number, "is neither \"key = value\" nor a section nor a comment");
    auto& section = sections_.back();
    if (const auto* other = section.find(key))
        return wrong(number, fmt::format("{} stands in line {} already", toml_string(key), other->line));
    section.entries.push_back({std::string{key}, std::string{strip(text.substr(delimiter + 1))}, number});
    in_option_ = true;
    return {};
}

// Replaces "%%" and "%(key)s". What goes wrong, without its place, in `error`.
std::string interpolated(const IniSection& section, std::string_view raw, int depth, int& references,
                         std::string& error) {
    if (depth > max_depth) error = "refers to itself by %(...)s";
    if (++references > max_references) error = "refers to too many other keys by %(...)s";
    std::string out;
    for (std::size_t i = 0; i < raw.size() && error.empty(); ++i) {
        if (raw[i] != '%') {
            out += raw[i];
            continue;
        }
        const auto rest = raw.substr(i + 1);
        const auto close = rest.find(")s");
        if (rest.starts_with('%')) {
            out += '%';
            ++i;
        } else if (rest.starts_with('(') && close != std::string_view::npos) {
            const auto name = rest.substr(1, close - 1);
            const auto* other = section.find(name);
            if (other == nullptr)
                error = fmt::format("%({})s refers to a key that there is not", name);
            else
                out += interpolated(section, other->value, depth + 1, references, error);
            i += close + 2;
        } else {
            error = "a single % stands in the value";
        }
    }
    return out;
}

}  // namespace

bool same_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

const IniEntry* IniSection::find(std::string_view key) const {
    for (const auto& entry : entries)
        if (same_ignoring_case(entry.key, key)) return &entry;
    return nullptr;
}

Result<std::vector<IniSection>> parse_ini(std::string_view text, std::string_view path) {
    LineReader reader{path};
    if (auto read = reader.read(text); !read) return fail(read.error());
    auto sections = reader.take();
    const auto defaults =
        std::find_if(sections.begin(), sections.end(), [](const auto& s) { return s.name == default_section; });
    if (defaults != sections.end()) {
        const auto shared = std::move(defaults->entries);
        sections.erase(defaults);
        for (auto& section : sections)
            for (const auto& entry : shared)
                if (section.find(entry.key) == nullptr) section.entries.push_back(entry);
    }
    for (auto& section : sections) {
        const IniSection raw = section;
        for (auto& entry : section.entries) {
            std::string error;
            int references = 0;
            entry.value = interpolated(raw, entry.value, 1, references, error);
            if (!error.empty())
                return fail(ErrorCode::usage,
                            fmt::format("{}:{}: {}: {}", path, entry.line, toml_string(entry.key), error),
                            "write %% for a %");
        }
    }
    return sections;
}

}  // namespace pgcm::config
