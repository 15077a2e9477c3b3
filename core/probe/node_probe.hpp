#pragma once
// One node or witness under observation: a session that is kept open, and the latest look through it.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "model/observation.hpp"
#include "postgres/session.hpp"
#include "probe/ballot.hpp"

namespace pgcm::probe {

namespace asio = boost::asio;

struct Target {
    NodeName node;
    postgres::Conninfo conninfo;
    bool witness = false;          // asked for nothing but its vote, and never by a replication session
    std::optional<Ballot> ballot;  // under quorum = "majority"
};

class NodeProbe {
  public:
    NodeProbe(asio::any_io_executor executor, postgres::Resolver& resolver, const Clock& clock, Target target,
              milliseconds timeout);

    // Looks once; never takes longer than the timeout, and never fails: what went wrong is the observation.
    asio::awaitable<void> observe(bool with_inventory);

    // Looks with every `beat`, and at once when the server closes the session or sends a notification (postgres/
    // role_settings), or kick() is called. Tells after each look
    // whether anything but figures changed. Runs until cancelled.
    asio::awaitable<void> watch(Beat beat, std::function<void(bool changed)> looked);
    // Takes the inventory every `period` through a session of its own: it may be slow. Runs until cancelled.
    asio::awaitable<void> watch_inventory(milliseconds period);
    void kick();

    const Observation& latest() const { return latest_; }
    bool is_witness() const { return target_.witness; }

  private:
    asio::awaitable<postgres::Answer<void>> open(BootTime give_up_at);
    asio::awaitable<postgres::Answer<std::string>> ask(std::string sql, BootTime give_up_at);
    asio::awaitable<void> look(Observation& seen, BootTime give_up_at);
    asio::awaitable<void> take_inventory(postgres::Session& session, BootTime give_up_at);
    void add_inventory(Observation& seen) const;
    asio::awaitable<void> find_timeline(Observation& seen, BootTime give_up_at);
    asio::awaitable<void> find_history(Observation& seen, BootTime give_up_at);
    asio::awaitable<std::optional<postgres::Table>> replication_command(std::string command, BootTime give_up_at);
    asio::awaitable<void> listen();
    milliseconds left(BootTime give_up_at) const;
    Observation blank() const;

    const Clock& clock_;
    Target target_;
    milliseconds timeout_;
    postgres::Session session_;
    postgres::Session replication_;  // only for the moments that need it; closed again at once
    postgres::Session inventory_session_;
    asio::steady_timer tick_;
    bool kicked_ = false;
    bool listens_ = false;
    bool crowded_ = false;  // let in only as a replication session (LESSONS 10)
    Observation latest_;

    std::optional<Inventory> inventory_;
    std::string inventory_problem_;

    // what need not be asked again
    std::optional<std::uint64_t> system_identifier_;
    struct KnownTimeline {
        std::optional<Lsn> received, replayed;
        Timeline timeline;
    };
    std::optional<KnownTimeline> known_timeline_;
    std::optional<Timeline> streamed_;  // the last received_tli seen
    std::optional<std::pair<Timeline, std::vector<TimelineSwitch>>> known_history_;
};

}  // namespace pgcm::probe
