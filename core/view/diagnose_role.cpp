// Whether pgcm's role may do what pgcm does. Roles replicate, so one node tells of all.
#include "view/ward.hpp"

namespace pgcm::view {
namespace {

constexpr int with_parameter_grants = 150000;

void missing(Ward& ward, Severity severity, const std::string& grant, const std::string& purpose) {
    ward.raise(FindingCode::grant_missing, severity, ward.reference->node,
               {{"grant", grant}, {"purpose", purpose}, {"role", ward.reference->role}});
}

// Those of the wanted ones that are refused, as GRANT lists them.
std::string refused(const std::map<std::string, bool>& may, std::initializer_list<const char*> wanted) {
    std::string list;
    for (const std::string name : wanted)
        if (const auto at = may.find(name); at != may.end() && !at->second) list += (list.empty() ? "" : ", ") + name;
    return list;
}

void look_at_roles(Ward& ward, const Grants& grants) {
    const auto lacks = [&](const char* role) { return !refused(grants.roles, {role}).empty(); };
    if (lacks("pg_monitor"))
        missing(ward, Severity::critical, "pg_monitor", "reading primary_conninfo and what the walreceiver does");
    if (lacks("pg_checkpoint"))
        missing(ward, Severity::warning, "pg_checkpoint", "the CHECKPOINT after a promotion, which pg_rewind needs");
    if (lacks("pg_use_reserved_connections"))
        missing(ward, Severity::notice, "pg_use_reserved_connections", "logging in when the connections are taken");
}

void look_at_functions(Ward& ward, const Grants& grants) {
    const auto wanted = [&](std::initializer_list<const char*> functions, Severity severity, const char* purpose) {
        const auto list = refused(grants.functions, functions);
        if (!list.empty()) missing(ward, severity, "EXECUTE ON FUNCTION " + list, purpose);
    };
    wanted({"pg_promote(boolean, integer)", "pg_wal_replay_resume()"}, Severity::warning, "a promotion");
    wanted({"pg_reload_conf()"}, Severity::critical, "letting a changed setting take effect");
    if (ward.rewinds())
        wanted({"pg_ls_dir(text, boolean, boolean)", "pg_stat_file(text, boolean)", "pg_read_binary_file(text)",
                "pg_read_binary_file(text, bigint, bigint, boolean)"},
               ward.barred(RejoinMethod::rewind), "pg_rewind");
}

void look_at_parameters(Ward& ward, const Grants& grants) {
    const auto* node = ward.view.find(ward.reference->node);
    if (node != nullptr && node->server_version.value_or(0) < with_parameter_grants)
        return ward.raise(FindingCode::superuser_needed, Severity::critical, ward.reference->node,
                          {{"role", ward.reference->role}});
    const auto list = refused(grants.parameters, {"synchronous_standby_names", "primary_conninfo", "primary_slot_name",
                                                  "wal_retrieve_retry_interval"});
    if (!list.empty())
        missing(ward, Severity::critical, "ALTER SYSTEM ON PARAMETER " + list, "following, and synchronous standbys");
    if (!refused(grants.settable, {"pgcm.promotion"}).empty())
        missing(ward, Severity::critical, "SET ON PARAMETER \"pgcm.promotion\"",
                "the mark by which two promotions to one timeline are told apart");
}

// Any role with CONNECT can take an advisory lock (LESSONS 30).
void look_at_connect(Ward& ward) {
    if (ward.policy.quorum != Quorum::majority) return;
    for (const auto& server : ward.checkup.servers) {
        const bool tells = server.witness || &server == ward.reference;
        if (tells && server.connect_public.value_or(false))
            ward.raise(FindingCode::connect_public, Severity::notice, server.node,
                       {{"database", server.database}, {"role", server.role}});
    }
}

// Witnesses have roles of their own.
void look_at_timeouts(Ward& ward) {
    const auto between_looks = ward.policy.scan_period + ward.policy.probe_timeout;
    for (const auto& server : ward.checkup.servers) {
        if (!server.witness && &server != ward.reference) continue;
        const auto statement = number(server, "statement_timeout").value_or(0);
        if (!server.witness && statement > 0 && statement < ward.checkup.command_timeout.count())
            ward.raise(FindingCode::statement_timeout_short, Severity::warning, server.node,
                       {{"value_ms", statement}, {"database", server.database}, {"role", server.role}});
        const auto idle = number(server, "idle_session_timeout").value_or(0);
        if (idle > 0 && idle <= between_looks.count())
            ward.raise(FindingCode::idle_timeout_short, Severity::warning, server.node,
                       {{"value_ms", idle}, {"database", server.database}, {"role", server.role}});
    }
}

}  // namespace

void look_at_role(Ward& ward) {
    look_at_connect(ward);
    look_at_timeouts(ward);
    if (ward.reference == nullptr) return;
    const auto& grants = *ward.reference->grants;
    if (grants.superuser) return;
    if (!grants.replication)
        ward.raise(FindingCode::not_replication_role, Severity::critical, ward.reference->node,
                   {{"role", ward.reference->role}});
    look_at_roles(ward, grants);
    look_at_functions(ward, grants);
    look_at_parameters(ward, grants);
}

}  // namespace pgcm::view
