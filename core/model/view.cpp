#include "model/view.hpp"

#include <algorithm>

#include "model/lost_slot.hpp"

namespace pgcm {
namespace {

bool is_sending(const Replica& replica) {
    return !replica.state || *replica.state == "streaming" || *replica.state == "catchup";
}

}  // namespace

bool accepts_as(Role role, const Observation& node) {
    return node.reach == Reach::accepting && node.role == role;
}

std::optional<std::uint64_t> cluster_system(const View& view, const std::optional<std::uint64_t>& known) {
    if (known) return known;
    if (view.host && view.host->system_identifier) return view.host->system_identifier;
    const auto* local = view.local ? view.find(*view.local) : nullptr;
    if (local != nullptr && local->system_identifier) return local->system_identifier;
    for (const auto& node : view.nodes)
        if (node.system_identifier) return node.system_identifier;
    return std::nullopt;
}

std::vector<const Observation*> primaries(const View& view, const std::optional<std::uint64_t>& identifier) {
    std::vector<const Observation*> found;
    for (const auto& node : view.nodes)
        if (accepts_as(Role::primary, node) && !other_system(node, identifier)) found.push_back(&node);
    return found;
}

bool other_system(const Observation& node, const std::optional<std::uint64_t>& identifier) {
    return identifier && node.system_identifier && *node.system_identifier != *identifier;
}

bool points_at(const Observation& standby, const NodePolicy& node) {
    if (!standby.upstream) return false;
    return std::find(node.addresses.begin(), node.addresses.end(), *standby.upstream) != node.addresses.end();
}

const NodePolicy* upstream_of(const Observation& standby, const Policy& policy) {
    for (const auto& node : policy.nodes)
        if (points_at(standby, node)) return &node;
    return nullptr;
}

bool streams(const Observation& standby, const Observation& primary, const Policy& policy) {
    // A frozen or vanished standby stays in the primary's list until wal_sender_timeout.
    if (standby.reach != Reach::accepting && standby.reach != Reach::rejecting) return false;
    const auto name = application_name(standby.node);
    // Without its slot or its WAL it connects again and again, and for a moment each time either end looks well.
    const bool lost = primary.replicas && slot_is_lost(standby, primary, policy);
    for (const auto& replica : primary.replicas.value_or(std::vector<Replica>{}))
        if (replica.application_name == name && is_sending(replica) && !(lost && replica.state == "catchup"))
            return true;
    if (lost || (primary.replicas && slot_is_missing(standby, primary, policy))) return false;
    const auto* node = policy.find(primary.node);
    return node != nullptr && standby.wal_receiver && standby.wal_receiver->status == "streaming" &&
           points_at(standby, *node);
}

bool counts_on_silent(const Observation& primary, const View& view, const Policy& policy) {
    const auto replicas = primary.replicas.value_or(std::vector<Replica>{});
    return std::any_of(policy.nodes.begin(), policy.nodes.end(), [&](const NodePolicy& node) {
        const auto* seen = view.find(node.name);
        const bool answers = seen != nullptr && (seen->reach == Reach::accepting || seen->reach == Reach::rejecting);
        const auto name = application_name(node.name);
        return !answers && std::any_of(replicas.begin(), replicas.end(), [&](const Replica& replica) {
            return replica.application_name == name && is_sending(replica);
        });
    });
}

bool other_mark(const std::optional<PromotionMark>& a, const std::optional<PromotionMark>& b) {
    return a && b && a->timeline == b->timeline && a->id != b->id;
}

std::optional<bool> diverged(const Observation& standby, const Observation& primary) {
    const auto reached = position(standby);
    if (!standby.timeline || !primary.timeline || !reached) return std::nullopt;
    if (*standby.timeline == *primary.timeline) return other_mark(standby.mark, primary.mark);
    if (*standby.timeline > *primary.timeline) return true;
    if (!primary.history) return std::nullopt;
    for (const auto& [timeline, end] : *primary.history)
        if (timeline == *standby.timeline) return *reached > end;
    return true;
}

std::optional<Pause> pause_of(const View& view, const std::optional<Pause>& known) {
    const auto system = cluster_system(view);
    const auto serving = primaries(view, system);
    if (serving.size() == 1) return serving.front()->pause;
    const auto* local = view.local ? view.find(*view.local) : nullptr;
    if (local != nullptr && local->reach == Reach::accepting && !other_system(*local, system)) return local->pause;
    for (const auto& node : view.nodes)
        if (node.reach == Reach::accepting && !other_system(node, system) && node.pause) return node.pause;
    return known;
}

bool holds(const Pause& pause, const View& view) {
    if (view.host && view.host->resumed == pause.since) return false;
    return !pause.until || view.taken_at < *pause.until;
}

bool stands(const SwitchoverRequest& request, const View& view) {
    return request.declined.empty() && request.from != request.to && view.taken_at < request.until;
}

namespace {

const std::string promoting = "pgcm-promoting/";

// As the server cuts it.
std::string cut(std::string name) {
    constexpr std::size_t longest = 63;
    return name.substr(0, longest);
}

}  // namespace

std::string agent_session(const NodeName& node) {
    return cut("pgcm-agent/" + application_name(node));
}

std::string clone_session(const NodeName& node) {
    return cut("pgcm-clone/" + application_name(node));
}

std::string rewind_session(const NodeName& node) {
    return cut("pgcm-rewind/" + application_name(node));
}

std::string handover_session(const std::string& id) {
    return cut("pgcm-handover/" + id);
}

std::string promoting_session(const std::string& word) {
    return promoting + word.substr(word.find('/') + 1);
}

bool is_being_promoted(const Observation& node) {
    if (!accepts_as(Role::standby, node) || !node.sessions) return false;
    return std::any_of(node.sessions->begin(), node.sessions->end(),
                       [](const std::string& name) { return name.starts_with(promoting); });
}

bool has_session(const Observation& node, const std::string& name) {
    return node.sessions && std::find(node.sessions->begin(), node.sessions->end(), name) != node.sessions->end();
}

}  // namespace pgcm
