#pragma once
// Who may lead. The decision knows only this interface; what stands behind it (nothing, advisory locks on a majority
// of voters, etcd) is the configuration's choice.
#include <boost/asio/awaitable.hpp>
#include <optional>

#include "model/error.hpp"
#include "model/node_name.hpp"
#include "model/time.hpp"

namespace pgcm::lease {

namespace asio = boost::asio;

class Lease {
  public:
    virtual ~Lease() = default;

    // Tries to get it, once; true when this agent may lead now. Error: nobody could be asked.
    virtual asio::awaitable<Result<bool>> acquire() = 0;
    // Goes on holding it; to be called every scan_period by the holder. Error: not renewed; it ends at valid_until().
    virtual asio::awaitable<Result<void>> renew() = 0;
    // Lets go, so that another may lead at once.
    virtual asio::awaitable<void> release() = 0;

    // Who holds it, as far as this agent knows.
    virtual std::optional<NodeName> holder() const = 0;
    // Until when this agent may lead by its own clock; BootTime::max() when no lease limits it, empty when it may not.
    virtual std::optional<BootTime> valid_until() const = 0;
};

// quorum = "any": no vote at all. Whoever the rules choose may lead; only timers and the network check stand between
// two primaries.
class NoLease final : public Lease {
  public:
    asio::awaitable<Result<bool>> acquire() override { co_return true; }
    asio::awaitable<Result<void>> renew() override { co_return Result<void>{}; }
    asio::awaitable<void> release() override { co_return; }
    std::optional<NodeName> holder() const override { return std::nullopt; }
    std::optional<BootTime> valid_until() const override { return BootTime::max(); }
};

}  // namespace pgcm::lease
