#pragma once
// What `pgcm config check` found.
#include <string>
#include <vector>

#include "model/finding.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

namespace pgcm::report {

// `file` is the configuration's path.
std::string findings_text(const std::string& file, const std::vector<Finding>& findings, const Style& style);
// pgcm.check/1: file, findings [{severity, subject, what, remedy}].
std::string findings_json(const std::string& file, const std::vector<Finding>& findings, Layout layout);

}  // namespace pgcm::report
