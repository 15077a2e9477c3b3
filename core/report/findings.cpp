#include "report/findings.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/units.hpp"

namespace pgcm::report {
namespace {

Paint paint_of(Severity severity) {
    switch (severity) {
        case Severity::critical: return Paint::bad;
        case Severity::warning: return Paint::warn;
        case Severity::notice: return Paint::dim;
    }
    return Paint::plain;
}

}  // namespace

std::string findings_text(const std::string& file, const std::vector<Finding>& findings, const Style& style) {
    if (findings.empty()) return fmt::format("{}: valid, and everything it names is there\n", printable(file));
    std::string text =
        fmt::format("{}: {} finding{}\n", printable(file), findings.size(), findings.size() == 1 ? "" : "s");
    for (const auto& finding : findings) {
        text += fmt::format("{}  {}: {}\n",
                            painted(fmt::format("{:<8}", name_of(finding.severity)), paint_of(finding.severity), style),
                            printable(finding.subject), printable(finding.what));
        if (!finding.remedy.empty()) text += fmt::format("          {}\n", printable(finding.remedy));
    }
    return text;
}

std::string findings_json(const std::string& file, const std::vector<Finding>& findings, Layout layout) {
    nlohmann::ordered_json document{{"schema", "pgcm.check/1"}, {"file", file}};
    document["findings"] = nlohmann::ordered_json::array();
    for (const auto& [severity, subject, what, remedy] : findings)
        document["findings"].push_back(
            {{"severity", name_of(severity)}, {"subject", subject}, {"what", what}, {"remedy", remedy}});
    return document.dump(layout == Layout::indented ? 2 : -1, ' ', false,
                         nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace pgcm::report
