// What an acknowledged commit is worth, whether commits can block, and whether there is somebody to take over.
#include <algorithm>
#include <cctype>

#include "model/sync_set.hpp"
#include "view/ward.hpp"

namespace pgcm::view {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool is_standby(const Ward& ward, const std::string& name) {
    return std::any_of(ward.policy.nodes.begin(), ward.policy.nodes.end(), [&](const NodePolicy& node) {
        return !ward.serves(node.name) && lower(application_name(node.name)) == lower(name);
    });
}

void look_at_names(Ward& ward, const Observation& primary) {
    const auto names = primary.synchronous_standby_names.value_or("");
    const auto set = read_sync_names(names);
    if (!set) return;
    // The agent sets them right, unless it is told to leave them alone.
    const auto severity = ward.policy.sync_mode == SyncMode::off ? Severity::critical : Severity::warning;
    const auto known = static_cast<int>(std::count_if(set->names.begin(), set->names.end(),
                                                      [&](const std::string& name) { return is_standby(ward, name); }));
    const int standbys = set->all ? ward.standbys() : known;
    if (standbys < set->count)
        ward.raise(FindingCode::sync_count_high, severity, primary.node,
                   {{"names", names}, {"count", std::int64_t{set->count}}, {"standbys", std::int64_t{standbys}}});
    else if (known < static_cast<int>(set->names.size()))
        ward.raise(FindingCode::sync_name_unknown, Severity::warning, primary.node, {{"names", names}});
    if (!set->all) return;
    // LESSONS 19: pg_receivewal, a backup, anybody who streams.
    for (const auto& replica : primary.replicas.value_or(std::vector<Replica>{}))
        if (replica.state == "streaming" && !is_standby(ward, replica.application_name))
            ward.raise(FindingCode::sync_star_stranger, Severity::warning, primary.node,
                       {{"name", replica.application_name}});
}

void look_at_strictness(Ward& ward) {
    const auto& policy = ward.policy;
    if (policy.sync_mode == SyncMode::off || !policy.sync_strict) return;
    const int least = policy.sync_mode == SyncMode::automatic ? 1 : policy.sync_count;
    if (ward.standbys() > least) return;
    ward.raise(FindingCode::sync_strict_short, ward.standbys() < least ? Severity::critical : Severity::warning, {},
               {{"standbys", std::int64_t{ward.standbys()}}, {"wanted", std::int64_t{least}}});
}

void look_at_candidates(Ward& ward) {
    if (ward.standbys() < 1) return;
    const auto able = std::count_if(ward.policy.nodes.begin(), ward.policy.nodes.end(),
                                    [](const NodePolicy& node) { return !node.nofailover; });
    if (able == 0) ward.raise(FindingCode::no_candidate, Severity::critical);
    if (able != 1) return;
    const auto only = std::find_if(ward.policy.nodes.begin(), ward.policy.nodes.end(),
                                   [](const NodePolicy& node) { return !node.nofailover; });
    ward.raise(FindingCode::one_candidate, Severity::warning, only->name);
}

void look_at_disk_promises(Ward& ward, const Examination& server) {
    if (is(server, "fsync", "off")) ward.raise(FindingCode::fsync_off, Severity::critical, server.node);
    const bool waits = ward.policy.sync_mode == SyncMode::quorum || ward.policy.sync_mode == SyncMode::priority ||
                       ward.policy.sync_strict;
    const auto* commit = server.setting("synchronous_commit");
    if (waits && commit != nullptr && (*commit == "off" || *commit == "local"))
        ward.raise(FindingCode::synchronous_commit_low, Severity::warning, server.node, {{"value", *commit}});
    if (server.restart_pending.empty()) return;
    std::string names;
    for (const auto& name : server.restart_pending) names += (names.empty() ? "" : ", ") + name;
    ward.raise(FindingCode::restart_pending, Severity::notice, server.node, {{"settings", names}});
}

}  // namespace

void look_at_promises(Ward& ward) {
    for (const auto& server : ward.checkup.servers)
        if (!server.witness) look_at_disk_promises(ward, server);
    if (ward.primary != nullptr) look_at_names(ward, *ward.primary);
    look_at_strictness(ward);
    look_at_candidates(ward);
    if (ward.policy.voters() < 3 && ward.policy.quorum == Quorum::any && ward.standbys() > 0)
        ward.raise(FindingCode::voters_few, Severity::notice, {},
                   {{"voters", static_cast<std::int64_t>(ward.policy.voters())}});
}

}  // namespace pgcm::view
