// What an agent tells: its log, its journal, its hooks, and the alerts that are its own.
#include "loop/agent.hpp"
#include "report/words.hpp"

namespace pgcm::loop {
namespace {

Level level_of(Severity severity) {
    return severity == Severity::critical ? Level::error : severity == Severity::warning ? Level::warning : Level::info;
}

// The keys of a line about a node.
Facts keys(std::string name, std::string_view value, const std::optional<NodeName>& node) {
    Facts keys{{std::move(name), std::string(value)}};
    if (node) keys.push_back({"node", node->str()});
    return keys;
}

}  // namespace

// What was done goes into the journal, and to the hooks.
void Agent::note(Deed deed) {
    deed.node = *config_.local;
    if (hooks_) hooks_->tell(deed);
    chronicle_.did(std::move(deed));
}

// A failing hook is not told to the hook that fails.
void Agent::tell_alert(const std::string& event, const Alert& alert) {
    if (!hooks_ || alert.code == AlertCode::hook_failed) return;
    Facts facts{{"alert", std::string(name_of(alert.code))}, {"severity", std::string(name_of(alert.severity))}};
    if (alert.node) facts.push_back({"about", alert.node->str()});
    facts.push_back({"text", report::words(alert)});
    hooks_->tell(event, std::move(facts));
}

// Once when it comes up and, of alerts, once when it is over.
void Agent::tell_changes(const TurnResult& result) {
    if (options_.tell) options_.tell(turn_line(result));
    std::map<std::string, std::optional<Alert>> standing;
    const auto key = [](std::string_view name, const std::optional<NodeName>& node) {
        return std::string(name) + " " + (node ? node->str() : "");
    };
    for (const auto& reason : result.decision.reasons) {
        const auto id = key(name_of(reason.rule), reason.node);
        if (!standing_.contains(id))
            around_.log.say(reason.rule == Rule::operation_running ? Level::debug : Level::info, "reason",
                            report::words(reason), keys("rule", name_of(reason.rule), reason.node));
        standing[id].reset();
    }
    for (const auto& alert : result.alerts) {
        const auto id = key(name_of(alert.code), alert.node);
        if (!standing_.contains(id)) {
            around_.log.say(level_of(alert.severity), "alert", report::words(alert),
                            keys("code", name_of(alert.code), alert.node));
            tell_alert("alert_raised", alert);
        }
        standing[id] = alert;
    }
    for (const auto& [id, alert] : standing_) {
        if (!alert || standing.contains(id)) continue;
        auto known = keys("code", name_of(alert->code), alert->node);
        known.push_back({"over", true});
        const auto whose = alert->node ? " of " + alert->node->str() : std::string{};
        around_.log.say(Level::info, "alert", "over: " + std::string(name_of(alert->code)) + whose, known);
        tell_alert("alert_cleared", *alert);
    }
    standing_ = std::move(standing);
}

void Agent::add_own_alerts(Alerts& alerts) const {
    if (*state_lost_) alerts.push_back({AlertCode::state_unwritable, Severity::warning, config_.local, {}});
    if (judge_.state().memory_lost)
        alerts.push_back({AlertCode::state_unreadable, Severity::warning, config_.local, {}});
    if (around_.guard != nullptr && !around_.guard->alive())
        alerts.push_back({AlertCode::guard_missing, Severity::critical, config_.local, {}});
    if (const auto& veto = judge_.state().vetoed)
        alerts.push_back({AlertCode::hook_vetoed, Severity::warning, config_.local, {{"message", *veto}}});
    if (hooks_ && hooks_->failure()) {
        const auto& [hook, event, message] = *hooks_->failure();
        alerts.push_back({AlertCode::hook_failed,
                          Severity::warning,
                          config_.local,
                          {{"hook", hook}, {"event", event}, {"message", message}}});
    }
    for (const auto& [name, failure] : judge_.failures())
        alerts.push_back(
            {AlertCode::operation_failed,
             Severity::warning,
             config_.local,
             {{"operation", name}, {"attempts", std::int64_t{failure.in_a_row}}, {"message", failure.what}}});
}

}  // namespace pgcm::loop
