#pragma once
// The configuration's nodes and witnesses under observation, and the view that comes of it.
#include <boost/asio/any_io_executor.hpp>

#include "config/config.hpp"
#include "model/view.hpp"
#include "probe/prober.hpp"

namespace pgcm::loop {

namespace asio = boost::asio;

class Observer {
  public:
    // `only` limits it to some of them; empty: all. The configuration and the clock must outlive it. An agent's
    // sessions are known as such to others (model/view, agent_session).
    enum class As { command, agent };
    Observer(asio::any_io_executor executor, const config::Config& config, const Clock& clock,
             const std::vector<NodeName>& only = {}, As as = As::command);

    // The latest looks put together at this moment; without a lease, which is the agent's own, and for an agent without
    // the operation, for its loop waits for no disk.
    View view(std::optional<LocalHost> host = {}) const;
    probe::Prober& prober() { return prober_; }
    const probe::Prober& prober() const { return prober_; }
    postgres::Resolver& resolver() { return resolver_; }

  private:
    const config::Config& config_;
    const Clock& clock_;
    const As as_;
    postgres::Resolver resolver_;
    probe::Prober prober_;
};

// One look at all or `only` some, for a command: blocks until all have answered or run into probe_timeout.
View look_once(const config::Config& config, const Clock& clock, bool with_inventory,
               const std::vector<NodeName>& only = {});

}  // namespace pgcm::loop
