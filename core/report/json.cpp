#include "report/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "model/assert.hpp"
#include "report/glance.hpp"
#include "report/tally.hpp"
#include "report/words.hpp"

namespace pgcm::report {
namespace {

using Json = nlohmann::ordered_json;

std::string print(const Json& document, Layout layout) {
    return document.dump(layout == Layout::line ? -1 : 2, ' ', false, Json::error_handler_t::replace);
}

Json of(const std::optional<NodeName>& node) {
    return node ? Json(node->str()) : Json(nullptr);
}

Json of(const Facts& facts) {
    Json out = Json::object();
    for (const auto& fact : facts) std::visit([&](const auto& known) { out[fact.key] = known; }, fact.value);
    return out;
}

Json of(const Reason& reason) {
    return {{"rule", name_of(reason.rule)},
            {"node", of(reason.node)},
            {"facts", of(reason.facts)},
            {"text", words(reason)}};
}

Json of(const Alert& alert) {
    return {{"code", name_of(alert.code)},
            {"severity", name_of(alert.severity)},
            {"node", of(alert.node)},
            {"facts", of(alert.facts)},
            {"text", words(alert)}};
}

Json of(const Action& action) {
    return {
        {"action", name_of(action.kind)}, {"node", of(action.node)}, {"value", action.value}, {"text", words(action)}};
}

template <class T>
Json all(const std::vector<T>& items) {
    Json out = Json::array();
    for (const auto& item : items) out.push_back(of(item));
    return out;
}

Json of(const Candidate& candidate) {
    return {{"node", candidate.node.str()},
            {"eligible", candidate.eligible},
            {"rank", candidate.rank ? Json(*candidate.rank) : Json(nullptr)},
            {"reasons", all(candidate.reasons)}};
}

void put(Json& out, const Election& election) {
    Json candidates = Json::array();
    for (const auto& candidate : election.candidates) candidates.push_back(of(candidate));
    out["primary"] = of(election.primary);
    out["winner"] = of(election.winner);
    out["candidates"] = std::move(candidates);
    out["reasons"] = all(election.reasons);
}

// Milliseconds, an integer where they are whole, as view/document writes them.
Json milliseconds_of(nanoseconds span) {
    if (span % milliseconds{1} == nanoseconds{0}) return to_ms(span).count();
    return static_cast<double>(span.count()) / 1e6;
}

// Null where no voter shows a vote.
Json majority_of(const View& view) {
    const auto votes = [](const Observation& voter) { return voter.vote.has_value(); };
    if (!view.lease && std::none_of(view.nodes.begin(), view.nodes.end(), votes) &&
        std::none_of(view.witnesses.begin(), view.witnesses.end(), votes))
        return nullptr;
    const auto counted = tally(view, view.nodes.size() + view.witnesses.size());
    const auto holder = holder_of(counted);
    return {{"holder", of(holder)},
            {"votes", holder ? counted.held.at(*holder) : 0},
            {"needed", counted.needed},
            {"voters", counted.voters},
            {"text", words(counted)}};
}

std::string_view code_name(ErrorCode code) {
    switch (code) {
        case ErrorCode::failed: return "failed";
        case ErrorCode::usage: return "usage";
        case ErrorCode::refused: return "refused";
        case ErrorCode::busy: return "busy";
        case ErrorCode::timeout: return "timeout";
        case ErrorCode::interrupted: return "interrupted";
    }
    return "failed";
}

}  // namespace

std::string status_json(const View& view, const Alerts& alerts, Verdict verdict, std::string_view view_document,
                        Layout layout) {
    Json facts = Json::parse(view_document, nullptr, false);
    PGCM_ASSERT(facts.is_object() && facts.contains("nodes") && facts["nodes"].size() == view.nodes.size());
    for (std::size_t i = 0; i < view.nodes.size(); ++i) {
        const auto seen = glance(view, view.nodes[i]);
        Json& node = facts["nodes"][i];
        node["lag_bytes"] = seen.lag_bytes ? Json(*seen.lag_bytes) : Json(nullptr);
        node["follows"] = of(seen.follows);
        node["streaming"] = seen.streaming;
        node["copies_by"] = seen.copies_by.empty() ? Json(nullptr) : Json(seen.copies_by);
        node["sync_state"] = seen.sync ? Json(*seen.sync) : Json(nullptr);
    }
    const auto serving = primaries_of(view);
    Json out{{"schema", "pgcm.status/1"},
             {"cluster", view.cluster},
             {"verdict", name_of(verdict)},
             {"primary", serving.size() == 1 ? Json(serving.front()->node.str()) : Json(nullptr)},
             {"alerts", all(alerts)}};
    out["majority"] = majority_of(view);
    for (auto& [key, value] : facts.items())
        if (!out.contains(key)) out[key] = std::move(value);
    return print(out, layout);
}

std::string alerts_json(const Alerts& alerts, Layout layout) {
    return print(Json{{"schema", "pgcm.alerts/1"}, {"alerts", all(alerts)}}, layout);
}

std::string election_json(const Election& election, Layout layout) {
    Json out{{"schema", "pgcm.election/1"}};
    put(out, election);
    return print(out, layout);
}

std::string decision_json(const Decision& decision, BootTime at, Layout layout) {
    Json out{{"schema", "pgcm.decision/1"},
             {"actions", all(decision.actions)},
             {"reasons", all(decision.reasons)},
             {"election", nullptr}};
    if (decision.election) {
        Json election = Json::object();
        put(election, *decision.election);
        out["election"] = std::move(election);
    }
    const auto ahead = [&](const std::optional<BootTime>& time) {
        return time ? milliseconds_of(*time - at) : Json(nullptr);
    };
    out["look_again_in_ms"] = ahead(decision.look_again_at);
    out["wish"] = {{"kind", name_of(decision.wish.kind)}, {"above", decision.wish.above}, {"to", of(decision.wish.to)}};
    out["fence_in_ms"] = ahead(decision.fence_at);
    return print(out, layout);
}

std::string error_json(const Error& error, Layout layout) {
    return print(Json{{"schema", "pgcm.error/1"},
                      {"code", code_name(error.code)},
                      {"what", error.what},
                      {"hint", error.hint.empty() ? Json(nullptr) : Json(error.hint)}},
                 layout);
}

}  // namespace pgcm::report
