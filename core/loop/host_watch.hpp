#pragma once
// What the agent knows of its own host, looked at beside the probes.
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>

#include "config/config.hpp"
#include "model/local_host.hpp"
#include "postgres/resolver.hpp"

namespace pgcm::loop {

namespace asio = boost::asio;

class HostWatch {
  public:
    // Looks at the data directory (in a child with a deadline); what went wrong is in the answer.
    using Inspect = std::function<asio::awaitable<LocalHost>()>;

    HostWatch(const config::Config& config, const Clock& clock, postgres::Resolver& resolver, Inspect inspect);

    // The network always; the data directory only when asked, for that costs a process. Otherwise what was last seen
    // of it stays, with its time.
    asio::awaitable<void> look(bool at_directory);
    const LocalHost& latest() const { return latest_; }

  private:
    asio::awaitable<void> look_at_network();

    const config::Config& config_;
    const Clock& clock_;
    postgres::Resolver& resolver_;
    Inspect inspect_;
    LocalHost latest_;
};

}  // namespace pgcm::loop
