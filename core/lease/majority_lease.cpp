#include "lease/majority_lease.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace pgcm::lease {
namespace {

using asio::ip::tcp;

void rethrow(const std::exception_ptr& bug) {
    if (bug) std::rethrow_exception(bug);
}

std::vector<NodeName> nodes_of(const MajorityLease::Options& options) {
    std::vector<NodeName> nodes;
    for (const auto& place : options.voters)
        if (place.node) nodes.push_back(place.name);
    return nodes;
}

}  // namespace

MajorityLease::MajorityLease(asio::any_io_executor executor, postgres::Resolver& resolver, const Clock& clock,
                             Majority& rules, Options options, std::function<void()> changed)
    : executor_(std::move(executor)),
      resolver_(resolver),
      clock_(clock),
      rules_(rules),
      options_(std::move(options)),
      changed_(std::move(changed)) {
    const auto nodes = nodes_of(options_);
    const auto& settings = rules_.settings();
    for (const auto& place : options_.voters) {
        VoterTerms terms{
            settings.self,        nodes,        options_.cluster,   place.node && place.name != settings.self,
            idle_limit(settings), settings.ttl, options_.looks_only};
        seats_.push_back(std::make_unique<Seat>(
            executor_, std::make_unique<Voter>(executor_, resolver_, clock_, place.conninfo, std::move(terms))));
    }
}

MajorityLease::~MajorityLease() = default;

void MajorityLease::start() {
    for (std::size_t i = 0; i < seats_.size(); ++i)
        asio::co_spawn(executor_, serve(i), asio::bind_cancellation_slot(seats_[i]->cancel.slot(), rethrow));
}

void MajorityLease::poke() {
    for (auto& seat : seats_) seat->timer.cancel();
}

void MajorityLease::stop() {
    stopping_ = true;
    for (auto& seat : seats_) {
        seat->voter->close();
        seat->timer.cancel();
        seat->cancel.emit(asio::cancellation_type::terminal);
    }
}

asio::awaitable<void> MajorityLease::serve(std::size_t i) {
    auto& seat = *seats_[i];
    while (!stopping_) {
        const auto due = rules_.due(i);
        if (const auto now = clock_.now(); !due || *due > now) {
            seat.timer.expires_after(due ? std::min<nanoseconds>(*due - now, 1h) : nanoseconds{1h});
            boost::system::error_code ignored;
            co_await seat.timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            continue;
        }
        auto ask = rules_.ask(i, clock_.now());
        if (!ask) continue;
        if (ask->kind == AskKind::close) {
            seat.voter->close();
            continue;
        }
        const auto sent = clock_.now();
        const auto answer = co_await seat.voter->ask(*ask, rules_.settings().probe_timeout);
        if (stopping_) co_return;
        if (answer)
            rules_.answered(i, *ask, *answer, sent, clock_.now());
        else
            rules_.broken(i, answer.error().what, clock_.now());
        prove_deaths();
        changed_();
        poke();
    }
}

// --- proof of death

void MajorityLease::prove_deaths() {
    if (!options_.trust_refused) return;
    for (const auto& holder : rules_.worth_proving(clock_.now())) {
        if (std::find(proving_.begin(), proving_.end(), holder) != proving_.end()) continue;
        proving_.push_back(holder);
        asio::co_spawn(executor_, prove(holder), [this, holder](const std::exception_ptr& bug) {
            if (bug && !stopping_) std::rethrow_exception(bug);
            std::erase(proving_, holder);
        });
    }
}

asio::awaitable<bool> MajorityLease::refuses(std::string host, std::uint16_t port) {
    using namespace asio::experimental::awaitable_operators;
    const auto timeout = rules_.settings().probe_timeout;
    const auto address = co_await resolver_.resolve(host, timeout);
    if (!address) co_return false;
    boost::system::error_code error;
    const auto numeric = asio::ip::make_address(*address, error);
    if (error) co_return false;  // a socket directory tells nothing of another host
    tcp::socket socket(executor_);
    asio::steady_timer deadline(executor_, timeout);
    boost::system::error_code late;
    const tcp::endpoint endpoint(numeric, port);
    const auto first = co_await (socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error)) ||
                                 deadline.async_wait(asio::redirect_error(asio::use_awaitable, late)));
    co_return first.index() == 0 && error == asio::error::connection_refused;
}

// Both must refuse at every address, each asked after the lock was ours.
asio::awaitable<void> MajorityLease::prove(NodeName holder) {
    const auto asked = clock_.now();
    const auto place = std::find_if(options_.voters.begin(), options_.voters.end(),
                                    [&](const VoterPlace& voter) { return voter.name == holder && voter.node; });
    if (place == options_.voters.end() || place->servers.empty()) co_return;
    for (const auto& [host, port] : place->servers) {
        std::string server_host = host;
        if (!co_await refuses(std::move(server_host), port)) co_return;
        std::string agent_host = host;
        if (!co_await refuses(std::move(agent_host), options_.agent_port)) co_return;
    }
    if (stopping_) co_return;
    rules_.proven_dead(holder, asked, clock_.now());
    changed_();
    poke();
}

// --- the agent's port

namespace {

class OpenPort final : public AgentPort {
  public:
    explicit OpenPort(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    Result<void> listen(const tcp::endpoint& endpoint) {
        auto acceptor = std::make_unique<tcp::acceptor>(executor_);
        boost::system::error_code error;
        acceptor->open(endpoint.protocol(), error);
        if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor->bind(endpoint, error);
        if (!error) acceptor->listen(16, error);
        if (error)
            return fail(endpoint.address().to_string() + ":" + std::to_string(endpoint.port()) + ": " +
                        error.message());
        accept(*acceptors_.emplace_back(std::move(acceptor)));
        return {};
    }

  private:
    void accept(tcp::acceptor& acceptor) {
        acceptor.async_accept([this, &acceptor](const boost::system::error_code& error, tcp::socket) {
            if (!error) accept(acceptor);
        });
    }

    asio::any_io_executor executor_;
    std::vector<std::unique_ptr<tcp::acceptor>> acceptors_;
};

}  // namespace

Result<std::unique_ptr<AgentPort>> AgentPort::open(asio::any_io_executor executor,
                                                   const std::vector<Address>& addresses, std::uint16_t port) {
    auto opened = std::make_unique<OpenPort>(executor);
    tcp::resolver resolver(executor);
    std::vector<tcp::endpoint> done;
    const auto hint = "with lease.trust_refused = true others take a closed port for a dead agent";
    for (const auto& [host, server_port] : addresses) {
        if (host.empty() || host.front() == '/') continue;
        boost::system::error_code error;
        const auto found = resolver.resolve(host, std::to_string(port), error);
        if (error) return fail("the agent's port: " + host + ": " + error.message(), hint);
        for (const auto& entry : found) {
            if (std::find(done.begin(), done.end(), entry.endpoint()) != done.end()) continue;
            done.push_back(entry.endpoint());
            if (auto listening = opened->listen(entry.endpoint()); !listening)
                return fail("the agent's port " + listening.error().what, hint);
        }
    }
    if (done.empty()) return fail("the agent's port: this node's conninfo names no address", hint);
    return opened;
}

}  // namespace pgcm::lease
