// Whether standbys can stream from every node, and find their slots there.
#include <algorithm>

#include "view/hba.hpp"
#include "view/ward.hpp"

namespace pgcm::view {
namespace {

constexpr std::int64_t short_retry_interval_ms = 100;
constexpr std::int64_t long_retry_interval_ms = 1000;
constexpr int senders_of_a_clone = 2;  // pg_basebackup and its WAL stream

void look_at_trial(Ward& ward, const Examination& server) {
    if (!server.trial || server.trial->reach == Reach::accepting) return;
    const auto& trial = *server.trial;
    ward.raise(FindingCode::replication_refused, Severity::critical, server.node,
               {{"user", trial.user}, {"message", trial.message}, {"sqlstate", trial.sqlstate}});
}

// From where this host is not, only the rules themselves tell.
void look_at_rules(Ward& ward, const Examination& server) {
    if (!server.hba) return;
    for (const auto& [from, addresses] : ward.checkup.addresses) {
        if (from == server.node) continue;
        for (const auto& address : addresses) {
            const Caller callers[] = {{"replication", ward.checkup.replication_user, address},
                                      {server.database, server.role, address}};
            for (const auto& caller : callers)
                if (!caller.user.empty() && admits(*server.hba, caller) == false)
                    ward.raise(FindingCode::hba_refuses, Severity::critical, server.node,
                               {{"from", from.str()},
                                {"user", caller.user},
                                {"database", caller.database},
                                {"address", address}});
        }
    }
}

void look_at_senders(Ward& ward, const Examination& server) {
    if (is(server, "wal_level", "minimal"))
        ward.raise(FindingCode::wal_level_low, Severity::critical, server.node, {{"value", "minimal"}});
    if (is(server, "hot_standby", "off")) ward.raise(FindingCode::hot_standby_off, Severity::critical, server.node);
    const auto senders = number(server, "max_wal_senders");
    const auto wanted = ward.standbys() + (ward.clones() ? senders_of_a_clone : 0);
    if (senders && *senders < wanted)
        ward.raise(FindingCode::wal_senders_few, *senders < ward.standbys() ? Severity::critical : Severity::warning,
                   server.node, {{"value", *senders}, {"wanted", std::int64_t{wanted}}});
}

// A standby stops replaying, or does not start, where it has less than the primary (the manual's "Hot Standby").
void compare_with_primary(Ward& ward, const Examination& server) {
    const auto* primary = ward.primary != nullptr ? ward.checkup.find(ward.primary->node) : nullptr;
    if (primary == nullptr || primary == &server) return;
    for (const auto* name : {"max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_transactions",
                             "max_locks_per_transaction"}) {
        const auto ours = number(server, name);
        const auto theirs = number(*primary, name);
        if (ours && theirs && *ours < *theirs)
            ward.raise(FindingCode::standby_setting_low, Severity::critical, server.node,
                       {{"setting", name}, {"value", *ours}, {"wanted", *theirs}});
    }
    const auto retry = number(server, "wal_retrieve_retry_interval");
    if (retry && *retry > short_retry_interval_ms)
        ward.raise(FindingCode::retry_interval_long,
                   *retry > long_retry_interval_ms ? Severity::warning : Severity::notice, server.node,
                   {{"value_ms", *retry}});
}

bool ours(const Ward& ward, const std::string& slot) {
    return std::any_of(ward.policy.nodes.begin(), ward.policy.nodes.end(),
                       [&](const NodePolicy& node) { return slot_name(ward.policy.slot, node.name) == slot; });
}

void look_at_each_slot(Ward& ward, const Observation& node) {
    for (const auto& slot : node.inventory->slots.value_or(std::vector<Slot>{})) {
        if (slot.wal_status == "lost")
            ward.raise(FindingCode::slot_lost, Severity::warning, node.node,
                       {{"slot", slot.name}, {"ours", ours(ward, slot.name)}});
        else if (!slot.active && slot.retained_bytes.value_or(0) > ward.limits.retained_bytes)
            ward.raise(FindingCode::slot_retains_wal, Severity::warning, node.node,
                       {{"slot", slot.name}, {"retained_bytes", static_cast<std::int64_t>(*slot.retained_bytes)}});
    }
}

void count_slots(Ward& ward, const Observation& node, const Examination& server) {
    const auto most = number(server, "max_replication_slots");
    const auto& slots = node.inventory->slots;
    if (!most || !slots) return;
    const auto others =
        std::count_if(slots->begin(), slots->end(), [&](const Slot& slot) { return !ours(ward, slot.name); });
    const auto wanted = std::int64_t{others} + ward.standbys();
    if (*most < wanted)
        ward.raise(FindingCode::slots_few, Severity::critical, node.node, {{"value", *most}, {"wanted", wanted}});
}

}  // namespace

void look_at_replication(Ward& ward) {
    bool seen = false;
    for (const auto& server : ward.checkup.servers) {
        if (server.witness) continue;
        look_at_trial(ward, server);
        look_at_rules(ward, server);
        look_at_senders(ward, server);
        compare_with_primary(ward, server);
        seen = seen || server.hba;
    }
    if (!seen && ward.reference != nullptr && ward.standbys() > 0)
        ward.raise(FindingCode::hba_unseen, Severity::notice, ward.reference->node, {{"role", ward.reference->role}});
}

void look_at_slots(Ward& ward) {
    for (const auto& node : ward.view.nodes) {
        const auto* server = ward.checkup.find(node.node);
        if (server == nullptr || !node.inventory) continue;
        look_at_each_slot(ward, node);
        if (ward.policy.slot.empty()) continue;
        count_slots(ward, node, *server);
        if (number(*server, "max_slot_wal_keep_size") == -1)
            ward.raise(FindingCode::slot_wal_unlimited, Severity::warning, node.node);
    }
}

}  // namespace pgcm::view
