#include "report/glance.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/units.hpp"

namespace pgcm::report {
namespace {

std::string text_of(const Address& address) {
    return address.host.find(':') == std::string::npos ? fmt::format("{}:{}", address.host, address.port)
                                                       : fmt::format("[{}]:{}", address.host, address.port);
}

// Where a standby's WAL comes from: its walreceiver's sender, else primary_conninfo.
std::optional<Address> source_of(const Observation& node) {
    if (node.wal_receiver && node.wal_receiver->sender_host)
        return Address{*node.wal_receiver->sender_host, node.wal_receiver->sender_port.value_or(5432)};
    return node.upstream;
}

const Observation* node_at(const View& view, const Address& address) {
    for (const auto& node : view.nodes)
        if (node.host == address.host && node.port == address.port) return &node;
    return nullptr;
}

const Replica* replica_of(const Observation& primary, const Observation& node) {
    if (!primary.replicas) return nullptr;
    const auto name = application_name(node.node);
    const auto found = std::find_if(primary.replicas->begin(), primary.replicas->end(),
                                    [&](const Replica& replica) { return replica.application_name == name; });
    return found == primary.replicas->end() ? nullptr : &*found;
}

// "pg_basebackup" or "pg_rewind", of which one end is a session on the primary; empty: none.
std::string_view copy_from(const Observation& primary, const NodeName& node) {
    const auto clone = clone_session(node);
    const auto replicas = primary.replicas.value_or(std::vector<Replica>{});
    const bool clones = std::any_of(replicas.begin(), replicas.end(),
                                    [&](const Replica& replica) { return replica.application_name == clone; });
    return clones ? "pg_basebackup" : has_session(primary, rewind_session(node)) ? "pg_rewind" : "";
}

bool is_hidden(const Observation& node, std::string_view field) {
    return std::any_of(node.missing.begin(), node.missing.end(),
                       [&](const Missing& missing) { return missing.field == field; });
}

std::string state_of(const Observation& node) {
    std::string text{name_of(node.reach)};
    if (!node.sqlstate.empty()) text += " " + printable(node.sqlstate);
    if (node.replay_paused.value_or(false)) text += ", paused";
    return text;
}

std::string follows_text(const Observation& node, const Glance& seen) {
    if (seen.copies_from)
        return printable(seen.copies_from->str()) + (seen.copies_by == "pg_rewind" ? ", rewinding" : ", cloning");
    if (!accepts_as(Role::standby, node)) return "";
    const auto source = source_of(node);
    if (!seen.follows && !source) return is_hidden(node, "wal_receiver") ? "" : "nobody";
    auto name = printable(seen.follows ? seen.follows->str() : text_of(*source));
    if (seen.streaming) return name;
    const bool waits = node.wal_receiver && node.wal_receiver->status != "streaming";
    return name + ", " + (waits ? printable(node.wal_receiver->status) : "not streaming");
}

std::string replay_text(const View& view, const Observation& node, const Glance& seen) {
    if (!node.replay_age || !node.replayed || node.role != Role::standby) return "";
    const auto serving = primaries_of(view);
    const auto* primary = seen.follows ? view.find(*seen.follows) : serving.size() == 1 ? serving.front() : nullptr;
    // On an idle primary the last transaction is old and nothing is behind.
    if (primary != nullptr && primary->written && *node.replayed >= *primary->written) return "";
    return duration(*node.replay_age);
}

}  // namespace

std::vector<const Observation*> primaries_of(const View& view) {
    return primaries(view, cluster_system(view));
}

Glance glance(const View& view, const Observation& node) {
    Glance seen;
    for (const auto* primary : primaries_of(view)) {
        if (const auto by = copy_from(*primary, node.node); !by.empty()) {
            seen.copies_from = primary->node;
            seen.copies_by = by;
        }
    }
    if (!accepts_as(Role::standby, node)) return seen;
    const auto serving = primaries_of(view);
    const Observation* primary = serving.size() == 1 ? serving.front() : nullptr;
    const auto source = source_of(node);
    const Observation* upstream = source ? node_at(view, *source) : nullptr;
    seen.streaming = node.wal_receiver && node.wal_receiver->status == "streaming";
    for (const auto* candidate : serving) {
        const auto* replica = replica_of(*candidate, node);
        if (replica == nullptr) continue;
        const bool up_to_date = !replica->state || *replica->state == "streaming";
        seen.sync = up_to_date ? replica->sync_state : replica->state;
        seen.streaming = true;
        if (upstream == nullptr) upstream = candidate;
    }
    if (upstream != nullptr) seen.follows = upstream->node;
    if (primary == nullptr && upstream != nullptr && accepts_as(Role::primary, *upstream)) primary = upstream;
    if (primary != nullptr && primary->written && position(node))
        seen.lag_bytes = bytes_between(*position(node), *primary->written);
    return seen;
}

std::vector<StatusRow> status_rows(const View& view) {
    std::vector<StatusRow> rows;
    for (const auto& node : view.nodes) {
        const auto seen = glance(view, node);
        const auto reached = position(node);
        StatusRow row;
        row.name = node.node;
        row.local = view.local == node.node;
        row.role = node.role;
        row.reach = node.reach;
        row.state = state_of(node);
        row.timeline = node.timeline ? to_string(*node.timeline) : "";
        row.lsn = reached ? to_string(*reached) : "";
        row.lag = seen.lag_bytes ? size(*seen.lag_bytes) : "";
        row.replay = replay_text(view, node, seen);
        row.sync = seen.sync ? printable(*seen.sync) : "";
        row.follows = follows_text(node, seen);
        row.streaming = seen.streaming;
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace pgcm::report
