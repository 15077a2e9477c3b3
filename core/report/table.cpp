#include "report/table.hpp"

#include <algorithm>

#include "model/assert.hpp"
#include "report/units.hpp"

namespace pgcm::report {
namespace {

constexpr std::string_view gap = "  ";
constexpr std::size_t least_wrap = 24;  // narrower than that, wrapped words are harder to read than long lines

std::string_view escape_of(Paint paint) {
    switch (paint) {
        case Paint::plain: return "";
        case Paint::dim: return "\x1b[2m";
        case Paint::bold: return "\x1b[1m";
        case Paint::good: return "\x1b[32m";
        case Paint::warn: return "\x1b[33m";
        case Paint::bad: return "\x1b[31m";
    }
    return "";
}

void trim_line(std::string& out) {
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
}

}  // namespace

std::string painted(std::string_view text, Paint paint, const Style& style) {
    if (!style.color || paint == Paint::plain || text.empty()) return std::string{text};
    return std::string{escape_of(paint)} + std::string{text} + "\x1b[0m";
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines(1);
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(" \n"), text.size());
        const auto word = text.substr(0, end);
        const bool ends_line = end < text.size() && text[end] == '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
        std::string& line = lines.back();
        if (line.empty())
            line = word;
        else if (width == 0 || columns(line) + 1 + columns(word) <= width)
            line += " " + std::string{word};
        else
            lines.emplace_back(word);
        if (ends_line) lines.emplace_back();
    }
    return lines;
}

std::string labelled(std::string_view label, Paint paint, std::string_view text, const Style& style) {
    constexpr std::size_t indent = 12;
    const auto terminal = static_cast<std::size_t>(std::max(style.width, 0));
    std::string out;
    for (const auto& line : wrapped(text, terminal >= indent + least_wrap ? terminal - indent : 0)) {
        const auto shown = out.empty() ? label : std::string_view{};
        out += gap;
        out += painted(shown, paint, style) + std::string(indent - gap.size() - columns(shown), ' ') + line + "\n";
    }
    return out;
}

Table::Table(std::vector<Column> columns_of_table) : columns_(std::move(columns_of_table)) {}

void Table::add(std::vector<Cell> row, bool marked) {
    PGCM_ASSERT(row.size() == columns_.size());
    rows_.push_back({std::move(row), marked});
}

std::vector<std::size_t> Table::widths() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t width = columns(columns_[i].title);
        for (const auto& row : rows_) width = std::max({width, columns(row.cells[i].text), std::size_t{1}});
        out.push_back(width);
    }
    return out;
}

std::string Table::str(const Style& style) const {
    const auto width = widths();
    const auto last = columns_.size() - 1;
    std::size_t indent = gap.size();
    for (std::size_t i = 0; i < last; ++i) indent += width[i] + gap.size();
    const auto terminal = static_cast<std::size_t>(std::max(style.width, 0));
    const auto room = terminal >= indent + least_wrap ? terminal - indent : 0;

    std::string out;
    const auto put = [&](std::size_t i, std::string_view text, Paint paint) {
        const std::string pad(width[i] - std::min(width[i], columns(text)), ' ');
        if (columns_[i].align == Align::right) out += pad;
        out += painted(text, paint, style);
        if (i == last) return;
        if (columns_[i].align == Align::left) out += pad;
        out += gap;
    };
    out += gap;
    for (std::size_t i = 0; i <= last; ++i) put(i, columns_[i].title, Paint::dim);
    trim_line(out);
    for (const auto& [cells, marked] : rows_) {
        out += marked ? "* " : gap;
        for (std::size_t i = 0; i < last; ++i)
            put(i, cells[i].text.empty() ? "-" : cells[i].text, cells[i].text.empty() ? Paint::dim : cells[i].paint);
        const Cell& cell = cells[last];
        const auto lines = wrapped(cell.text.empty() ? "-" : cell.text, room);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (i > 0) out += std::string(indent, ' ');
            if (lines.size() > 1 || columns_[last].align == Align::left)
                out += painted(lines[i], cell.text.empty() ? Paint::dim : cell.paint, style);
            else
                put(last, lines[i], cell.text.empty() ? Paint::dim : cell.paint);
            trim_line(out);
        }
    }
    return out;
}

}  // namespace pgcm::report
