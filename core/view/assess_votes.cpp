#include "view/assess_votes.hpp"

#include <algorithm>
#include <map>

namespace pgcm::view {
namespace {

struct Votes {
    std::map<NodeName, int> held;
    int unknown = 0;
    int within_reach = 0;  // not a stranger's
};

Votes count(const View& view) {
    Votes votes;
    const auto add = [&](const Observation& voter) {
        const bool accepts = voter.reach == Reach::accepting;
        if (accepts && !(voter.vote && voter.vote->stranger)) ++votes.within_reach;
        if (!accepts || !voter.vote)
            ++votes.unknown;
        else if (voter.vote->holder)
            ++votes.held[*voter.vote->holder];
    };
    for (const auto& node : view.nodes) add(node);
    for (const auto& witness : view.witnesses) add(witness);
    return votes;
}

}  // namespace

Facts facts_of_silence(const Observation& voter) {
    Facts facts{{"reach", std::string(name_of(voter.reach))}};
    if (!voter.sqlstate.empty()) facts.push_back({"sqlstate", voter.sqlstate});
    if (!voter.message.empty()) facts.push_back({"message", voter.message});
    return facts;
}

Alerts assess_votes(const View& view, const Policy& policy, const std::vector<const Observation*>& serving) {
    Alerts alerts;
    if (policy.quorum != Quorum::majority) return alerts;
    const auto votes = count(view);
    const int needed = majority_of(policy.voters());
    const Fact needs{"needed", std::int64_t{needed}};
    if (votes.within_reach < needed)
        alerts.push_back({AlertCode::lease_no_majority,
                          Severity::critical,
                          {},
                          {{"within_reach", std::int64_t{votes.within_reach}},
                           {"voters", static_cast<std::int64_t>(policy.voters())},
                           needs}});
    for (const auto* primary : serving) {
        const auto at = votes.held.find(primary->node);
        const int held = at == votes.held.end() ? 0 : at->second;
        // Votes that cannot be seen from here may well be its own.
        if (held + votes.unknown < needed)
            alerts.push_back({AlertCode::primary_without_lease,
                              Severity::warning,
                              primary->node,
                              {{"votes", std::int64_t{held}}, needs}});
    }
    for (const auto& [holder, held] : votes.held) {
        const bool serves = std::any_of(serving.begin(), serving.end(),
                                        [&name = holder](const Observation* primary) { return primary->node == name; });
        if (held >= needed && !serves)
            alerts.push_back(
                {AlertCode::lease_without_primary, Severity::warning, holder, {{"votes", std::int64_t{held}}, needs}});
    }
    const auto stranger = [&](const Observation& voter) {
        if (voter.reach == Reach::accepting && voter.vote && voter.vote->stranger)
            alerts.push_back({AlertCode::lease_stranger, Severity::warning, voter.node, {}});
    };
    for (const auto& node : view.nodes) stranger(node);
    for (const auto& witness : view.witnesses) {
        stranger(witness);
        if (witness.reach != Reach::accepting)
            alerts.push_back(
                {AlertCode::witness_unreachable, Severity::warning, witness.node, facts_of_silence(witness)});
    }
    return alerts;
}

}  // namespace pgcm::view
