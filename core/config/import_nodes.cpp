#include "config/import_nodes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/toml_text.hpp"
#include "model/node_name.hpp"
#include "postgres/conninfo.hpp"

namespace pgcm::config {
namespace {

using postgres::Conninfo;

// What says where a server is, or belongs to one session.
constexpr std::array<std::string_view, 6> not_for_replication = {
    "host", "hostaddr", "port", "dbname", "target_session_attrs", "application_name"};

// The connection string as pgcm can use it; what had to change goes to `warnings`.
Conninfo adapted(Conninfo conninfo, const std::string& name, bool alone, std::vector<std::string>& warnings) {
    if (conninfo.get("target_session_attrs").value_or("any") != "any") {
        conninfo.set("target_session_attrs", "");
        warnings.push_back(fmt::format(
            "node {}: target_session_attrs is left out, pgcm reaches primary and standby alike", toml_string(name)));
    }
    const auto host = conninfo.get("host").value_or(conninfo.get("hostaddr").value_or(""));
    if (host.empty() && !conninfo.get("service")) {
        conninfo.set("host", name);
        warnings.push_back(
            fmt::format("node {}: its connection string names no host; the node's name is put in", toml_string(name)));
    } else if (!alone && (host == "localhost" || host == "127.0.0.1" || host == "::1")) {
        warnings.push_back(
            fmt::format("node {}: every host finds itself at {}; put the node's name in the network into conninfo, and "
                        "{} into local_conninfo",
                        toml_string(name), host, host));
    }
    return conninfo;
}

std::string replication_part(Conninfo conninfo) {
    for (const auto keyword : not_for_replication) conninfo.set(keyword, "");
    return conninfo.str();
}

bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Where `word` stands in `text` as a word of its own; npos otherwise.
std::size_t find_word(const std::string& text, const std::string& word) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return at;
    }
    return std::string::npos;
}

// Database and replication settings that all nodes share, and a warning where they do not.
void settle_shared(const std::vector<Conninfo>& conninfos, ImportedNodes& out) {
    const auto dbname = conninfos.front().get("dbname");
    if (dbname) out.dbname = *dbname;
    out.replication = replication_part(conninfos.front());
    const auto differs = [&](const Conninfo& conninfo) { return replication_part(conninfo) != out.replication; };
    if (std::any_of(conninfos.begin(), conninfos.end(), differs))
        out.warnings.push_back(
            "the connection strings differ in more than host, port and dbname: "
            "postgres.replication_conninfo has what the first one says");
}

}  // namespace

Result<ImportedNodes> import_nodes(const IniSection& cluster, const IniSection& main, std::string_view path) {
    if (cluster.entries.empty())
        return fail(ErrorCode::usage,
                    fmt::format("{}:{}: there is no node in [cluster]", path, std::max(cluster.line, 1)),
                    "each node is a line \"name = connection string\" there");
    ImportedNodes out;
    std::vector<Conninfo> conninfos;
    for (const auto& entry : cluster.entries) {
        const auto wrong = [&](const Error& error) {
            return fail(ErrorCode::usage, fmt::format("{}:{}: {}", path, entry.line, error.what), error.hint);
        };
        if (const auto name = NodeName::make(entry.key); !name) return wrong(name.error());
        auto conninfo = Conninfo::parse(entry.value);
        // libpq's message may repeat a part of the password.
        if (!conninfo)
            return wrong({ErrorCode::usage, "libpq does not take this connection string", conninfo.error().hint});
        conninfos.push_back(adapted(std::move(*conninfo), entry.key, cluster.entries.size() == 1, out.warnings));
        out.holds_password =
            out.holds_password || conninfos.back().get("password") || conninfos.back().get("sslpassword");
        out.nodes.push_back({entry.key, conninfos.back().str()});
    }
    settle_shared(conninfos, out);
    const auto* local = main.find("local_node_host_name");
    if (local == nullptr || local->value.empty()) return out;
    // configparser folds the names in [cluster] to lower case.
    if (const auto* entry = cluster.find(local->value); entry != nullptr)
        out.local = entry->key;
    else
        return fail(ErrorCode::usage, fmt::format("{}:{}: local_node_host_name is {}, which is not a node of [cluster]",
                                                  path, local->line, toml_string(local->value)));
    return out;
}

ImportedSlot import_slot(const std::string& name, const ImportedNodes& nodes) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
    if (name.empty()) return {"", "replication_slot_name is not given: no slots are used"};
    if (name.find_first_not_of(allowed) != std::string::npos)
        return {"pgcm_{node}",
                fmt::format("{} cannot be a slot's name: pgcm's own pattern is used", toml_string(name))};
    if (nodes.local) {
        if (const auto at = find_word(name, *nodes.local); at != std::string::npos) {
            auto pattern = name;
            pattern.replace(at, nodes.local->size(), "{node}");
            return {pattern, ""};
        }
    }
    // A cluster of two has one standby at a time, and one slot is enough.
    if (nodes.nodes.size() <= 2) return {name, ""};
    return {"pgcm_{node}",
            fmt::format("one slot {} cannot serve several standbys: pgcm's own pattern is used", toml_string(name))};
}

}  // namespace pgcm::config
