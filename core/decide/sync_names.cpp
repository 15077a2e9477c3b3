#include "decide/sync_names.hpp"

#include <algorithm>

namespace pgcm::decide {
namespace {

std::string quoted(const std::string& name) {
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"') out += c;
        out += c;
    }
    return out + "\"";
}

std::string list_of(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + quoted(name);
    return out;
}

// The standbys of the cluster that a commit may wait for, in the configuration's order; `all` counts the absent too.
std::vector<std::string> standbys(const Observation& primary, const View& view, const Policy& policy, bool all) {
    std::vector<std::string> names;
    for (const auto& node : policy.nodes) {
        if (node.name == primary.node) continue;
        const auto* seen = view.find(node.name);
        if (all || (seen != nullptr && streams(*seen, primary, policy))) names.push_back(application_name(node.name));
    }
    return names;
}

// `silent`: '*' may mean a standby that does not answer, so those that do are named.
std::string wanted_names(const std::vector<std::string>& names, const Policy& policy, bool silent) {
    if (names.empty()) return "";
    if (policy.sync_mode == SyncMode::automatic) return silent ? "FIRST 1 (" + list_of(names) + ")" : "*";
    const auto count = std::min<std::size_t>(static_cast<std::size_t>(policy.sync_count), names.size());
    const std::string kind = policy.sync_mode == SyncMode::quorum ? "ANY " : "FIRST ";
    return kind + std::to_string(count) + " (" + list_of(names) + ")";
}

}  // namespace

std::optional<std::string> sync_names_when_primary(const NodeName& standby, const Policy& policy) {
    if (!policy.sync_strict || policy.sync_mode == SyncMode::off) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& node : policy.nodes)
        if (node.name != standby) names.push_back(application_name(node.name));
    return wanted_names(names, policy, false);
}

SyncNames sync_names(const Observation& primary, const View& view, const State& state, const Policy& policy) {
    const auto current = primary.synchronous_standby_names.value_or("");
    const auto streaming = standbys(primary, view, policy, false);
    const bool silent =
        policy.sync_mode == SyncMode::automatic && !policy.sync_strict && counts_on_silent(primary, view, policy);
    const auto wanted =
        wanted_names(policy.sync_strict ? standbys(primary, view, policy, true) : streaming, policy, silent);
    const auto least =
        policy.sync_mode == SyncMode::automatic ? std::size_t{1} : static_cast<std::size_t>(policy.sync_count);
    const auto keep = [&](Rule rule) { return SyncNames{{}, {rule, primary.node, {{"names", current}}}, {}}; };

    if (policy.sync_mode == SyncMode::off) return keep(Rule::sync_right);
    if (wanted == current) {
        const bool holds = policy.sync_strict && !current.empty() && streaming.size() < least;
        return keep(holds ? Rule::sync_strict_holds : Rule::sync_right);
    }
    // Fewer than wanted: commits wait until this is over or the standbys are given up.
    const bool degrades = !policy.sync_strict && !current.empty() && (silent || streaming.size() < least);
    const auto give_up_at = state.unsynced_since.value_or(view.at) + policy.sync_degrade_after;
    if (degrades && view.at < give_up_at)
        return {{},
                {Rule::sync_degrade_wait,
                 primary.node,
                 {{"names", current}, {"left_ms", std::int64_t{to_ms(give_up_at - view.at).count()}}}},
                give_up_at};
    return {wanted, {Rule::sync_changes, primary.node, {{"from", current}, {"to", wanted}}}, {}};
}

}  // namespace pgcm::decide
