#include <set>

#include "view/document_json.hpp"

namespace pgcm::view {
namespace {

Json of(const WalReceiver& receiver) {
    return {{"status", receiver.status},
            {"sender_host", value(receiver.sender_host)},
            {"sender_port", value(receiver.sender_port)},
            {"slot", value(receiver.slot)},
            {"timeline", value(receiver.timeline)},
            {"message_age_ms", value(receiver.message_age)}};
}

Json of(const Replica& replica) {
    return {{"application_name", replica.application_name},
            {"client_addr", value(replica.client_addr)},
            {"state", value(replica.state)},
            {"sync_state", value(replica.sync_state)},
            {"sent", value(replica.sent)},
            {"flushed", value(replica.flushed)},
            {"replayed", value(replica.replayed)}};
}

Json of(const Slot& slot) {
    return {{"name", slot.name},
            {"physical", slot.physical},
            {"active", slot.active},
            {"restart_lsn", value(slot.restart_lsn)},
            {"retained_bytes", value(slot.retained_bytes)},
            {"wal_status", value(slot.wal_status)}};
}

Json of(const TimelineSwitch& step) {
    return {{"timeline", value(step.timeline)}, {"end", value(step.end)}};
}

Json of(const Missing& missing) {
    return {{"field", missing.field}, {"grant", missing.grant}};
}

template <class T>
Json all(const std::vector<T>& items) {
    return list(items, [](const T& item) { return of(item); });
}
template <class T>
Json all(const std::optional<std::vector<T>>& items) {
    return items ? all(*items) : Json(nullptr);
}

Json of(const Inventory& inventory, BootTime at) {
    return {{"taken_age_ms", age(at, inventory.taken_at)},
            {"database_bytes", value(inventory.database_bytes)},
            {"wal_bytes", value(inventory.wal_bytes)},
            {"wal_files", value(inventory.wal_files)},
            {"slots", all(inventory.slots)}};
}

Json of(const Observation& node, BootTime at) {
    return {{"node", value(node.node)},
            {"host", node.host},
            {"port", node.port},
            {"reach", value(node.reach)},
            {"sqlstate", text_or_null(node.sqlstate)},
            {"message", text_or_null(node.message)},
            {"asked_age_ms", age(at, node.asked_at)},
            {"last_contact_age_ms", age(at, node.last_contact)},
            {"took_ms", value(node.took)},
            {"role", value(node.role)},
            {"server_version", value(node.server_version)},
            {"system_identifier", identifier(node.system_identifier)},
            {"timeline", value(node.timeline)},
            {"written", value(node.written)},
            {"received", value(node.received)},
            {"replayed", value(node.replayed)},
            {"replay_paused", value(node.replay_paused)},
            {"replay_age_ms", value(node.replay_age)},
            {"clock_skew_ms", value(node.clock_skew)},
            {"server_time", value(node.server_time)},
            {"synchronous_standby_names", value(node.synchronous_standby_names)},
            {"primary_conninfo", value(node.primary_conninfo)},
            {"upstream", value(node.upstream)},
            {"primary_slot_name", value(node.primary_slot_name)},
            {"wal_retrieve_retry_interval", value(node.wal_retrieve_retry_interval)},
            {"wal_receiver", maybe(node.wal_receiver, [](const WalReceiver& receiver) { return of(receiver); })},
            {"replicas", all(node.replicas)},
            {"history", all(node.history)},
            {"mark", value(node.mark)},
            {"pause", value(node.pause)},
            {"switchover", value(node.switchover)},
            {"sessions", maybe(node.sessions, [](const auto& names) { return Json(names); })},
            {"vote", value(node.vote)},
            {"inventory", maybe(node.inventory, [&](const Inventory& inventory) { return of(inventory, at); })},
            {"missing", all(node.missing)}};
}

Json of(const LocalHost& host, BootTime at) {
    return {{"looked_age_ms", age(at, host.looked_at)},
            {"process", value(host.process)},
            {"postmaster_pid", value(host.postmaster_pid)},
            {"lineup", value(host.lineup)},
            {"system_identifier", identifier(host.system_identifier)},
            {"timeline", value(host.timeline)},
            {"checkpoint", value(host.checkpoint)},
            {"cluster_state", value(host.cluster_state)},
            {"rewinding", host.rewinding},
            {"disk_stalled", host.disk_stalled},
            {"message", text_or_null(host.message)},
            {"network", value(host.network)},
            {"network_message", text_or_null(host.network_message)},
            {"resumed", value(host.resumed)}};
}

}  // namespace

// Not in the unnamed namespace: the templates of document_json.hpp find read() through Place.
static void read(const Place& in, WalReceiver& out) {
    in.required("status", out.status);
    in.optional("sender_host", out.sender_host);
    in.optional("sender_port", out.sender_port);
    in.optional("slot", out.slot);
    in.optional("timeline", out.timeline);
    in.optional("message_age_ms", out.message_age);
}

static void read(const Place& in, Replica& out) {
    in.required("application_name", out.application_name);
    in.optional("client_addr", out.client_addr);
    in.optional("state", out.state);
    in.optional("sync_state", out.sync_state);
    in.optional("sent", out.sent);
    in.optional("flushed", out.flushed);
    in.optional("replayed", out.replayed);
}

static void read(const Place& in, Slot& out) {
    in.required("name", out.name);
    in.required("physical", out.physical);
    in.required("active", out.active);
    in.optional("restart_lsn", out.restart_lsn);
    in.optional("retained_bytes", out.retained_bytes);
    in.optional("wal_status", out.wal_status);
}

static void read(const Place& in, TimelineSwitch& out) {
    in.required("timeline", out.timeline);
    in.required("end", out.end);
}

static void read(const Place& in, Missing& out) {
    in.required("field", out.field);
    in.required("grant", out.grant);
}

static void read(const Place& in, Inventory& out) {
    in.required("taken_age_ms", out.taken_at);
    in.optional("database_bytes", out.database_bytes);
    in.optional("wal_bytes", out.wal_bytes);
    in.optional("wal_files", out.wal_files);
    in.optional("slots", out.slots);
}

static void read(const Place& in, Observation& out) {
    Identifier system{out.system_identifier};
    in.required("node", out.node);
    in.required("host", out.host);
    in.required("port", out.port);
    in.required("reach", out.reach);
    in.optional("sqlstate", out.sqlstate);
    in.optional("message", out.message);
    in.required("asked_age_ms", out.asked_at);
    in.optional("last_contact_age_ms", out.last_contact);
    in.optional("took_ms", out.took);
    in.required("role", out.role);
    in.optional("server_version", out.server_version);
    in.optional("system_identifier", system);
    in.optional("timeline", out.timeline);
    in.optional("written", out.written);
    in.optional("received", out.received);
    in.optional("replayed", out.replayed);
    in.optional("replay_paused", out.replay_paused);
    in.optional("replay_age_ms", out.replay_age);
    in.optional("clock_skew_ms", out.clock_skew);
    in.optional("server_time", out.server_time);
    in.optional("synchronous_standby_names", out.synchronous_standby_names);
    in.optional("primary_conninfo", out.primary_conninfo);
    in.optional("upstream", out.upstream);
    in.optional("primary_slot_name", out.primary_slot_name);
    in.optional("wal_retrieve_retry_interval", out.wal_retrieve_retry_interval);
    in.optional("wal_receiver", out.wal_receiver);
    in.optional("replicas", out.replicas);
    in.optional("history", out.history);
    in.optional("mark", out.mark);
    in.optional("pause", out.pause);
    in.optional("switchover", out.switchover);
    in.optional("sessions", out.sessions);
    in.optional("vote", out.vote);
    in.optional("inventory", out.inventory);
    in.optional("missing", out.missing);
}

static void read(const Place& in, LocalHost& out) {
    Identifier system{out.system_identifier};
    in.required("looked_age_ms", out.looked_at);
    in.required("process", out.process);
    in.optional("postmaster_pid", out.postmaster_pid);
    in.required("lineup", out.lineup);
    in.optional("system_identifier", system);
    in.optional("timeline", out.timeline);
    in.optional("checkpoint", out.checkpoint);
    in.optional("cluster_state", out.cluster_state);
    in.required("rewinding", out.rewinding);
    in.required("disk_stalled", out.disk_stalled);
    in.optional("message", out.message);
    in.required("network", out.network);
    in.optional("network_message", out.network_message);
    in.optional("resumed", out.resumed);
}

Json document_of(const View& view) {
    return {{"schema", view_schema},
            {"cluster", view.cluster},
            {"local", value(view.local)},
            {"taken_at", value(view.taken_at)},
            {"nodes", list(view.nodes, [&](const Observation& node) { return of(node, view.at); })},
            {"witnesses", list(view.witnesses, [&](const Observation& witness) { return of(witness, view.at); })},
            {"lease", maybe(view.lease, [&](const LeaseSeen& lease) { return value(lease, view.at); })},
            {"host", maybe(view.host, [&](const LocalHost& host) { return of(host, view.at); })},
            {"operation", value(view.operation)}};
}

void read(const Place& in, View& out) {
    out.at = in.at();
    in.required("cluster", out.cluster);
    in.optional("local", out.local);
    in.required("taken_at", out.taken_at);
    in.required("nodes", out.nodes);
    in.optional("witnesses", out.witnesses);
    in.optional("lease", out.lease);
    in.optional("host", out.host);
    in.optional("operation", out.operation);
    std::set<NodeName> seen;
    for (const auto& node : out.nodes)
        if (!seen.insert(node.node).second) in.fails("two of its nodes are named " + Json(node.node.str()).dump());
    for (const auto& witness : out.witnesses)
        if (!seen.insert(witness.node).second)
            in.fails("two of its voters are named " + Json(witness.node.str()).dump());
}

}  // namespace pgcm::view
