#include "config/load.hpp"

#include <algorithm>

#include "config/file.hpp"
#include "config/loading.hpp"

namespace pgcm::config {
namespace {

// The policy's copies of what stands elsewhere in the Config.
void fill_policy(Config& config) {
    auto& policy = config.policy;
    policy.cluster = config.cluster;
    policy.local = config.local;
    policy.managed = config.server.managed;
    policy.slot = config.server.slot;
    policy.lease_ttl = config.lease.ttl;
    policy.fence_margin = config.lease.fence_margin;
    policy.trust_refused = config.lease.trust_refused;
    for (const auto& witness : config.witnesses) policy.witnesses.push_back(witness.name);
    for (const auto& node : config.nodes) {
        NodePolicy entry{node.name, node.priority, node.nofailover, {}};
        const auto add = [&](const Conninfo& conninfo) {
            for (auto& address : conninfo.addresses())
                if (!address.host.empty() &&
                    std::find(entry.addresses.begin(), entry.addresses.end(), address) == entry.addresses.end())
                    entry.addresses.push_back(std::move(address));
        };
        const auto add_all = [&](const Conninfo& conninfo) {
            add(conninfo);
            add(Conninfo{conninfo}.set("host", ""));  // hostaddr beside host
        };
        add_all(node.conninfo);
        add_all(local_reach(node));
        policy.nodes.push_back(std::move(entry));
    }
}

}  // namespace

Result<Config> load(const std::string& path) {
    return load(path, circumstances());
}

Result<Config> load(const std::string& path, const Circumstances& around) {
    const auto file = read_file(path);
    if (!file) return fail(file.error());
    return parse(file->text, path, around, file->others_may_read);
}

Result<Config> parse(std::string_view toml, std::string_view path, const Circumstances& around, bool others_may_read) {
    const auto root = parse_document(toml, path);
    if (!root) return fail(root.error());

    Config config;
    config.path = path;
    Reader reader{*root, config.path, others_may_read};
    reader.check_keys();
    read_cluster(reader, config);
    read_postgres(reader, config);
    read_nodes(reader, config);
    read_witnesses(reader, config);
    settle_local(reader, config, around);
    read_timing(reader, config);
    read_failover(reader, config);
    read_lease(reader, config);
    read_sync(reader, config);
    read_rejoin(reader, config);
    read_commands(reader, config);
    read_service(reader, config);
    check_combinations(reader, config);
    if (!reader.ok()) return fail(*reader.error());
    fill_policy(config);
    return config;
}

}  // namespace pgcm::config
