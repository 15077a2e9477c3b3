#include "loop/host_watch.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "act/process.hpp"
#include "probe/network.hpp"

namespace pgcm::loop {
namespace {

asio::awaitable<probe::NetworkSeen> ask_command(const Command& command, milliseconds timeout) {
    auto invocation = act::from(command, {});
    invocation.timeout = timeout;
    const auto outcome = co_await act::run(std::move(invocation));
    if (!outcome) co_return probe::NetworkSeen{Network::unknown, outcome.error().what};
    if (outcome->timed_out) co_return probe::NetworkSeen{Network::unknown, "the network command did not end in time"};
    const bool up = command.expect.empty() ? outcome->ok() : outcome->output.find(command.expect) != std::string::npos;
    co_return probe::NetworkSeen{up ? Network::up : Network::down,
                                 "the network command says: " + outcome->last_words()};
}

}  // namespace

HostWatch::HostWatch(const config::Config& config, const Clock& clock, postgres::Resolver& resolver, Inspect inspect,
                     Gone gone)
    : config_(config), clock_(clock), resolver_(resolver), inspect_(std::move(inspect)), gone_(std::move(gone)) {}

asio::awaitable<void> HostWatch::look_at_network() {
    const auto& settings = config_.network;
    // Whatever is configured must say up; nothing configured is no reason for doubt.
    probe::NetworkSeen seen{Network::up, {}};
    if (!settings.interface.empty()) seen = probe::interface_state(settings.interface);
    if (seen.network == Network::up && !settings.command.empty())
        seen = co_await ask_command(settings.command, config_.command_timeout);
    if (seen.network == Network::up && !settings.arbiters.empty())
        seen = co_await probe::ask_arbiters(settings.arbiters, resolver_, config_.policy.probe_timeout);
    latest_.network = seen.network;
    latest_.network_message = std::move(seen.message);
}

asio::awaitable<void> HostWatch::look(bool at_directory) {
    co_await look_at_network();
    if (!at_directory) co_return;
    const auto began = clock_.now();
    auto seen = co_await inspect_();
    seen.looked_at = began;
    seen.network = latest_.network;
    seen.network_message = std::move(latest_.network_message);
    latest_ = std::move(seen);
    // Where /proc hides other users' processes, it would show none of a living server either.
    in_sight_ = gone_ && latest_.postmaster_pid && !gone_(*latest_.postmaster_pid);
}

asio::awaitable<bool> HostWatch::see_death(std::optional<Timeline> timeline) {
    constexpr milliseconds patience = 100ms, pause = 3ms;  // backends end by themselves once their postmaster is gone
    if (!in_sight_ || !latest_.postmaster_pid) co_return false;
    asio::steady_timer timer{co_await asio::this_coro::executor};
    for (auto looks = patience / pause; looks > 0; --looks) {
        const auto began = clock_.now();
        if (gone_(*latest_.postmaster_pid)) {
            in_sight_ = false;
            latest_.looked_at = began;
            latest_.process = Process::stopped;
            latest_.postmaster_pid.reset();
            latest_.lineup = Lineup::primary;
            latest_.timeline = std::max(latest_.timeline, timeline);
            latest_.rewinding = latest_.disk_stalled = false;
            latest_.message.clear();
            co_return true;
        }
        timer.expires_after(pause);
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return false;
}

}  // namespace pgcm::loop
