#pragma once
// The rules of majority.hpp at work on real voters, side by side: a hung one delays nobody.
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "lease/voter.hpp"
#include "model/address.hpp"

namespace pgcm::lease {

class MajorityLease {
  public:
    struct VoterPlace {
        NodeName name;
        postgres::Conninfo conninfo;
        bool node = true;              // else a witness
        std::vector<Address> servers;  // of a node: where its server listens, for proof of death
    };
    struct Options {
        std::string cluster;
        std::vector<VoterPlace> voters;   // in the order of the rules' voters
        bool trust_refused = false;       // lease.trust_refused
        std::uint16_t agent_port = 9890;  // lease.port
        bool looks_only = false;          // a dry run: each free lock counts as if it were ours
    };
    // `rules`, `clock` and `resolver` outlive it. `changed` is called after each answer.
    MajorityLease(asio::any_io_executor executor, postgres::Resolver& resolver, const Clock& clock, Majority& rules,
                  Options options, std::function<void()> changed);
    ~MajorityLease();

    void start();
    // The rules may have other questions now.
    void poke();
    // Sessions are closed, and their locks free.
    void stop();

  private:
    asio::awaitable<void> serve(std::size_t voter);
    asio::awaitable<void> prove(NodeName holder);
    asio::awaitable<bool> refuses(std::string host, std::uint16_t port);
    void prove_deaths();

    asio::any_io_executor executor_;
    postgres::Resolver& resolver_;
    const Clock& clock_;
    Majority& rules_;
    Options options_;
    std::function<void()> changed_;
    struct Seat {
        Seat(asio::any_io_executor executor, std::unique_ptr<Voter> its_voter)
            : voter(std::move(its_voter)), timer(executor) {}
        std::unique_ptr<Voter> voter;
        asio::steady_timer timer;
        asio::cancellation_signal cancel;
    };
    std::vector<std::unique_ptr<Seat>> seats_;
    std::vector<NodeName> proving_;
    bool stopping_ = false;
};

// The agent's own port, open while it runs, so that others can tell a dead agent from a cut. Accepts and closes.
class AgentPort {
  public:
    // Listens on every address that the hosts of `addresses` (this node's own) stand for; names are looked up, which
    // may block: to be called at the start only. Error: names the address, with a hint.
    static Result<std::unique_ptr<AgentPort>> open(asio::any_io_executor executor,
                                                   const std::vector<Address>& addresses, std::uint16_t port);
    virtual ~AgentPort() = default;
};

}  // namespace pgcm::lease
