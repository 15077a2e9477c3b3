#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "config/loading.hpp"
#include "config/toml_text.hpp"
#include "model/node_name.hpp"

namespace pgcm::config {
namespace {

std::size_t parts_of(std::string_view list) {
    return 1 + static_cast<std::size_t>(std::count(list.begin(), list.end(), ','));
}

// libpq looks at ports only when it connects; empty when they are right.
std::string wrong_ports(const Conninfo& conninfo) {
    const auto ports = conninfo.get("port");
    if (!ports) return {};
    for (std::size_t from = 0; from <= ports->size();) {
        const auto comma = std::min(ports->find(',', from), ports->size());
        int number = 0;
        const auto* const last = ports->data() + comma;
        const auto [end, error] = std::from_chars(ports->data() + from, last, number);
        // An empty one in a list means the default port.
        if (comma != from && (error != std::errc{} || end != last || number < 1 || number > 65535))
            return fmt::format("port {} is not within 1 and 65535", toml_string(ports->substr(from, comma - from)));
        from = comma + 1;
    }
    const auto hosts = parts_of(conninfo.get("host").value_or(conninfo.get("hostaddr").value_or("")));
    if (parts_of(*ports) != 1 && parts_of(*ports) != hosts)
        return fmt::format("has {} ports for {} hosts", parts_of(*ports), hosts);
    return {};
}

void read_conninfo(Section& section, std::string_view key, std::optional<Conninfo>& out) {
    if (!section.conninfo(key, out)) return;
    if (const auto wrong = wrong_ports(*out); !wrong.empty()) return section.fail(key, wrong);
    const auto session = out->get("target_session_attrs").value_or("any");
    if (session != "any")
        section.fail(key, fmt::format("target_session_attrs={} would hide the server in one of its roles", session),
                     "leave it out: pgcm must reach the server whether it is primary or standby");
}

// Of a node or a witness, which the other hosts must find.
void read_public_conninfo(Section& section, Conninfo& out) {
    std::optional<Conninfo> conninfo;
    read_conninfo(section, "conninfo", conninfo);
    if (!conninfo)
        return section.missing("conninfo", "write how the server is reached: \"host=... port=... user=...\"");
    const bool reachable = conninfo->get("host") || conninfo->get("hostaddr") || conninfo->get("service");
    if (!reachable)
        return section.fail("conninfo", "names no host", "the other hosts must find the server: add host=...");
    out = std::move(*conninfo);
}

void read_name(Section& section, const Config& config, NodeName& out) {
    std::string text;
    const char* own_name = "each one needs a name of its own";
    if (!section.text("name", text)) return section.missing("name", own_name);
    auto name = NodeName::make(text);
    if (!name) return section.fail("name", name.error());
    for (const auto& node : config.nodes)
        if (node.name == *name)
            return section.fail("name", fmt::format("a node is called {} already", toml_string(text)), own_name);
    for (const auto& witness : config.witnesses)
        if (witness.name == *name)
            return section.fail("name", fmt::format("a witness is called {} already", toml_string(text)), own_name);
    out = std::move(*name);
}

// As pg_strcasecmp, by which the server compares application_name with synchronous_standby_names
// (SyncRepGetStandbyPriority in syncrep.c); application_name() leaves only ASCII.
std::string folded(const NodeName& name) {
    auto out = application_name(name);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

void check_collisions(Section& section, const Config& config, const Node& node) {
    const auto& pattern = config.server.slot;
    // A slot of a fixed name serves the one standby that a cluster of two has.
    const bool slots_are_told_apart = pattern.find("{node}") != std::string::npos;
    for (const auto& other : config.nodes) {
        if (folded(other.name) == folded(node.name))
            return section.fail("name",
                                fmt::format("{} and {} have the same application_name, {}, as PostgreSQL compares it",
                                            toml_string(other.name.str()), toml_string(node.name.str()),
                                            toml_string(application_name(node.name))),
                                "give one of them another name");
        if (slots_are_told_apart && slot_name(pattern, other.name) == slot_name(pattern, node.name))
            return section.fail(
                "name",
                fmt::format("{} and {} have the same replication slot, {}", toml_string(other.name.str()),
                            toml_string(node.name.str()), toml_string(slot_name(pattern, node.name))),
                "give one of them another name, or postgres.slot a shorter pattern");
    }
    if (!slots_are_told_apart && !pattern.empty() && config.nodes.size() >= 2)
        section.fail(
            "name",
            fmt::format("{} and {} have the same replication slot, {}", toml_string(config.nodes[1].name.str()),
                        toml_string(node.name.str()), toml_string(pattern)),
            "put {node} into postgres.slot");
}

std::string listed(const std::vector<Node>& nodes) {
    std::vector<std::string> names;
    names.reserve(nodes.size());
    for (const auto& node : nodes) names.push_back(node.name.str());
    return fmt::format("the nodes are {}", fmt::join(names, ", "));
}

}  // namespace

void read_cluster(Reader& reader, Config& config) {
    auto section = reader.section("cluster");
    section.text("name", config.cluster);
    if (config.cluster.empty())
        section.missing("name", "give the cluster a name, the same on every host: name = \"orders\"");
    if (std::any_of(config.cluster.begin(), config.cluster.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
        section.fail("name", "holds a control character");
    if (section.text("dbname", config.dbname) && config.dbname.empty()) section.fail("dbname", "is empty");
}

void read_nodes(Reader& reader, Config& config) {
    for (auto& section : reader.sections("node")) {
        Node node;
        read_name(section, config, node.name);
        read_public_conninfo(section, node.conninfo);
        read_conninfo(section, "local_conninfo", node.local_conninfo);
        section.number("priority", node.priority, 0, 1000000);
        section.flag("nofailover", node.nofailover);
        check_collisions(section, config, node);
        config.nodes.push_back(std::move(node));
    }
    if (config.nodes.empty())
        reader.fail({}, "node", "there is none", "describe each server of the cluster in a [[node]] of its own");
}

void read_witnesses(Reader& reader, Config& config) {
    for (auto& section : reader.sections("witness")) {
        Witness witness;
        read_name(section, config, witness.name);
        read_public_conninfo(section, witness.conninfo);
        config.witnesses.push_back(std::move(witness));
    }
}

void settle_local(Reader& reader, Config& config, const Circumstances& around) {
    auto section = reader.section("cluster");
    const auto node_called = [&](const std::string& text) -> std::optional<NodeName> {
        for (const auto& node : config.nodes)
            if (node.name.str() == text) return node.name;
        return std::nullopt;
    };
    if (std::string text; section.text("local", text)) {
        config.local = node_called(text);
        if (!config.local) section.fail("local", toml_string(text) + " is not a node", listed(config.nodes));
    } else if (around.node) {
        config.local = node_called(*around.node);
        if (!config.local)
            section.fail("local", fmt::format("$PGCM_NODE is {}, which is not a node", toml_string(*around.node)),
                         listed(config.nodes));
    } else {
        config.local = node_of_host(config.nodes, around.hostname);
    }
}

}  // namespace pgcm::config
