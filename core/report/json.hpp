#pragma once
// The JSON documents for people's scripts and pages. Fields are added, never repurposed; text that is not UTF-8 comes
// out with U+FFFD. The shape of bare facts is that of view/document, which reads what is written here.
#include <string>
#include <string_view>

#include "model/alert.hpp"
#include "model/decision.hpp"
#include "model/error.hpp"
#include "model/verdict.hpp"
#include "model/view.hpp"

namespace pgcm::report {

enum class Layout { line, indented };  // one line, or indented by two spaces; neither ends with a newline

// pgcm.status/1: cluster, verdict, primary (null unless there is one), alerts with their text, and all of
// `view_document`, which is the same view as view::write_view() gives it; each node has besides lag_bytes, follows,
// streaming and sync_state (report/glance).
std::string status_json(const View& view, const Alerts& alerts, Verdict verdict, std::string_view view_document,
                        Layout layout);
// pgcm.alerts/1: [{code, severity, node, facts, text}].
std::string alerts_json(const Alerts& alerts, Layout layout);
// pgcm.election/1: primary, winner, candidates, reasons; each reason {rule, node, facts, text}.
std::string election_json(const Election& election, Layout layout);
// pgcm.decision/1, as view::write_decision() with a text for each action and reason; look_again_in_ms from `at`.
std::string decision_json(const Decision& decision, BootTime at, Layout layout);
// pgcm.error/1: code, what, hint (null where there is none).
std::string error_json(const Error& error, Layout layout);

}  // namespace pgcm::report
