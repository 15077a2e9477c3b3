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
    // Whether this postmaster has ended, and /proc shows no process of the local server; touches no disk.
    using Gone = std::function<bool(int postmaster)>;

    HostWatch(const config::Config& config, const Clock& clock, postgres::Resolver& resolver, Inspect inspect,
              Gone gone = {});

    // The network always; the data directory only when asked, for that costs a process. Otherwise what was last seen
    // of it stays, with its time.
    asio::awaitable<void> look(bool at_directory);
    // Of a server that was the primary a moment ago: true as soon as no process of it is left, which latest() tells
    // then; false when some still are after a moment, or when they were not in sight at the last look. Sooner than
    // look().
    // `timeline`: the last one that it was seen on; its directory is not looked at.
    asio::awaitable<bool> see_death(std::optional<Timeline> timeline);
    const LocalHost& latest() const { return latest_; }

  private:
    asio::awaitable<void> look_at_network();

    const config::Config& config_;
    const Clock& clock_;
    postgres::Resolver& resolver_;
    Inspect inspect_;
    Gone gone_;
    bool in_sight_ = false;  // gone_ sees the server that was looked at last
    LocalHost latest_;
};

}  // namespace pgcm::loop
