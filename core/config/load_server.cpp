#include <fmt/format.h>

#include <algorithm>

#include "config/loading.hpp"
#include "config/toml_text.hpp"

namespace pgcm::config {
namespace {

constexpr std::string_view node_placeholder = "{node}";

void check_user(Section& section, const std::string& user) {
    const bool bad = user.starts_with('-') || std::any_of(user.begin(), user.end(), [](char c) {
                         return static_cast<unsigned char>(c) <= 0x20 || c == '/' || c == ':' || c == 0x7F;
                     });
    if (bad) section.fail("run_as", toml_string(user) + " is not a user's name");
}

// slot_name() would silently replace what a slot's name may not hold; in the pattern it is a mistake.
void check_slot(Section& section, std::string pattern) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
    const auto shown = toml_string(pattern);
    if (const auto at = pattern.find(node_placeholder); at != std::string::npos)
        pattern.erase(at, node_placeholder.size());
    if (pattern.find_first_not_of(allowed) != std::string::npos)
        return section.fail("slot", shown + " cannot be a slot's name",
                            "lower case letters, digits and '_', and {node} once; \"\" for no slot");
    if (pattern.size() > 63) section.fail("slot", shown + " is longer than 63 bytes");
}

// The act room lays it over the primary's host and port.
void read_replication(Section& section, std::string& out) {
    std::optional<Conninfo> conninfo;
    if (!section.conninfo("replication_conninfo", conninfo)) return;
    for (const auto* keyword : {"host", "hostaddr", "port", "application_name"})
        if (conninfo->get(keyword))
            return section.fail("replication_conninfo", fmt::format("{} does not belong here", keyword),
                                "host and port are the primary's, application_name is the node's name");
    out = conninfo->str();
}

void read_network(Reader& reader, Network& network) {
    auto section = reader.section("network");
    section.text("interface", network.interface);
    // IFNAMSIZ is 16, the closing NUL included.
    if (network.interface.size() > 15 || network.interface.find_first_of("/ \t\n") != std::string::npos)
        section.fail("interface", toml_string(network.interface) + " is not an interface's name", "\"eth0\", say");
    section.command("command", network.command);
    section.text("expect", network.command.expect);
    section.texts("arbiters", network.arbiters);
    for (const auto& arbiter : network.arbiters)
        if (const auto wrong = wrong_endpoint(arbiter); !wrong.empty())
            section.fail("arbiters", fmt::format("{} {}", toml_string(arbiter), wrong), "write \"gateway:22\"");
}

}  // namespace

void read_postgres(Reader& reader, Config& config) {
    auto section = reader.section("postgres");
    auto& server = config.server;
    section.path("data_dir", server.data_dir);
    section.path("bin_dir", server.bin_dir);
    section.path("config_file", server.config_file);
    section.text("run_as", server.run_as);
    check_user(section, server.run_as);
    read_replication(section, server.replication_conninfo);
    section.text("slot", server.slot);
    check_slot(section, server.slot);
    section.flag("managed", server.managed);
}

void read_rejoin(Reader& reader, Config& config) {
    auto section = reader.section("rejoin");
    auto& server = config.server;
    if (section.list_of("methods", server.methods)) {
        if (server.methods.empty()) section.fail("methods", "names no method", "the methods are rewind and basebackup");
        for (std::size_t i = 1; i < server.methods.size(); ++i)
            if (std::count(server.methods.begin(), server.methods.end(), server.methods[i]) > 1)
                section.fail("methods", "names a method twice");
    }
    const bool keep_given = section.flag("keep_old", server.keep_old);
    section.flag("in_place", server.in_place);
    if (!server.in_place) return;
    if (keep_given && server.keep_old)
        section.fail("keep_old", "rejoin.keep_old = true and rejoin.in_place = true exclude each other",
                     "in place, the old data directory is removed first");
    server.keep_old = false;
}

void read_commands(Reader& reader, Config& config) {
    auto section = reader.section("commands");
    auto& commands = config.server.commands;
    section.command("status", commands.status);
    section.text("status_expect", commands.status.expect);
    if (commands.status.empty() && !commands.status.expect.empty())
        section.fail("status_expect", "there is no commands.status whose output it could judge");
    section.command("start", commands.start);
    section.command("stop", commands.stop);
    section.command("promote", commands.promote);
    section.command("rewind", commands.rewind);
    section.command("basebackup", commands.basebackup);
    section.command("create_dirs", commands.create_dirs);
    section.command("remove_dirs", commands.remove_dirs);
    section.command("network", commands.network);

    auto& network = config.network;
    read_network(reader, network);
    if (!network.command.empty() && !commands.network.empty())
        section.fail("network", "network.command says the same; only one of the two can be given");
    if (network.command.empty()) {
        commands.network.expect = network.command.expect;
        network.command = commands.network;
    }
    if (network.command.empty() && !network.command.expect.empty())
        reader.section("network").fail("expect", "there is no network.command whose output it could judge");
    commands.network = network.command;
}

}  // namespace pgcm::config
