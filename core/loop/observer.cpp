#include "loop/observer.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "act/operation_log.hpp"

namespace pgcm::loop {
namespace {

postgres::Conninfo reach(const config::Config& config, const config::Node& node, Observer::As as) {
    auto conninfo = config.reach(node);
    if (as == Observer::As::agent && config.local) conninfo.set("application_name", agent_session(*config.local));
    return conninfo;
}

std::vector<probe::Target> targets(const config::Config& config, const std::vector<NodeName>& only, Observer::As as) {
    const auto wanted = [&](const NodeName& name) {
        return only.empty() || std::find(only.begin(), only.end(), name) != only.end();
    };
    std::optional<probe::Ballot> ballot;
    if (config.policy.quorum == Quorum::majority) {
        ballot.emplace(probe::Ballot{postgres::lock_keys(config.cluster), {}});
        for (const auto& node : config.nodes) ballot->nodes.push_back(node.name);
    }
    std::vector<probe::Target> all;
    for (const auto& node : config.nodes)
        if (wanted(node.name)) all.push_back({node.name, reach(config, node, as), false, ballot});
    for (const auto& witness : config.witnesses)
        if (wanted(witness.name)) all.push_back({witness.name, config.reach(witness), true, ballot});
    return all;
}

}  // namespace

Observer::Observer(asio::any_io_executor executor, const config::Config& config, const Clock& clock,
                   const std::vector<NodeName>& only, As as)
    : config_(config),
      clock_(clock),
      as_(as),
      prober_(executor, resolver_, clock, targets(config, only, as), config.policy.probe_timeout) {}

View Observer::view(std::optional<LocalHost> host) const {
    View view;
    view.cluster = config_.cluster;
    view.local = config_.local;
    view.at = clock_.now();
    view.taken_at = clock_.wall();
    view.nodes = prober_.observations(false);
    view.witnesses = prober_.observations(true);
    view.host = std::move(host);
    if (as_ == As::command && config_.local)
        if (auto file = act::read_operation(config_.state_dir)) view.operation = std::move(*file);
    if (view.operation) view.operation->copied = act::read_progress(config_.state_dir, *view.operation);
    return view;
}

View look_once(const config::Config& config, const Clock& clock, bool with_inventory,
               const std::vector<NodeName>& only) {
    asio::io_context io{1};
    Observer observer(io.get_executor(), config, clock, only);
    asio::co_spawn(io, observer.prober().look_once(with_inventory), [](const std::exception_ptr& bug) {
        if (bug) std::rethrow_exception(bug);
    });
    io.run();
    return observer.view();
}

}  // namespace pgcm::loop
