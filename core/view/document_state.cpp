#include <set>

#include "view/document_json.hpp"

namespace pgcm::view {
namespace {

Json of(const NodePolicy& node) {
    return {{"name", value(node.name)},
            {"priority", node.priority},
            {"nofailover", node.nofailover},
            {"addresses", list(node.addresses, [](const Address& address) { return value(address); })}};
}

}  // namespace

// Not in the unnamed namespace: the templates of document_json.hpp find read() through Place.
static void read(const Place& in, NodePolicy& out) {
    in.required("name", out.name);
    in.required("priority", out.priority);
    in.required("nofailover", out.nofailover);
    in.required("addresses", out.addresses);
}

// Times to come, by action name, as milliseconds from now.
static void read(const Place& in, std::map<std::string, BootTime>& out) {
    if (!in.json().is_object()) return in.wrong("an object");
    for (const auto& [key, json] : in.json().items()) {
        nanoseconds ahead{0};
        read(in.below(key, json), ahead);
        out[key] = in.at() + ahead;
    }
}

static void required_period(const Place& in, std::string_view key, milliseconds& out) {
    in.required(key, out);
    if (out < milliseconds{0}) in.below(key, in.json()).fails("a period is not negative");
}

Json document_of(const State& state, BootTime at) {
    Json not_before = Json::object();
    for (const auto& [action, time] : state.not_before) not_before[action] = value(time - at);
    return {{"schema", state_schema},
            {"last_primary", value(state.last_primary)},
            {"system_identifier", identifier(state.system_identifier)},
            {"last_timeline", value(state.last_timeline)},
            {"last_lsn", value(state.last_lsn)},
            {"no_primary_for_ms", age(at, state.no_primary_since)},
            {"conflict_for_ms", age(at, state.conflict_since)},
            {"rejecting_for_ms", age(at, state.rejecting_since)},
            {"local_down_for_ms", age(at, state.local_down_since)},
            {"local_started_age_ms", age(at, state.local_started_at)},
            {"unsynced_for_ms", age(at, state.unsynced_since)},
            {"not_following_for_ms", age(at, state.not_following_since)},
            {"not_before_in_ms", std::move(not_before)},
            {"operation", value(state.operation)}};
}

void read(const Place& in, State& out) {
    Identifier system{out.system_identifier};
    in.optional("last_primary", out.last_primary);
    in.optional("system_identifier", system);
    in.optional("last_timeline", out.last_timeline);
    in.optional("last_lsn", out.last_lsn);
    in.optional("no_primary_for_ms", out.no_primary_since);
    in.optional("conflict_for_ms", out.conflict_since);
    in.optional("rejecting_for_ms", out.rejecting_since);
    in.optional("local_down_for_ms", out.local_down_since);
    in.optional("local_started_age_ms", out.local_started_at);
    in.optional("unsynced_for_ms", out.unsynced_since);
    in.optional("not_following_for_ms", out.not_following_since);
    in.optional("not_before_in_ms", out.not_before);
    in.optional("operation", out.operation);
}

Json document_of(const Policy& policy) {
    return {{"schema", policy_schema},
            {"cluster", policy.cluster},
            {"local", value(policy.local)},
            {"nodes", list(policy.nodes, [](const NodePolicy& node) { return of(node); })},
            {"managed", policy.managed},
            {"slot", policy.slot},
            {"scan_period_ms", value(policy.scan_period)},
            {"probe_timeout_ms", value(policy.probe_timeout)},
            {"failover_after_ms", value(policy.failover_after)},
            {"conflict_after_ms", value(policy.conflict_after)},
            {"primary_start_timeout_ms", value(policy.primary_start_timeout)},
            {"follow_check_after_ms", value(policy.follow_check_after)},
            {"mode", value(policy.mode)},
            {"quorum", value(policy.quorum)},
            {"on_crash", value(policy.on_crash)},
            {"max_lag_bytes", value(policy.max_lag_bytes)},
            {"keep", value(policy.keep)},
            {"sync_mode", value(policy.sync_mode)},
            {"sync_count", policy.sync_count},
            {"sync_strict", policy.sync_strict},
            {"sync_degrade_after_ms", value(policy.sync_degrade_after)}};
}

void read(const Place& in, Policy& out) {
    in.required("cluster", out.cluster);
    in.optional("local", out.local);
    in.required("nodes", out.nodes);
    in.required("managed", out.managed);
    in.required("slot", out.slot);
    required_period(in, "scan_period_ms", out.scan_period);
    required_period(in, "probe_timeout_ms", out.probe_timeout);
    required_period(in, "failover_after_ms", out.failover_after);
    required_period(in, "conflict_after_ms", out.conflict_after);
    required_period(in, "primary_start_timeout_ms", out.primary_start_timeout);
    required_period(in, "follow_check_after_ms", out.follow_check_after);
    in.required("mode", out.mode);
    in.required("quorum", out.quorum);
    in.required("on_crash", out.on_crash);
    in.optional("max_lag_bytes", out.max_lag_bytes);
    in.required("keep", out.keep);
    in.required("sync_mode", out.sync_mode);
    in.required("sync_count", out.sync_count);
    in.required("sync_strict", out.sync_strict);
    required_period(in, "sync_degrade_after_ms", out.sync_degrade_after);
    std::set<NodeName> seen;
    for (const auto& node : out.nodes)
        if (!seen.insert(node.name).second) in.fails("two of its nodes are named " + Json(node.name.str()).dump());
}

}  // namespace pgcm::view
