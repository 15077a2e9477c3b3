#include <algorithm>

#include "act/operations.hpp"

namespace pgcm::act {
namespace {

// They say where and as what a session logs in, not how the primary is replicated from.
constexpr auto never_copied = {"dbname",          "application_name",  "fallback_application_name",
                               "options",         "replication",       "target_session_attrs",
                               "client_encoding", "load_balance_hosts"};

}  // namespace

Conninfo replication_conninfo(const Conninfo& current, const Conninfo& upstream, const std::string& replication,
                              const NodeName& node) {
    const auto ours = Conninfo::parse(replication).value_or(Conninfo{});
    Conninfo made = current;
    if (current.pairs().empty() && ours.pairs().empty()) {
        made = upstream;
        for (const auto* keyword : never_copied) made.set(keyword, "");
    }
    for (const auto* keyword : {"host", "hostaddr", "port"}) made.set(keyword, upstream.get(keyword).value_or(""));
    made.merge(ours);
    made.set("application_name", application_name(node));
    return made;
}

Placeholders placeholders_for(const ServerSettings& settings, const NodeName& node, const Conninfo& primary_conninfo) {
    return {{"data_dir", settings.data_dir},
            {"slot", slot_name(settings.slot, node)},
            {"primary_conninfo", primary_conninfo.without_password().str()},
            {"node", node.str()}};
}

}  // namespace pgcm::act
