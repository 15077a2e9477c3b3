#pragma once
// What `pgcm config check` found.
#include <string>
#include <vector>

#include "model/finding.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

namespace pgcm::report {

// `file` is the configuration's path; `asked` tells whether the servers were looked at, or the file alone.
std::string findings_text(const std::string& file, bool asked, const std::vector<Finding>& findings,
                          const Style& style);
// pgcm.check/1: file, offline, findings [{severity, code, node, subject, what, why, remedy, sql}].
std::string findings_json(const std::string& file, bool asked, const std::vector<Finding>& findings, Layout layout);

}  // namespace pgcm::report
