#include "config/config.hpp"

#include "postgres/lock_keys.hpp"

namespace pgcm::config {
namespace {

Conninfo named(const Config& config, Conninfo conninfo) {
    conninfo.set_default("dbname", config.dbname);
    return conninfo.set("application_name", config.local ? postgres::session_name(*config.local) : "pgcm");
}

}  // namespace

Conninfo local_reach(const Node& node) {
    if (!node.local_conninfo) return node.conninfo;
    Conninfo reach = node.conninfo;
    const auto& local = *node.local_conninfo;
    if (local.get("host") || local.get("hostaddr")) {
        // Another host: the addresses and the list of ports of the first are not its own.
        const auto port = reach.get("port").value_or("");
        reach.set("host", "").set("hostaddr", "").set("port", port.substr(0, port.find(',')));
    }
    return reach.merge(local);
}

const Node* Config::find(const NodeName& name) const {
    for (const auto& node : nodes)
        if (node.name == name) return &node;
    return nullptr;
}

Conninfo Config::reach(const Node& node) const {
    return named(*this, local && *local == node.name ? local_reach(node) : node.conninfo);
}

Conninfo Config::reach(const Witness& witness) const {
    return named(*this, witness.conninfo);
}

}  // namespace pgcm::config
