#include "view/document_json.hpp"

namespace pgcm::view {
namespace {

Json of(const Reason& reason) {
    Json facts = Json::object();
    for (const auto& fact : reason.facts) std::visit([&](const auto& known) { facts[fact.key] = known; }, fact.value);
    return {{"rule", value(reason.rule)}, {"node", value(reason.node)}, {"facts", std::move(facts)}};
}

Json of(const Reasons& reasons) {
    return list(reasons, [](const Reason& reason) { return of(reason); });
}

Json of(const Action& action) {
    return {{"action", value(action.kind)}, {"node", value(action.node)}, {"value", action.value}};
}

Json of(const Candidate& candidate) {
    return {{"node", value(candidate.node)},
            {"eligible", candidate.eligible},
            {"rank", value(candidate.rank)},
            {"reasons", of(candidate.reasons)}};
}

Json of(const Election& election) {
    return {{"primary", value(election.primary)},
            {"winner", value(election.winner)},
            {"candidates", list(election.candidates, [](const Candidate& candidate) { return of(candidate); })},
            {"reasons", of(election.reasons)}};
}

}  // namespace

// Not in the unnamed namespace: the templates of document_json.hpp find read() through Place.
static void read(const Place& in, FactValue& out) {
    if (in.json().is_boolean()) {
        out = in.json().get<bool>();
    } else if (in.json().is_string()) {
        out = in.json().get<std::string>();
    } else {
        std::int64_t number = 0;
        read(in, number);
        out = number;
    }
}

static void read(const Place& in, Facts& out) {
    if (!in.json().is_object()) return in.wrong("an object");
    for (const auto& [key, json] : in.json().items()) {
        FactValue known;
        read(in.below(key, json), known);
        out.push_back({key, std::move(known)});
    }
}

static void read(const Place& in, Reason& out) {
    in.required("rule", out.rule);
    in.optional("node", out.node);
    in.optional("facts", out.facts);
}

static void read(const Place& in, Action& out) {
    in.required("action", out.kind);
    in.optional("node", out.node);
    in.optional("value", out.value);
}

static void read(const Place& in, Candidate& out) {
    in.required("node", out.node);
    in.required("eligible", out.eligible);
    in.optional("rank", out.rank);
    in.required("reasons", out.reasons);
}

static void read(const Place& in, Election& out) {
    in.optional("primary", out.primary);
    in.optional("winner", out.winner);
    in.required("candidates", out.candidates);
    in.required("reasons", out.reasons);
}

Json document_of(const Decision& decision, BootTime at) {
    return {{"schema", decision_schema},
            {"actions", list(decision.actions, [](const Action& action) { return of(action); })},
            {"reasons", of(decision.reasons)},
            {"election", maybe(decision.election, [](const Election& election) { return of(election); })},
            {"look_again_in_ms", ahead(at, decision.look_again_at)},
            {"wish", value(decision.wish)},
            {"fence_in_ms", ahead(at, decision.fence_at)}};
}

void read(const Place& in, Decision& out) {
    in.required("actions", out.actions);
    in.required("reasons", out.reasons);
    in.optional("election", out.election);
    Ahead look_again_at{out.look_again_at}, fence_at{out.fence_at};
    in.optional("look_again_in_ms", look_again_at);
    in.optional("wish", out.wish);
    in.optional("fence_in_ms", fence_at);
}

}  // namespace pgcm::view
