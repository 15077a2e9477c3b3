#include "report/operation.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/units.hpp"
#include "report/words.hpp"

namespace pgcm::report {
namespace {

using nlohmann::ordered_json;

Paint paint_of(StepState state) {
    switch (state) {
        case StepState::planned: return Paint::plain;
        case StepState::running: return Paint::bold;
        case StepState::done: return Paint::good;
        case StepState::skipped: return Paint::dim;
        case StepState::failed: return Paint::bad;
    }
    return Paint::plain;
}

std::string progress_of(const Step& step) {
    if (!step.done_bytes) return {};
    return portion(*step.done_bytes, step.total_bytes.value_or(0));
}

ordered_json to_json(const Step& step) {
    ordered_json json{{"name", step.name}, {"state", name_of(step.state)}, {"what", step.what}};
    json["took_ms"] = step.took.count();
    json["detail"] = step.detail.empty() ? ordered_json() : ordered_json(step.detail);
    if (step.done_bytes) json["done_bytes"] = *step.done_bytes;
    if (step.total_bytes) json["total_bytes"] = *step.total_bytes;
    return json;
}

}  // namespace

std::string step_text(const Step& step, const Style& style) {
    std::string text = painted(fmt::format("{:<8}", name_of(step.state)), paint_of(step.state), style);
    text += "  " + printable(step.what);
    if (step.state == StepState::done || step.state == StepState::failed)
        text += fmt::format(" ({})", duration(step.took));
    if (const auto progress = progress_of(step); !progress.empty()) text += ": " + progress;
    if (!step.detail.empty()) text += ": " + printable(step.detail);
    return text;
}

std::string step_json(const Step& step) {
    auto json = to_json(step);
    ordered_json line{{"schema", "pgcm.step/1"}};
    line.update(json);
    return line.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string operation_text(const std::string& action, const OperationReport& report, const Reasons& reasons,
                           const Style& style) {
    std::string text = fmt::format("{}{}\n", printable(action), report.dry_run ? " (dry run: nothing was done)" : "");
    for (const auto& step : report.steps) text += step_text(step, style) + "\n";
    if (report.steps.empty()) text += "nothing was left to do\n";
    for (const auto& reason : reasons) text += fmt::format("reason    {} ({})\n", words(reason), name_of(reason.rule));
    return text;
}

std::string operation_json(const std::string& action, const OperationReport& report, const Reasons& reasons,
                           Layout layout) {
    ordered_json document{{"schema", "pgcm.operation_report/1"}, {"operation", report.operation}, {"action", action}};
    document["dry_run"] = report.dry_run;
    if (report.outage) document["outage_ms"] = report.outage->count();
    document["steps"] = ordered_json::array();
    for (const auto& step : report.steps) document["steps"].push_back(to_json(step));
    Decision decision;
    decision.reasons = reasons;
    document["reasons"] = ordered_json::parse(decision_json(decision, BootTime{}, Layout::line)).at("reasons");
    return document.dump(layout == Layout::indented ? 2 : -1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace pgcm::report
