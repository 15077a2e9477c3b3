#pragma once
// What a person at a terminal reads. Every text ends with a newline but plugin_line's, and is printable whatever the
// servers said; the only escape sequences are colours, and those only with Style::color.
#include <string>

#include "model/alert.hpp"
#include "model/decision.hpp"
#include "model/error.hpp"
#include "model/policy.hpp"
#include "model/verdict.hpp"
#include "model/view.hpp"
#include "report/table.hpp"

namespace pgcm::report {

// A head line (cluster, verdict, primary, time), one row a node ("*" is the local one), under quorum = "majority" one
// row a voter and who holds the lease, the inventory where the view has one, the alerts.
std::string status_table(const View& view, const Alerts& alerts, Verdict verdict, const Policy& policy,
                         const Style& style);

// How each node and witness was reached, what it is, what it said, the votes as above, and the grants that are missing.
std::string probe_table(const View& view, const Policy& policy, const Style& style);

// Who should be primary and, node by node, why or why not.
std::string election_table(const Election& election, const Style& style);

// The actions, the reasons, and the election where there was one.
std::string decision_text(const Decision& decision, const Style& style);

// "error  what" and, where there is one, "hint  ..." below: how a command tells of a failure on standard error.
std::string error_text(const Error& error, const Style& style);

// One line for monitoring plugins (Nagios, Icinga) with performance data: the count of primaries and of streaming
// standbys, and each standby's lag in bytes. Without a newline.
std::string plugin_line(const View& view, const Alerts& alerts, Verdict verdict);

}  // namespace pgcm::report
