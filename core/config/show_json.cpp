#include <nlohmann/json.hpp>

#include "config/show.hpp"

namespace pgcm::config {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json json_of(const Command& command) {
    if (command.empty()) return nullptr;
    return command.shell.empty() ? Json(command.argv) : Json(command.shell);
}

Json members(const Config& config) {
    Json nodes = Json::array();
    for (const auto& node : config.nodes)
        nodes.push_back({{"name", node.name.str()},
                         {"conninfo", node.conninfo.masked()},
                         {"local_conninfo", node.local_conninfo ? Json(node.local_conninfo->masked()) : Json(nullptr)},
                         {"priority", node.priority},
                         {"nofailover", node.nofailover}});
    return nodes;
}

Json witnesses(const Config& config) {
    Json out = Json::array();
    for (const auto& witness : config.witnesses)
        out.push_back({{"name", witness.name.str()}, {"conninfo", witness.conninfo.masked()}});
    return out;
}

Json postgres_section(const ServerSettings& server) {
    return {{"data_dir", text_or_null(server.data_dir)},
            {"bin_dir", text_or_null(server.bin_dir)},
            {"config_file", text_or_null(server.config_file)},
            {"run_as", text_or_null(server.run_as)},
            {"replication_conninfo", text_or_null(postgres::mask_passwords(server.replication_conninfo))},
            {"slot", text_or_null(server.slot)},
            {"managed", server.managed}};
}

void add_rules(Json& out, const Config& config) {
    const auto& policy = config.policy;
    out["timing"] = {{"scan_period_ms", policy.scan_period.count()},
                     {"probe_timeout_ms", policy.probe_timeout.count()},
                     {"failover_after_ms", policy.failover_after.count()},
                     {"conflict_after_ms", policy.conflict_after.count()},
                     {"primary_start_timeout_ms", policy.primary_start_timeout.count()},
                     {"follow_check_after_ms", policy.follow_check_after.count()},
                     {"command_timeout_ms", config.command_timeout.count()}};
    out["failover"] = {{"mode", name_of(policy.mode)},
                       {"quorum", name_of(policy.quorum)},
                       {"on_crash", name_of(policy.on_crash)},
                       {"max_lag_bytes", policy.max_lag_bytes ? Json(*policy.max_lag_bytes) : Json(nullptr)}};
    out["lease"] = {{"ttl_ms", config.lease.ttl.count()},
                    {"fence_margin_ms", config.lease.fence_margin.count()},
                    {"trust_refused", config.lease.trust_refused},
                    {"port", config.lease.port},
                    {"watchdog", text_or_null(config.lease.watchdog)},
                    {"etcd", config.lease.etcd},
                    {"ca", text_or_null(config.lease.etcd_ca)},
                    {"cert", text_or_null(config.lease.etcd_cert)},
                    {"key", text_or_null(config.lease.etcd_key)}};
    out["conflict"] = {{"keep", name_of(policy.keep)}};
    out["sync"] = {{"mode", name_of(policy.sync_mode)},
                   {"count", policy.sync_count},
                   {"strict", policy.sync_strict},
                   {"degrade_after_ms", policy.sync_degrade_after.count()}};
}

void add_service(Json& out, const Config& config) {
    Json methods = Json::array();
    for (const auto method : config.server.methods) methods.push_back(name_of(method));
    out["rejoin"] = {{"methods", methods}, {"keep_old", config.server.keep_old}, {"in_place", config.server.in_place}};
    out["network"] = {{"interface", text_or_null(config.network.interface)},
                      {"command", json_of(config.network.command)},
                      {"expect", text_or_null(config.network.command.expect)},
                      {"arbiters", config.network.arbiters}};
    out["serve"] = {{"listen", config.serve.listen},
                    {"cert", text_or_null(config.serve.cert)},
                    {"key", text_or_null(config.serve.key)},
                    {"token", config.serve.token.empty() ? Json(nullptr) : Json("********")}};
    out["log"] = {{"format", name_of(config.log_format)}};
    out["state"] = {{"dir", config.state_dir}};
}

Json commands_section(const Commands& commands) {
    return {{"status", json_of(commands.status)},
            {"status_expect", text_or_null(commands.status.expect)},
            {"start", json_of(commands.start)},
            {"stop", json_of(commands.stop)},
            {"promote", json_of(commands.promote)},
            {"rewind", json_of(commands.rewind)},
            {"basebackup", json_of(commands.basebackup)},
            {"create_dirs", json_of(commands.create_dirs)},
            {"remove_dirs", json_of(commands.remove_dirs)}};
}

}  // namespace

std::string show_json(const Config& config) {
    Json out;
    out["schema"] = "pgcm.config/1";
    out["path"] = config.path;
    out["cluster"] = {{"name", config.cluster},
                      {"local", config.local ? Json(config.local->str()) : Json(nullptr)},
                      {"dbname", config.dbname}};
    out["nodes"] = members(config);
    out["witnesses"] = witnesses(config);
    out["postgres"] = postgres_section(config.server);
    add_rules(out, config);
    add_service(out, config);
    out["commands"] = commands_section(config.server.commands);
    out["hooks"] = {{"on_event", json_of(config.hooks.on_event)},
                    {"before_promote", json_of(config.hooks.before_promote)},
                    {"timeout_ms", config.hooks.timeout.count()}};
    // The path comes from the command line and need not be UTF-8.
    return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace pgcm::config
