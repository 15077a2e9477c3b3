#pragma once
// What a command that changes something did, or would do.
#include <string>

#include "model/decision.hpp"
#include "model/operation.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

namespace pgcm::report {

// `action` is what was asked for, e.g. "promote p2"; `reasons` what was weighed.
std::string operation_text(const std::string& action, const OperationReport& report, const Reasons& reasons,
                           const Style& style);
// pgcm.operation_report/1: operation, action, dry_run, steps, reasons with their text.
std::string operation_json(const std::string& action, const OperationReport& report, const Reasons& reasons,
                           Layout layout);

// One step as it goes: a line for people ("pg_rewind  60 %  1.2 MiB of 2 MiB"), or pgcm.step/1 on one line.
std::string step_text(const Step& step, const Style& style);
std::string step_json(const Step& step);

}  // namespace pgcm::report
