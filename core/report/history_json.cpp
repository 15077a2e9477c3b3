#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/history.hpp"
#include "report/units.hpp"
#include "report/words.hpp"

namespace pgcm::report {
namespace {

using Json = nlohmann::ordered_json;

// RFC 3339 in UTC.
Json of(WallTime at) {
    return fmt::format("{}T{}Z", time(at).substr(0, 10), clock_time(at));
}
Json of(const std::optional<WallTime>& at) {
    return at ? of(*at) : Json(nullptr);
}
Json of(const std::optional<NodeName>& node) {
    return node ? Json(node->str()) : Json(nullptr);
}
Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json of(const Alerts& alerts) {
    return Json::parse(alerts_json(alerts, Layout::line)).at("alerts");
}

Json of(const Chapter& chapter) {
    auto decision = Json::parse(decision_json(chapter.decision, BootTime{}, Layout::line));
    Json seen = Json::array();
    for (const auto& sight : chapter.seen)
        seen.push_back({{"node", sight.node.str()},
                        {"reach", name_of(sight.reach)},
                        {"role", name_of(sight.role)},
                        {"timeline", sight.timeline ? Json(sight.timeline->value) : Json(nullptr)},
                        {"message", text_or_null(sight.message)}});
    return {{"kind", "decision"},
            {"number", chapter.number},
            {"time", of(chapter.at)},
            {"event", text_or_null(chapter.event)},
            {"changed", chapter.changed},
            {"seen", std::move(seen)},
            {"raised", of(chapter.raised)},
            {"over", of(chapter.over)},
            {"actions", std::move(decision["actions"])},
            {"reasons", std::move(decision["reasons"])}};
}

Json of(const Deed& deed) {
    return {{"kind", deed.step.empty() ? "operation" : "step"},
            {"time", of(deed.at)},
            {"node", deed.node.str()},
            {"action", text_or_null(deed.action)},
            {"step", text_or_null(deed.step)},
            {"state", name_of(deed.state)},
            {"took_ms", deed.took.count()},
            {"text", text_or_null(deed.text)},
            {"user", text_or_null(deed.user)}};
}

Json of(const Forced& forced) {
    return {{"kind", "forced"},    {"time", of(forced.at)},           {"node", forced.node.str()},
            {"user", forced.user}, {"why", text_or_null(forced.why)}, {"overridden", forced.overridden}};
}

Json of(const Damage& damage) {
    return {{"kind", "damage"}, {"line", damage.line}, {"what", damage.what}};
}

Json of(const Incident& incident) {
    Json took = Json::object();
    for (const auto& phase : phases(incident)) {
        auto key = phase.name;
        std::replace(key.begin(), key.end(), ' ', '_');
        took[key + "_ms"] = phase.took.count();
    }
    return {{"before", of(incident.before)},
            {"after", of(incident.after)},
            {"last_heard", of(incident.last_heard)},
            {"detected", of(incident.detected)},
            {"decided", of(incident.decided)},
            {"action", text_or_null(incident.action)},
            {"done", of(incident.done)},
            {"over", of(incident.over)},
            {"phases", std::move(took)}};
}

}  // namespace

std::string history_json(const History& history, Layout layout) {
    Json document{{"schema", "pgcm.history/1"},   {"cluster", text_or_null(history.cluster)},
                  {"node", of(history.node)},     {"decisions", history.decisions},
                  {"begins", of(history.begins)}, {"ends", of(history.ends)}};
    document["entries"] = Json::array();
    for (const auto& entry : history.entries)
        document["entries"].push_back(std::visit([](const auto& known) { return of(known); }, entry));
    document["incidents"] = Json::array();
    for (const auto& incident : history.incidents) document["incidents"].push_back(of(incident));
    document["ongoing"] = history.ongoing ? of(*history.ongoing) : Json(nullptr);
    return document.dump(layout == Layout::indented ? 2 : -1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace pgcm::report
