#include "config/show.hpp"

#include <fmt/format.h>

#include "config/toml_text.hpp"
#include "config/units.hpp"

namespace pgcm::config {
namespace {

constexpr std::string_view mask = "********";

// Sections and their keys, a line each.
class Writer {
  public:
    void section(std::string_view header) { out_ += fmt::format("{}{}\n", out_.empty() ? "" : "\n", header); }
    void raw(std::string_view key, std::string_view value) { out_ += fmt::format("{} = {}\n", key, value); }
    void absent(std::string_view key) { out_ += fmt::format("# {} is not set\n", key); }
    void text(std::string_view key, std::string_view value) { raw(key, toml_readable(value)); }
    void flag(std::string_view key, bool value) { raw(key, value ? "true" : "false"); }
    void number(std::string_view key, int value) { raw(key, std::to_string(value)); }
    void duration(std::string_view key, milliseconds value) { text(key, print_duration(value)); }
    void texts(std::string_view key, const std::vector<std::string>& values) { raw(key, toml_array(values)); }
    void command(std::string_view key, const Command& value) { raw(key, toml_command(value)); }
    template <class E>
    void name(std::string_view key, E value) {
        text(key, name_of(value));
    }
    std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

void show_members(Writer& out, const Config& config) {
    out.section("[cluster]");
    out.text("name", config.cluster);
    if (config.local)
        out.text("local", config.local->str());
    else
        out.absent("local");
    out.text("dbname", config.dbname);
    for (const auto& node : config.nodes) {
        out.section("[[node]]");
        out.text("name", node.name.str());
        out.text("conninfo", node.conninfo.masked());
        if (node.local_conninfo)
            out.text("local_conninfo", node.local_conninfo->masked());
        else
            out.absent("local_conninfo");
        out.number("priority", node.priority);
        out.flag("nofailover", node.nofailover);
    }
    for (const auto& witness : config.witnesses) {
        out.section("[[witness]]");
        out.text("name", witness.name.str());
        out.text("conninfo", witness.conninfo.masked());
    }
}

void show_postgres(Writer& out, const ServerSettings& server) {
    out.section("[postgres]");
    out.text("data_dir", server.data_dir);
    out.text("bin_dir", server.bin_dir);
    out.text("config_file", server.config_file);
    out.text("run_as", server.run_as);
    out.text("replication_conninfo", postgres::mask_passwords(server.replication_conninfo));
    out.text("slot", server.slot);
    out.flag("managed", server.managed);
}

void show_rules(Writer& out, const Config& config) {
    const auto& policy = config.policy;
    out.section("[timing]");
    out.duration("scan_period", policy.scan_period);
    out.duration("probe_timeout", policy.probe_timeout);
    out.duration("failover_after", policy.failover_after);
    out.duration("conflict_after", policy.conflict_after);
    out.duration("primary_start_timeout", policy.primary_start_timeout);
    out.duration("follow_check_after", policy.follow_check_after);
    out.duration("command_timeout", config.command_timeout);
    out.section("[failover]");
    out.name("mode", policy.mode);
    out.name("quorum", policy.quorum);
    out.name("on_crash", policy.on_crash);
    out.text("max_lag", policy.max_lag_bytes ? print_size(*policy.max_lag_bytes) : "none");
    out.section("[lease]");
    out.duration("ttl", config.lease.ttl);
    out.duration("fence_margin", config.lease.fence_margin);
    out.flag("trust_refused", config.lease.trust_refused);
    out.number("port", config.lease.port);
    out.text("watchdog", config.lease.watchdog);
    out.texts("etcd", config.lease.etcd);
    out.text("ca", config.lease.etcd_ca);
    out.text("cert", config.lease.etcd_cert);
    out.text("key", config.lease.etcd_key);
    out.section("[conflict]");
    out.name("keep", policy.keep);
    out.section("[sync]");
    out.name("mode", policy.sync_mode);
    out.number("count", policy.sync_count);
    out.flag("strict", policy.sync_strict);
    out.duration("degrade_after", policy.sync_degrade_after);
}

void show_rejoin(Writer& out, const ServerSettings& server) {
    std::vector<std::string> methods;
    for (const auto method : server.methods) methods.emplace_back(name_of(method));
    out.section("[rejoin]");
    out.texts("methods", methods);
    out.flag("keep_old", server.keep_old);
    out.flag("in_place", server.in_place);
}

void show_service(Writer& out, const Config& config) {
    out.section("[network]");
    out.text("interface", config.network.interface);
    out.command("command", config.network.command);
    out.text("expect", config.network.command.expect);
    out.texts("arbiters", config.network.arbiters);
    out.section("[serve]");
    out.texts("listen", config.serve.listen);
    out.text("cert", config.serve.cert);
    out.text("key", config.serve.key);
    out.text("token", config.serve.token.empty() ? "" : mask);
    out.section("[log]");
    out.name("format", config.log_format);
    out.section("[state]");
    out.text("dir", config.state_dir);
}

void show_commands(Writer& out, const Config& config) {
    const auto& commands = config.server.commands;
    out.section("[commands]");
    out.command("status", commands.status);
    out.text("status_expect", commands.status.expect);
    out.command("start", commands.start);
    out.command("stop", commands.stop);
    out.command("promote", commands.promote);
    out.command("rewind", commands.rewind);
    out.command("basebackup", commands.basebackup);
    out.command("create_dirs", commands.create_dirs);
    out.command("remove_dirs", commands.remove_dirs);
    out.section("[hooks]");
    out.command("on_event", config.hooks.on_event);
    out.command("before_promote", config.hooks.before_promote);
    out.duration("timeout", config.hooks.timeout);
}

}  // namespace

std::string show(const Config& config) {
    Writer out;
    show_members(out, config);
    show_postgres(out, config.server);
    show_rules(out, config);
    show_rejoin(out, config.server);
    show_service(out, config);
    show_commands(out, config);
    return out.take();
}

}  // namespace pgcm::config
