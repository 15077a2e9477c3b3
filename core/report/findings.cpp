#include "report/findings.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/symptoms.hpp"
#include "report/units.hpp"

namespace pgcm::report {
namespace {

constexpr std::size_t indent = 10;

Paint paint_of(Severity severity) {
    switch (severity) {
        case Severity::critical: return Paint::bad;
        case Severity::warning: return Paint::warn;
        case Severity::notice: return Paint::dim;
    }
    return Paint::plain;
}

// "p1: ", "postgres.bin_dir: " or nothing.
std::string about(const Finding& finding) {
    const auto whom = finding.node ? finding.node->str() : finding.subject;
    return whom.empty() ? "" : printable(whom) + ": ";
}

void add_lines(std::string& out, std::string_view text, Paint paint, const Style& style) {
    const auto width = static_cast<std::size_t>(std::max(style.width, 0));
    const auto room = width > indent + 30 ? width - indent : 0;
    for (const auto& line : wrapped(text, room)) out += std::string(indent, ' ') + painted(line, paint, style) + "\n";
}

void add(std::string& out, const Finding& finding, const Style& style) {
    out += painted(fmt::format("{:<8}", name_of(finding.severity)), paint_of(finding.severity), style) + "  " +
           about(finding) + printable(finding.what) + " " +
           painted(fmt::format("[{}]", name_of(finding.code)), Paint::dim, style) + "\n";
    add_lines(out, why(finding.code), Paint::dim, style);
    for (const auto& statement : finding.sql)
        out += std::string(indent, ' ') + painted(printable(statement) + ";", Paint::bold, style) + "\n";
    if (!finding.remedy.empty()) add_lines(out, printable(finding.remedy), Paint::plain, style);
}

}  // namespace

std::string findings_text(const std::string& file, bool asked, const std::vector<Finding>& findings,
                          const Style& style) {
    if (findings.empty())
        return fmt::format("{}: valid, everything it names is there{}\n", printable(file),
                           asked ? ", and nothing stands in the way of a failover or a rejoin" : "");
    std::string text =
        fmt::format("{}: {} finding{}\n", printable(file), findings.size(), findings.size() == 1 ? "" : "s");
    for (const auto& finding : findings) add(text, finding, style);
    return text;
}

std::string findings_json(const std::string& file, bool asked, const std::vector<Finding>& findings, Layout layout) {
    nlohmann::ordered_json document{{"schema", "pgcm.check/1"}, {"file", file}, {"offline", !asked}};
    document["findings"] = nlohmann::ordered_json::array();
    for (const auto& finding : findings) {
        nlohmann::ordered_json entry{{"severity", name_of(finding.severity)}, {"code", name_of(finding.code)}};
        entry["node"] = finding.node ? nlohmann::ordered_json(finding.node->str()) : nlohmann::ordered_json();
        entry["subject"] = finding.subject;
        entry["what"] = finding.what;
        entry["why"] = why(finding.code);
        entry["remedy"] = finding.remedy;
        entry["sql"] = finding.sql;
        document["findings"].push_back(std::move(entry));
    }
    return document.dump(layout == Layout::indented ? 2 : -1, ' ', false,
                         nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace pgcm::report
