#include "config/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "config/import_command.hpp"
#include "config/import_nodes.hpp"
#include "config/ini.hpp"
#include "config/load.hpp"
#include "config/toml_text.hpp"

namespace pgcm::config {
namespace {

struct TimingKey {
    std::string_view theirs, ours;
};
constexpr TimingKey timing_keys[] = {
    {"cluster_scan_period_sec", "scan_period"},
    {"timeout_to_failover_sec", "failover_after"},
    {"timeout_to_downgrade_master_sec", "conflict_after"},
    {"timeout_to_check_replication_status_after_start_sec", "follow_check_after"},
};

constexpr std::string_view known_keys[] = {"local_node_host_name",
                                           "pg_data_path",
                                           "cmd_create_db_directories",
                                           "cmd_remove_db_directories",
                                           "replication_slot_name",
                                           "cluster_scan_period_sec",
                                           "timeout_to_failover_sec",
                                           "timeout_to_downgrade_master_sec",
                                           "timeout_to_check_replication_status_after_start_sec",
                                           "cmd_get_network_status_string",
                                           "cmd_success_network_status_string",
                                           "cmd_get_db_status_string",
                                           "cmd_success_db_status_string",
                                           "cmd_promote_standby_to_master",
                                           "cmd_pg_rewind_command",
                                           "cmd_pg_basebackup_command",
                                           "cmd_start_db",
                                           "cmd_stop_db",
                                           "webserver_address",
                                           "webserver_port"};

class Importer {
  public:
    Importer(const IniSection& main, ImportedNodes nodes, std::string_view path)
        : main_(main), nodes_(std::move(nodes)), path_(path) {
        warnings_ = nodes_.warnings;
    }
    Result<Imported> run();

  private:
    void members();
    void postgres();
    Result<void> timing();
    void behaviour();
    void command(std::string_view theirs, std::string_view ours);
    void network();
    Result<void> serve();
    void commands();
    void unknown();

    const IniEntry* given(std::string_view key) const {
        const auto* entry = main_.find(key);
        return entry != nullptr && !entry->value.empty() ? entry : nullptr;
    }
    std::string value(std::string_view key) const {
        const auto* entry = given(key);
        return entry != nullptr ? entry->value : std::string{};
    }
    Result<long> number(const IniEntry& entry, long least, long most) const;
    void line(std::string_view key, std::string_view toml) { out_ += fmt::format("{} = {}\n", key, toml); }
    void section(std::string_view header) { out_ += fmt::format("\n{}\n", header); }
    // Both a comment at this place and a warning.
    void tell(const std::string& what) {
        out_ += "# " + what + "\n";
        warnings_.push_back(what);
    }
    // A text of the ini as a comment, however many lines it has.
    void comment(std::string_view key, std::string text) {
        for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 3))
            text.replace(at, 1, "\n#   ");
        out_ += fmt::format("#   {} = {}\n", key, text);
    }

    const IniSection& main_;
    ImportedNodes nodes_;
    std::string_view path_;
    std::string out_;
    std::vector<std::string> warnings_;
};

Result<long> Importer::number(const IniEntry& entry, long least, long most) const {
    long out = 0;
    const auto* const last = entry.value.data() + entry.value.size();
    const auto [end, error] = std::from_chars(entry.value.data(), last, out);
    if (error != std::errc{} || end != last || out < least || out > most)
        return fail(ErrorCode::usage, fmt::format("{}:{}: {}: {} is not a whole number within {} and {}", path_,
                                                  entry.line, entry.key, toml_string(entry.value), least, most));
    return out;
}

void Importer::members() {
    section("[cluster]");
    out_ += "# config.ini has no name for the cluster; any will do that is the same on every host\n";
    line("name", "\"main\"");
    if (nodes_.local)
        line("local", toml_readable(*nodes_.local));
    else
        tell("local_node_host_name is not given: the node is taken from $PGCM_NODE or the host's name");
    line("dbname", toml_readable(nodes_.dbname));
    for (const auto& node : nodes_.nodes) {
        section("[[node]]");
        line("name", toml_readable(node.name));
        line("conninfo", toml_readable(node.conninfo));
    }
}

void Importer::postgres() {
    section("[postgres]");
    const auto data_dir = value("pg_data_path");
    if (data_dir.starts_with('/'))
        line("data_dir", toml_readable(data_dir));
    else
        tell("pg_data_path is no absolute path: set postgres.data_dir");

    const auto start = value("cmd_start_db");
    const auto bin_dir = program_directory(start.empty() ? value("cmd_promote_standby_to_master") : start);
    const bool elsewhere = start.find("docker ") != std::string::npos || start.find("ssh ") != std::string::npos;
    if (!bin_dir.empty() && !elsewhere)
        line("bin_dir", toml_readable(bin_dir));
    else
        tell("set postgres.bin_dir to the directory of pg_controldata on this host; config.ini does not tell it");
    if (!nodes_.replication.empty()) line("replication_conninfo", toml_readable(nodes_.replication));

    const auto slot = import_slot(value("replication_slot_name"), nodes_);
    if (!slot.note.empty()) tell(slot.note);
    line("slot", toml_readable(slot.pattern));
    line("managed", "true");
}

