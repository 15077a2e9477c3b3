#include "serve/patroni.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#ifndef PGCM_VERSION
#error "the build says which version this is"
#endif

namespace pgcm::serve {
namespace {

using Json = nlohmann::ordered_json;

std::string print(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string_view state_of(const Observation& node) {
    switch (node.reach) {
        case Reach::accepting: return "running";
        case Reach::rejecting:
            return node.sqlstate == "57P03" ? "starting" : "running";  // the latter: full, or the like
        case Reach::refused: return "stopped";
        default: return "unknown";
    }
}

// A number as Patroni has it: bytes from the beginning of the log.
void put_position(Json& out, std::string_view key, const std::optional<Lsn>& lsn) {
    if (lsn) out[std::string(key)] = lsn->value;
}

Json xlog_of(const Observation& node) {
    Json xlog = Json::object();
    if (node.role == Role::primary) {
        put_position(xlog, "location", node.written);
        return xlog;
    }
    put_position(xlog, "received_location", node.received);
    put_position(xlog, "replayed_location", node.replayed);
    if (node.replay_paused) xlog["paused"] = *node.replay_paused;
    return xlog;
}

Json replication_of(const Observation& primary) {
    Json rows = Json::array();
    if (!primary.replicas) return rows;
    for (const auto& replica : *primary.replicas) {
        Json row{{"application_name", replica.application_name}};
        if (replica.client_addr) row["client_addr"] = *replica.client_addr;
        if (replica.state) row["state"] = *replica.state;
        if (replica.sync_state) row["sync_state"] = *replica.sync_state;
        rows.push_back(std::move(row));
    }
    return rows;
}

// What this agent sees that may be told: nothing of an old turn.
const Seen* told(const Truth& truth) {
    return truth.fresh() ? &truth.snapshot()->seen() : nullptr;
}

std::string_view role_of(const Truth& truth, const Seen& seen, const NodeRow& row) {
    const bool local = seen.view.local == row.name;
    if (row.role == Role::primary) return !local || truth.leads() ? "leader" : "replica";
    return row.sync == "sync" ? "sync_standby" : row.sync == "quorum" ? "quorum_standby" : "replica";
}

Json member(const Truth& truth, const Seen& seen, const NodeRow& row) {
    const auto& node = *seen.view.find(row.name);
    Json out{{"name", row.name.str()}, {"role", role_of(truth, seen, row)}};
    out["state"] = row.role == Role::standby && row.streaming ? "streaming" : state_of(node);
    out["host"] = node.host;
    out["port"] = node.port;
    if (node.timeline) out["timeline"] = node.timeline->value;
    if (row.role == Role::standby) out["lag"] = row.lag_bytes ? Json(*row.lag_bytes) : Json("unknown");
    return out;
}

}  // namespace

std::string patroni_json(const Truth& truth) {
    Json out{{"state", "unknown"}, {"role", "uninitialized"}};
    const auto* seen = told(truth);
    const auto* looked = seen != nullptr && seen->view.local ? seen->view.find(*seen->view.local) : nullptr;
    if (looked != nullptr) out["state"] = state_of(*looked);
    if (const auto* node = truth.local()) {
        out["role"] = node->role == Role::primary ? "master" : "replica";
        if (node->server_version) out["server_version"] = *node->server_version;
        out["xlog"] = xlog_of(*node);
        if (node->timeline) out["timeline"] = node->timeline->value;
        if (truth.is_standby() && truth.streams()) out["replication_state"] = "streaming";
        if (node->role == Role::primary) out["replication"] = replication_of(*node);
        if (node->system_identifier) out["database_system_identifier"] = std::to_string(*node->system_identifier);
    }
    if (truth.paused()) out["pause"] = true;
    Json about{{"version", PGCM_VERSION}};
    if (truth.snapshot() != nullptr) {
        const auto& view = truth.snapshot()->seen().view;
        about["scope"] = view.cluster;
        if (view.local) about["name"] = view.local->str();
    }
    out["patroni"] = std::move(about);
    return print(out);
}

std::string cluster_json(const Truth& truth) {
    Json members = Json::array();
    const auto* seen = told(truth);
    if (seen != nullptr)
        for (const auto& row : truth.snapshot()->rows()) members.push_back(member(truth, *seen, row));
    Json out{{"members", std::move(members)}};
    if (truth.paused()) out["pause"] = true;
    if (truth.snapshot() != nullptr) out["scope"] = truth.snapshot()->seen().view.cluster;
    return print(out);
}

std::string history_json(const Truth& truth) {
    Json lines = Json::array();
    if (const auto* seen = told(truth)) {
        const auto serving = primaries(seen->view, cluster_system(seen->view));
        if (serving.size() == 1 && serving.front()->history)
            for (const auto& past : *serving.front()->history)
                lines.push_back({past.timeline.value, past.end.value, "no recovery target specified"});
    }
    return print(lines);
}

}  // namespace pgcm::serve
