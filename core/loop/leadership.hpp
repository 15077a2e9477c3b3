#pragma once
// The judge's lease at work: the voters' sessions, the guard, the run file, the watchdog device and the agent's port.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "act/guard.hpp"
#include "act/watchdog.hpp"
#include "config/config.hpp"
#include "lease/majority_lease.hpp"
#include "loop/disk_writer.hpp"
#include "loop/judge.hpp"
#include "loop/log.hpp"
#include "loop/run_file.hpp"
#include "postgres/resolver.hpp"

namespace pgcm::loop {

namespace asio = boost::asio;

class Leadership {
  public:
    struct Surroundings {
        const Clock& clock;
        Log& log;
        DiskWriter& disk;
        std::string boot;
        act::Guard* guard = nullptr;  // null: nothing to guard
        bool dry_run = false;         // no vote is taken, nothing written, no port opened, no device fed
    };
    // All outlive it; the judge has a lease. `news`: something about the lease calls for a turn, and for a look first.
    Leadership(asio::io_context& io, const config::Config& config, Surroundings around, postgres::Resolver& resolver,
               Judge& judge, std::function<void(bool look)> news);
    ~Leadership();

    // Error: the agent's port cannot be opened, where lease.trust_refused needs it.
    Result<void> start();
    // The judge has spoken: its deadlines go to the guard, its wishes to the voters.
    void after_turn(bool serves);
    void stop();

  private:
    void answered();
    void write_record();
    void feed(bool serves);

    asio::io_context& io_;
    const config::Config& config_;
    Surroundings around_;
    Judge& judge_;
    std::function<void(bool)> news_;
    lease::MajorityLease voters_;
    std::unique_ptr<lease::AgentPort> port_;
    std::optional<act::Watchdog> watchdog_;
    std::string watchdog_trouble_;
    asio::steady_timer record_deadline_;
    lease::Record written_;
    bool recording_ = false;  // a hand-over waits for the disk
    std::shared_ptr<bool> alive_;
    std::uint32_t guard_acted_ = 0;
};

// The guard of this node for as long as the process lives: armed for what a predecessor left, whose own guard then
// retires. Blocks for a moment. Error: it could not be started.
Result<act::Guard> begin_guard(const std::string& real_data_dir, const RunFile& left, const Policy& policy,
                               BootTime now);

}  // namespace pgcm::loop