Result<void> Importer::timing() {
    section("[timing]");
    for (const auto& key : timing_keys) {
        const auto* entry = given(key.theirs);
        if (entry == nullptr) {
            tell(fmt::format("{} is not given: pgcm's default stands for timing.{}", key.theirs, key.ours));
            continue;
        }
        const auto seconds =
            number(*entry, key.ours == "scan_period" ? 1 : 0, key.ours == "scan_period" ? 3600 : 86400);
        if (!seconds) return fail(seconds.error());
        line(key.ours, fmt::format("\"{}s\"", *seconds));
    }
    return {};
}

void Importer::behaviour() {
    section("[failover]");
    line("quorum", "\"any\"");
    section("[conflict]");
    line("keep", "\"largest\"");
    section("[sync]");
    line("mode", "\"auto\"");
    section("[rejoin]");
    line("methods", "[\"rewind\", \"basebackup\"]");
    line("in_place", given("cmd_remove_db_directories") != nullptr ? "true" : "false");
}

void Importer::command(std::string_view theirs, std::string_view ours) {
    const auto* entry = given(theirs);
    if (entry == nullptr) return;
    const auto carried = carry_command(entry->value);
    if (!carried.usable) {
        tell(fmt::format("{} is not carried over: {}", theirs, carried.notes.front()));
        comment(theirs, entry->value);
        return;
    }
    for (const auto& note : carried.notes) tell(fmt::format("{}: {}", theirs, note));
    line(ours, toml_readable(carried.shell));
}

void Importer::network() {
    section("[network]");
    command("cmd_get_network_status_string", "command");
    const bool carried = given("cmd_get_network_status_string") != nullptr &&
                         carry_command(value("cmd_get_network_status_string")).usable;
    if (carried && given("cmd_success_network_status_string") != nullptr)
        line("expect", toml_readable(value("cmd_success_network_status_string")));
}

Result<void> Importer::serve() {
    const auto* port = given("webserver_port");
    if (port == nullptr) return {};
    const auto number_of_port = number(*port, 1, 65535);
    if (!number_of_port) return fail(number_of_port.error());
    auto address = value("webserver_address");
    if (address.empty()) address = "0.0.0.0";
    if (address.find(':') != std::string::npos && !address.starts_with('[')) address = "[" + address + "]";
    section("[serve]");
    line("listen", toml_readable(fmt::format("{}:{}", address, *number_of_port)));
    return {};
}

void Importer::commands() {
    section("[commands]");
    command("cmd_get_db_status_string", "status");
    if (given("cmd_get_db_status_string") != nullptr && carry_command(value("cmd_get_db_status_string")).usable &&
        given("cmd_success_db_status_string") != nullptr)
        line("status_expect", toml_readable(value("cmd_success_db_status_string")));
    command("cmd_start_db", "start");
    command("cmd_stop_db", "stop");
    command("cmd_promote_standby_to_master", "promote");
    command("cmd_pg_rewind_command", "rewind");
    command("cmd_pg_basebackup_command", "basebackup");
    command("cmd_create_db_directories", "create_dirs");
    command("cmd_remove_db_directories", "remove_dirs");
}

void Importer::unknown() {
    for (const auto& entry : main_.entries) {
        const bool known = std::any_of(std::begin(known_keys), std::end(known_keys),
                                       [&](std::string_view key) { return same_ignoring_case(key, entry.key); });
        if (known) continue;
        out_ += "\n";
        tell(fmt::format("{} (line {}) is no key that pgcm knows; it is not carried over", toml_string(entry.key),
                         entry.line));
        comment(entry.key, entry.value);
    }
}

Result<Imported> Importer::run() {
    members();
    postgres();
    if (auto done = timing(); !done) return fail(done.error());
    behaviour();
    network();
    if (auto done = serve(); !done) return fail(done.error());
    commands();
    unknown();
    std::string head = "# Made by \"pgcm config import\" from pgClusterMonitor's config.ini.\n";
    if (nodes_.holds_password) {
        const std::string what = "it holds passwords: let nobody else read the file (chmod 0640), or use a passfile";
        head += "# " + what + "\n";
        warnings_.insert(warnings_.begin(), what);
    }
    for (const auto& warning : nodes_.warnings) head += "# " + warning + "\n";
    out_.insert(0, head);
    if (const auto loaded = parse(out_, "the result"); !loaded)
        warnings_.push_back("it does not load yet: " + loaded.error().what);
    return Imported{std::move(out_), std::move(warnings_)};
}

}  // namespace

Result<Imported> import_ini(std::string_view text, std::string_view path) {
    const auto sections = parse_ini(text, path);
    if (!sections) return fail(sections.error());
    static const IniSection nothing;
    const auto named = [&](std::string_view name) -> const IniSection& {
        for (const auto& section : *sections)
            if (section.name == name) return section;
        return nothing;
    };
    const auto& main = named("main");
    auto nodes = import_nodes(named("cluster"), main, path);
    if (!nodes) return fail(nodes.error());
    for (const auto& section : *sections)
        if (section.name != "cluster" && section.name != "main")
            nodes->warnings.push_back(
                fmt::format("the section [{}] (line {}) is not carried over", section.name, section.line));
    return Importer{main, std::move(*nodes), path}.run();
}

}  // namespace pgcm::config
