#include "probe/node_probe.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "postgres/role_settings.hpp"
#include "postgres/timeline_history.hpp"
#include "probe/vitals.hpp"

namespace pgcm::probe {
namespace {

constexpr std::string_view too_many_connections = "53300";
// Sizes of many databases on a slow disk take their time; nothing waits for them.
constexpr milliseconds inventory_timeout = 30s;
constexpr milliseconds inventory_retry = 5s;

// Everything that a rule may turn on; figures that move all the time are left out.
bool differs(const Observation& before, const Observation& after) {
    const auto status = [](const Observation& o) { return o.wal_receiver ? o.wal_receiver->status : std::string{}; };
    const auto streams = [](const Observation& o) {
        std::vector<std::string> names;
        for (const auto& replica : o.replicas.value_or(std::vector<Replica>{}))
            names.push_back(replica.application_name + replica.state.value_or(""));
        std::sort(names.begin(), names.end());
        return names;
    };
    const auto votes = [](const Observation& o) {
        auto vote = o.vote;
        if (vote) vote->silent.reset();
        return vote;
    };
    return before.reach != after.reach || before.role != after.role || before.timeline != after.timeline ||
           before.sqlstate != after.sqlstate || before.system_identifier != after.system_identifier ||
           before.synchronous_standby_names != after.synchronous_standby_names ||
           before.primary_conninfo != after.primary_conninfo || before.replay_paused != after.replay_paused ||
           status(before) != status(after) || streams(before) != streams(after) || votes(before) != votes(after) ||
           before.mark != after.mark || before.pause != after.pause || before.switchover != after.switchover ||
           before.sessions != after.sessions;
}

}  // namespace

NodeProbe::NodeProbe(asio::any_io_executor executor, postgres::Resolver& resolver, const Clock& clock, Target target,
                     milliseconds timeout)
    : clock_(clock),
      target_(std::move(target)),
      timeout_(timeout),
      session_(executor, resolver),
      replication_(executor, resolver),
      inventory_session_(executor, resolver),
      tick_(executor) {
    latest_ = blank();
}

Observation NodeProbe::blank() const {
    Observation seen;
    seen.node = target_.node;
    const auto addresses = target_.conninfo.addresses();
    seen.host = addresses.front().host;
    seen.port = addresses.front().port;
    seen.last_contact = latest_.last_contact;
    return seen;
}

milliseconds NodeProbe::left(BootTime give_up_at) const {
    return std::max(to_ms(give_up_at - clock_.now()), milliseconds{1});
}

asio::awaitable<postgres::Answer<void>> NodeProbe::open(BootTime give_up_at) {
    // Another server may answer now, or the same one with another past.
    system_identifier_.reset();
    known_timeline_.reset();
    streamed_.reset();
    listens_ = false;
    auto opened = co_await session_.connect(target_.conninfo, left(give_up_at));
    crowded_ = !target_.witness && !opened && opened.error().sqlstate == too_many_connections;
    if (!crowded_) co_return opened;
    auto conninfo = target_.conninfo;
    conninfo.set("replication", "database");
    auto aside = co_await session_.connect(std::move(conninfo), left(give_up_at));
    if (aside) co_return aside;
    co_return opened;
}

asio::awaitable<postgres::Answer<std::string>> NodeProbe::ask(std::string sql, BootTime give_up_at) {
    auto tables = co_await session_.query(std::move(sql), left(give_up_at));
    if (!tables) co_return tl::unexpected(tables.error());
    co_return tables->empty() ? std::string{} : tables->back().single().value_or("");
}

asio::awaitable<void> NodeProbe::look(Observation& seen, BootTime give_up_at) {
    const auto note = [&](const postgres::Failure& failure) {
        seen.reach = failure.reach == Reach::accepting ? Reach::rejecting : failure.reach;
        seen.sqlstate = failure.sqlstate;
        seen.message = failure.message;
    };
    // A session from before may have died with its server: then the server is looked for once more.
    for (const bool reused : {session_.connected(), false}) {
        if (!session_.connected()) {
            const auto opened = co_await open(give_up_at);
            if (!opened) co_return note(opened.error());
        }
        const bool identity = !system_identifier_;
        // A conditional inside co_await is destroyed twice by GCC 12.
        auto sql = target_.witness ? witness_sql(identity, target_.ballot) : vitals_sql(identity, target_.ballot);
        const auto answer = co_await ask(std::move(sql), give_up_at);
        if (!answer) {
            note(answer.error());
            if (reused && answer.error().reach == Reach::refused) continue;
            co_return;
        }
        const auto half_way = (clock_.now() - seen.asked_at) / 2;
        const auto wall = clock_.wall() - std::chrono::duration_cast<std::chrono::microseconds>(half_way);
        seen.system_identifier = system_identifier_;
        const auto read = target_.witness ? read_witness(*answer, wall, seen, target_.ballot)
                                          : read_vitals(*answer, wall, seen, target_.ballot);
        if (!read) {
            session_.close();
            co_return note({Reach::rejecting, {}, read.error().what});
        }
        seen.reach = Reach::accepting;
        system_identifier_ = seen.system_identifier;
        seen.server_version = session_.server_version();
        if (crowded_) {
            seen.sqlstate = too_many_connections;
            seen.message = "all connection slots are taken; seen through a replication session";
        }
        co_return;
    }
}

asio::awaitable<std::optional<postgres::Table>> NodeProbe::replication_command(std::string command,
                                                                               BootTime give_up_at) {
    auto conninfo = target_.conninfo;
    conninfo.set("replication", "database");
    const auto opened = co_await replication_.connect(std::move(conninfo), left(give_up_at));
    std::optional<postgres::Table> table;
    if (opened) {
        auto tables = co_await replication_.query(std::move(command), left(give_up_at));
        if (tables && !tables->empty()) table = std::move(tables->front());
    }
    replication_.close();
    co_return table;
}

// SQL alone does not tell a standby's timeline while nothing streams; IDENTIFY_SYSTEM does (LESSONS 25).
asio::awaitable<void> NodeProbe::find_timeline(Observation& seen, BootTime give_up_at) {
    if (seen.wal_receiver && seen.wal_receiver->timeline) {
        streamed_ = seen.timeline = seen.wal_receiver->timeline;
        co_return;
    }
    if (!known_timeline_ || known_timeline_->received != seen.received || known_timeline_->replayed != seen.replayed) {
        const auto table = co_await replication_command("IDENTIFY_SYSTEM", give_up_at);
        if (!table || table->rows.empty() || table->rows.front().size() < 2 || !table->rows.front()[1]) {
            seen.timeline = streamed_;
            if (!streamed_) seen.missing.push_back({"timeline", "REPLICATION"});
            co_return;
        }
        const auto replayed = Timeline{static_cast<std::uint32_t>(std::stoul(*table->rows.front()[1]))};
        known_timeline_ = KnownTimeline{seen.received, seen.replayed, replayed};
    }
    // It tells the timeline that is replayed; what was received may be of a later one.
    seen.timeline = std::max(known_timeline_->timeline, streamed_.value_or(Timeline{}));
}

asio::awaitable<void> NodeProbe::find_history(Observation& seen, BootTime give_up_at) {
    if (!seen.timeline) co_return;
    if (known_history_ && known_history_->first == *seen.timeline) {
        seen.history = known_history_->second;
        co_return;
    }
    std::vector<TimelineSwitch> history;
    if (*seen.timeline > Timeline{1}) {
        const auto table = co_await replication_command("TIMELINE_HISTORY " + to_string(*seen.timeline), give_up_at);
        if (!table || table->rows.empty() || table->rows.front().size() < 2 || !table->rows.front()[1]) {
            seen.missing.push_back({"history", "REPLICATION"});
            co_return;
        }
        history = postgres::read_history(*table->rows.front()[1]);
    }
    known_history_ = {*seen.timeline, history};
    seen.history = std::move(history);
}

asio::awaitable<void> NodeProbe::take_inventory(postgres::Session& session, BootTime give_up_at) {
    auto tables = co_await session.query(inventory_sql(session.server_version()), left(give_up_at));
    if (!tables) {
        inventory_problem_ = tables.error().message;
        co_return;
    }
    const auto text = tables->empty() ? std::string{} : tables->back().single().value_or("");
    const auto inventory = read_inventory(text, clock_.now());
    inventory_problem_ = inventory ? "" : inventory.error().what;
    if (inventory) inventory_ = *inventory;
}

void NodeProbe::add_inventory(Observation& seen) const {
    seen.inventory = inventory_;
    if (!inventory_problem_.empty()) seen.missing.push_back({"inventory", inventory_problem_});
    if (!inventory_) return;
    if (!inventory_->database_bytes) seen.missing.push_back({"database_bytes", "pg_monitor"});
    if (!inventory_->wal_bytes) seen.missing.push_back({"wal_bytes", "pg_monitor"});
}

asio::awaitable<void> NodeProbe::observe(bool with_inventory) {
    auto seen = blank();
    seen.asked_at = clock_.now();
    const auto give_up_at = seen.asked_at + timeout_;
    co_await look(seen, give_up_at);
    if (seen.reach == Reach::accepting) seen.last_contact = clock_.now();
    if (seen.reach == Reach::accepting && !target_.witness) {
        if (seen.role == Role::standby) co_await find_timeline(seen, give_up_at);
        if (seen.role == Role::primary) co_await find_history(seen, give_up_at);
        if (with_inventory && session_.connected()) co_await take_inventory(session_, give_up_at);
        add_inventory(seen);
    }
    seen.took = clock_.now() - seen.asked_at;
    latest_ = std::move(seen);
}

// Only a primary lets anybody listen, and no replication session does.
asio::awaitable<void> NodeProbe::listen() {
    const bool may = latest_.reach == Reach::accepting && latest_.role == Role::primary && !target_.witness;
    if (!may || listens_ || crowded_ || !session_.connected()) co_return;
    const auto begun = co_await ask(postgres::listen_sql(), clock_.now() + timeout_);
    listens_ = begun.has_value();
}

void NodeProbe::kick() {
    kicked_ = true;
    tick_.cancel();
}

asio::awaitable<void> NodeProbe::watch(Beat beat, std::function<void(bool)> looked) {
    using namespace asio::experimental::awaitable_operators;
    for (;;) {
        kicked_ = false;
        const auto before = latest_;
        co_await observe(false);
        looked(differs(before, latest_));
        co_await listen();
        if (kicked_) continue;

        // A look that took longer than the period is followed by the next one at once.
        const auto now = clock_.now();
        const auto left = std::max<nanoseconds>(beat.period - (now - latest_.asked_at), milliseconds{1});
        tick_.expires_after(std::min(left, beat.until_next(now)));
        boost::system::error_code ignored;
        if (session_.connected())
            co_await (tick_.async_wait(asio::redirect_error(asio::use_awaitable, ignored)) || session_.wait_event());
        else
            co_await tick_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

asio::awaitable<void> NodeProbe::watch_inventory(milliseconds period) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer pause(executor);
    for (;;) {
        const auto give_up_at = clock_.now() + inventory_timeout;
        if (const auto opened = co_await inventory_session_.connect(target_.conninfo, left(give_up_at)); opened)
            co_await take_inventory(inventory_session_, give_up_at);
        inventory_session_.close();
        pause.expires_after(inventory_ ? period : std::min<milliseconds>(period, inventory_retry));
        co_await pause.async_wait(asio::use_awaitable);
    }
}

}  // namespace pgcm::probe
