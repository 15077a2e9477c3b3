#include "loop/publish.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/glance.hpp"
#include "report/json.hpp"
#include "report/words.hpp"
#include "view/document.hpp"

namespace pgcm::loop {
namespace {

using nlohmann::ordered_json;

Role role_of_local(const View& view) {
    const auto* local = view.local ? view.find(*view.local) : nullptr;
    return local != nullptr && local->reach == Reach::accepting ? local->role : Role::unknown;
}

std::string name_or_dash(const std::optional<NodeName>& node) {
    return node ? node->str() : "-";
}

}  // namespace

serve::Published published(const TurnResult& turn, const Policy& policy) {
    serve::Published snapshot;
    const auto& view = turn.view;
    snapshot.view_json = view::write_view(view, view::Layout::line);
    snapshot.status_json =
        report::status_json(view, turn.alerts, turn.verdict, snapshot.view_json, report::Layout::line);
    snapshot.decision_json = report::decision_json(turn.decision, view.at, report::Layout::line);
    snapshot.alerts_json = report::alerts_json(turn.alerts, report::Layout::line);
    snapshot.cluster = view.cluster;
    snapshot.local = view.local;
    snapshot.local_role = role_of_local(view);
    snapshot.verdict = turn.verdict;
    for (const auto& row : report::status_rows(view))
        snapshot.nodes.push_back({row.name, row.role, row.state, row.timeline, row.lsn, row.lag, row.sync});
    for (const auto& alert : turn.alerts) snapshot.alerts.push_back({alert.severity, report::words(alert)});
    snapshot.turned_at = view.at;
    snapshot.valid_for = 2 * policy.scan_period + policy.probe_timeout;
    return snapshot;
}

std::string change_key(const TurnResult& turn) {
    std::string key{name_of(turn.verdict)};
    for (const auto& node : turn.view.nodes)
        key += fmt::format(";{} {} {}", node.node.str(), name_of(node.reach), name_of(node.role));
    for (const auto& alert : turn.alerts) key += fmt::format(";{} {}", name_of(alert.code), name_or_dash(alert.node));
    for (const auto& reason : turn.decision.reasons)
        key += fmt::format(";{} {}", name_of(reason.rule), name_or_dash(reason.node));
    for (const auto& action : turn.decision.actions)
        key += fmt::format(";{} {} {}", name_of(action.kind), name_or_dash(action.node), action.value);
    return key;
}

std::string turn_line(const TurnResult& turn) {
    const auto embedded = [](const std::string& document) {
        auto parsed = ordered_json::parse(document);
        parsed.erase("schema");
        return parsed;
    };
    const auto view_document = view::write_view(turn.view, view::Layout::line);
    ordered_json line{{"schema", "pgcm.turn/1"}};
    line["status"] =
        embedded(report::status_json(turn.view, turn.alerts, turn.verdict, view_document, report::Layout::line));
    line["decision"] = embedded(report::decision_json(turn.decision, turn.view.at, report::Layout::line));
    return line.dump();
}

}  // namespace pgcm::loop
