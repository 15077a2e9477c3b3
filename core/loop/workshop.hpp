#pragma once
// The local node's tools, made from the configuration: for the loop that carries out decisions, and for commands.
#include <functional>
#include <memory>

#include "act/operations.hpp"
#include "config/config.hpp"
#include "loop/performer.hpp"
#include "model/local_host.hpp"

namespace pgcm::loop {

// Tells one promotion from another: a random UUID.
std::string promotion_id();

class Workshop {
  public:
    using Progress = std::function<void(const Step&)>;

    // The configuration names a local node, and outlives the workshop, as the clock does.
    Workshop(const config::Config& config, const Clock& clock, bool dry_run, Progress progress);

    // The data directory and its processes; what cannot be seen is said in the answer.
    asio::awaitable<LocalHost> inspect();
    // This postmaster has ended and no process of the local server is left, as far as /proc shows.
    bool gone(int postmaster) const;
    act::Site site(postgres::Resolver& resolver);
    std::unique_ptr<Performer> performer(postgres::Resolver& resolver);

    const config::Config& config() const { return config_; }
    act::DataDirectory& data() { return data_; }
    // The local node's own slot on a primary, and those of all other nodes.
    std::string own_slot() const;
    std::vector<std::string> peer_slots() const;

  private:
    asio::awaitable<void> ask_status(LocalHost& host);

    const config::Config& config_;
    bool dry_run_;
    Progress progress_;
    act::DataDirectory data_;
    act::LocalServer server_;
};

}  // namespace pgcm::loop
