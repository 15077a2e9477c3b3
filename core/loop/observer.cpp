#include "loop/observer.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace pgcm::loop {
namespace {

std::vector<probe::Target> targets(const config::Config& config, const std::vector<NodeName>& only) {
    std::vector<probe::Target> all;
    for (const auto& node : config.nodes)
        if (only.empty() || std::find(only.begin(), only.end(), node.name) != only.end())
            all.push_back({node.name, config.reach(node)});
    return all;
}

}  // namespace

Observer::Observer(asio::any_io_executor executor, const config::Config& config, const Clock& clock,
                   const std::vector<NodeName>& only)
    : config_(config),
      clock_(clock),
      prober_(executor, resolver_, clock, targets(config, only), config.policy.probe_timeout) {}

View Observer::view(std::optional<LocalHost> host) const {
    return {config_.cluster, config_.local, clock_.now(), clock_.wall(), prober_.observations(), std::move(host)};
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
