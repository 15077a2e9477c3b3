#include "loop/publish.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "decide/asked.hpp"
#include "report/glance.hpp"
#include "report/json.hpp"
#include "report/metrics.hpp"
#include "report/operation.hpp"
#include "report/units.hpp"
#include "report/words.hpp"
#include "view/document.hpp"

namespace pgcm::loop {
namespace {

using nlohmann::ordered_json;

std::string name_or_dash(const std::optional<NodeName>& node) {
    return node ? node->str() : "-";
}

class Rendering : public serve::Renderer {
  public:
    // Without conninfos, which are nobody's business beyond the host; `upstream` tells where one points.
    std::string view_json(const View& view) const override {
        View shown = view;
        for (auto& node : shown.nodes) node.primary_conninfo.reset();
        for (auto& witness : shown.witnesses) witness.primary_conninfo.reset();
        return view::write_view(shown, view::Layout::line);
    }
    std::string status_json(const serve::Seen& seen, const std::string& view_json) const override {
        return report::status_json(seen.view, seen.alerts, seen.verdict, view_json, report::Layout::line);
    }
    std::string decision_json(const serve::Seen& seen) const override {
        return report::decision_json(seen.decision, seen.view.at, report::Layout::line);
    }
    std::string alerts_json(const serve::Seen& seen) const override {
        return report::alerts_json(seen.alerts, report::Layout::line);
    }
    std::string step_json(const Step& step) const override { return report::step_json(step); }
    std::string metrics(const serve::Seen& seen, const Figures& figures) const override {
        return report::metrics(seen.view, seen.alerts, seen.verdict, figures);
    }
    std::vector<serve::NodeRow> rows(const View& view) const override {
        std::vector<serve::NodeRow> rows;
        for (auto& row : report::status_rows(view)) {
            const auto lag = report::glance(view, *view.find(row.name)).lag_bytes;
            rows.push_back({row.name, row.role, row.state, row.timeline, row.lsn, row.lag, row.sync, row.follows, lag,
                            row.streaming});
        }
        return rows;
    }
    std::string words(const Alert& alert) const override { return report::words(alert); }
    std::string words(const Reason& reason) const override { return report::words(reason); }
    std::string words(const Action& action) const override { return report::words(action); }
    std::string words(Verdict verdict) const override { return report::words(verdict); }
    std::string words(nanoseconds span) const override { return report::duration(span); }
};

}  // namespace

const serve::Renderer& renderer() {
    static const Rendering the_one;
    return the_one;
}

serve::Seen seen(const TurnResult& turn, const State& state, const Policy& policy, const Histogram& turns) {
    serve::Seen seen;
    seen.view = turn.view;
    seen.alerts = turn.alerts;
    seen.verdict = turn.verdict;
    seen.decision = turn.decision;
    seen.leased = policy.quorum != Quorum::any;
    seen.max_lag_bytes = policy.max_lag_bytes;
    seen.last_lsn = state.last_lsn;
    seen.no_primary_since = state.no_primary_since;
    seen.paused = decide::paused(turn.view, state).has_value();
    seen.operation = state.operation;
    seen.turns = turns;
    seen.turned_at = turn.view.at;
    seen.valid_for = 2 * policy.scan_period + policy.probe_timeout;
    return seen;
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
