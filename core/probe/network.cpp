#include "probe/network.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>

namespace pgcm::probe {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Shared by the questions that are under way; the last one that holds it frees it.
struct Round {
    explicit Round(const asio::any_io_executor& executor) : over(executor) {}
    asio::steady_timer over;
    std::size_t open = 0;
    std::string answered;
};

bool answers(const boost::system::error_code& error) {
    return !error || error == asio::error::connection_refused;
}

asio::awaitable<void> ask(std::string arbiter, postgres::Resolver& resolver, milliseconds timeout,
                          std::shared_ptr<Round> round) {
    const auto colon = arbiter.rfind(':');
    const auto address = co_await resolver.resolve(arbiter.substr(0, colon), timeout);
    if (!address) co_return;
    boost::system::error_code error;
    const auto parsed = asio::ip::make_address(*address, error);
    if (error) co_return;

    const auto executor = co_await asio::this_coro::executor;
    auto socket = std::make_shared<tcp::socket>(executor);
    asio::steady_timer deadline(executor, timeout);
    deadline.async_wait([socket](const boost::system::error_code& cancelled) {
        boost::system::error_code ignored;
        if (!cancelled) socket->close(ignored);
    });
    const auto port = static_cast<std::uint16_t>(std::stoul(arbiter.substr(colon + 1)));
    co_await socket->async_connect({parsed, port}, asio::redirect_error(asio::use_awaitable, error));
    if (answers(error)) round->answered = arbiter;
}

}  // namespace

NetworkSeen interface_state(const std::string& interface) {
    std::ifstream file("/sys/class/net/" + interface + "/operstate");
    std::string state;
    if (!std::getline(file, state)) return {Network::down, "there is no network interface " + interface};
    // The loopback and some virtual interfaces never say more than "unknown" while they work.
    const bool up = state == "up" || state == "unknown";
    return {up ? Network::up : Network::down, interface + " is " + state};
}

asio::awaitable<NetworkSeen> ask_arbiters(std::vector<std::string> arbiters, postgres::Resolver& resolver,
                                          milliseconds timeout) {
    const auto executor = co_await asio::this_coro::executor;
    const auto round = std::make_shared<Round>(executor);
    round->over.expires_after(timeout);
    round->open = arbiters.size();
    for (const auto& arbiter : arbiters)
        asio::co_spawn(executor, ask(arbiter, resolver, timeout, round), [round](const std::exception_ptr&) {
            if (--round->open == 0 || !round->answered.empty()) round->over.cancel();
        });
    boost::system::error_code ignored;
    if (round->open > 0) co_await round->over.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!round->answered.empty()) co_return NetworkSeen{Network::up, round->answered + " answers"};
    co_return NetworkSeen{Network::down, "none of the arbiters answers"};
}

}  // namespace pgcm::probe
