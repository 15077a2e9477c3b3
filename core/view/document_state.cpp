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

Json of(const TriedSwitchover& tried, BootTime at) {
    return {{"id", tried.id}, {"why", text_or_null(tried.why)}, {"ended_age_ms", age(at, tried.ended_at)}};
}

}  // namespace

// Not in the unnamed namespace: the templates of document_json.hpp find read() through Place.
static void read(const Place& in, NodePolicy& out) {
    in.required("name", out.name);
    in.required("priority", out.priority);
    in.required("nofailover", out.nofailover);
    in.required("addresses", out.addresses);
}

static void read(const Place& in, TriedSwitchover& out) {
    in.required("id", out.id);
    in.optional("why", out.why);
    in.optional("ended_age_ms", out.ended_at);
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

// Times that have been, by name, as milliseconds before now.
struct TimesPast {
    std::map<std::string, BootTime>& values;
};
static void read(const Place& in, TimesPast& out) {
    if (!in.json().is_object()) return in.wrong("an object");
    for (const auto& [key, json] : in.json().items()) read(in.below(key, json), out.values[key]);
}

static void check_period(const Place& in, std::string_view key, milliseconds period) {
    if (period < milliseconds{0}) in.below(key, in.json()).fails("a period is not negative");
}

static void required_period(const Place& in, std::string_view key, milliseconds& out) {
    in.required(key, out);
    check_period(in, key, out);
}

static void optional_period(const Place& in, std::string_view key, milliseconds& out) {
    in.optional(key, out);
    check_period(in, key, out);
}

Json document_of(const State& state, BootTime at) {
    Json backed = Json::object();
    for (const auto& [voter, time] : state.backed_since) backed[voter] = value(at - time);
    Json not_before = Json::object();
    for (const auto& [action, time] : state.not_before) not_before[action] = value(time - at);
    return {{"schema", state_schema},
            {"last_primary", value(state.last_primary)},
            {"system_identifier", identifier(state.system_identifier)},
            {"last_timeline", value(state.last_timeline)},
            {"last_lsn", value(state.last_lsn)},
            {"last_mark", value(state.last_mark)},
            {"last_sync_names", state.last_sync_names},
            {"pause", value(state.pause)},
            {"tried_switchover", maybe(state.tried, [&](const TriedSwitchover& tried) { return of(tried, at); })},
            {"memory_lost", state.memory_lost},
            {"no_primary_for_ms", age(at, state.no_primary_since)},
            {"conflict_for_ms", age(at, state.conflict_since)},
            {"rejecting_for_ms", age(at, state.rejecting_since)},
            {"local_down_for_ms", age(at, state.local_down_since)},
            {"local_ran_age_ms", age(at, state.local_ran_at)},
            {"local_started_age_ms", age(at, state.local_started_at)},
            {"unsynced_for_ms", age(at, state.unsynced_since)},
            {"not_following_for_ms", age(at, state.not_following_since)},
            {"serving_for_ms", age(at, state.serving_since)},
            {"unleased_for_ms", age(at, state.unleased_since)},
            {"fencing_for_ms", age(at, state.fencing_since)},
            {"backed_for_ms", std::move(backed)},
            {"not_before_in_ms", std::move(not_before)},
            {"hands_over_to", value(state.hands_over_to)},
            {"hands_over_for_ms", age(at, state.hands_over_since)},
            {"vetoed", value(state.vetoed)},
            {"operation", value(state.operation)}};
}

void read(const Place& in, State& out) {
    Identifier system{out.system_identifier};
    TimesPast backed{out.backed_since};
    in.optional("last_primary", out.last_primary);
    in.optional("system_identifier", system);
    in.optional("last_timeline", out.last_timeline);
    in.optional("last_lsn", out.last_lsn);
    in.optional("last_mark", out.last_mark);
    in.optional("last_sync_names", out.last_sync_names);
    in.optional("pause", out.pause);
    in.optional("tried_switchover", out.tried);
    in.optional("memory_lost", out.memory_lost);
    in.optional("no_primary_for_ms", out.no_primary_since);
    in.optional("conflict_for_ms", out.conflict_since);
    in.optional("rejecting_for_ms", out.rejecting_since);
    in.optional("local_down_for_ms", out.local_down_since);
    in.optional("local_ran_age_ms", out.local_ran_at);
    in.optional("local_started_age_ms", out.local_started_at);
    in.optional("unsynced_for_ms", out.unsynced_since);
    in.optional("not_following_for_ms", out.not_following_since);
    in.optional("serving_for_ms", out.serving_since);
    in.optional("unleased_for_ms", out.unleased_since);
    in.optional("fencing_for_ms", out.fencing_since);
    in.optional("backed_for_ms", backed);
    in.optional("not_before_in_ms", out.not_before);
    in.optional("hands_over_to", out.hands_over_to);
    in.optional("hands_over_for_ms", out.hands_over_since);
    in.optional("vetoed", out.vetoed);
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
            {"witnesses", list(policy.witnesses, [](const NodeName& name) { return value(name); })},
            {"lease_ttl_ms", value(policy.lease_ttl)},
            {"fence_margin_ms", value(policy.fence_margin)},
            {"trust_refused", policy.trust_refused},
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
    in.optional("witnesses", out.witnesses);
    optional_period(in, "lease_ttl_ms", out.lease_ttl);
    optional_period(in, "fence_margin_ms", out.fence_margin);
    in.optional("trust_refused", out.trust_refused);
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
    for (const auto& witness : out.witnesses)
        if (!seen.insert(witness).second) in.fails("two of its voters are named " + Json(witness.str()).dump());
}

}  // namespace pgcm::view
