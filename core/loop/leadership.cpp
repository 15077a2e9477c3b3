#include "loop/leadership.hpp"

#include <boost/asio/post.hpp>

namespace pgcm::loop {
namespace {

lease::MajorityLease::Options options_of(const config::Config& config, bool dry_run) {
    lease::MajorityLease::Options options;
    options.cluster = config.cluster;
    options.trust_refused = config.lease.trust_refused;
    options.agent_port = config.lease.port;
    options.looks_only = dry_run;
    for (const auto& node : config.nodes)
        options.voters.push_back({node.name, config.reach(node), true, node.conninfo.addresses()});
    for (const auto& witness : config.witnesses)
        options.voters.push_back({witness.name, config.reach(witness), false, {}});
    return options;
}

}  // namespace

Leadership::Leadership(asio::io_context& io, const config::Config& config, Surroundings around,
                       postgres::Resolver& resolver, Judge& judge, std::function<void(bool look)> news)
    : io_(io),
      config_(config),
      around_(std::move(around)),
      judge_(judge),
      news_(std::move(news)),
      voters_(io.get_executor(), resolver, around_.clock, *judge.lease(), options_of(config, around_.dry_run),
              [this] { answered(); }),
      record_deadline_(io),
      alive_(std::make_shared<bool>(true)) {}

Leadership::~Leadership() {
    *alive_ = false;
}

Result<void> Leadership::start() {
    if (config_.lease.trust_refused && !around_.dry_run) {
        auto port = lease::AgentPort::open(io_.get_executor(), config_.find(*config_.local)->conninfo.addresses(),
                                           config_.lease.port);
        if (!port) return fail(port.error());
        port_ = std::move(*port);
    }
    voters_.start();
    return {};
}

void Leadership::stop() {
    voters_.stop();
    record_deadline_.cancel();
    port_.reset();
}

void Leadership::answered() {
    write_record();
    const auto news = judge_.lease_news(around_.clock.now());
    if (news.turn) news_(news.look);
}

void Leadership::after_turn(bool serves) {
    if (around_.guard != nullptr) {
        if (const auto times = judge_.guard())
            around_.guard->arm(times->immediate_at, times->kill_at);
        else
            around_.guard->disarm();
        if (const auto acted = around_.guard->acted(); acted != guard_acted_) {
            guard_acted_ = acted;
            around_.log.say(Level::error, "guard", "the guard stopped the local server, for its deadline had passed",
                            {{"node", config_.local->str()}});
        }
    }
    feed(serves);
    write_record();
    voters_.poke();
}

// At each change of the votes; a hand-over waits until it is written that they are ours no more.
void Leadership::write_record() {
    auto* rules = judge_.lease();
    if (around_.dry_run) {
        if (rules->waits_for_record()) rules->recorded(true);
        return;
    }
    const bool waits = rules->waits_for_record() && !recording_;
    auto record = rules->record(around_.clock.now());
    if (!waits && record == written_) return;
    written_ = record;
    RunFile file{std::move(record), 0, 0};
    if (around_.guard != nullptr) file.guard_pid = around_.guard->pid();
    if (around_.guard != nullptr) file.guard_start_ticks = around_.guard->start_ticks();
    const auto done = [this, alive = alive_](bool stored) {
        if (!*alive || !recording_) return;
        recording_ = false;
        record_deadline_.cancel();
        judge_.lease()->recorded(stored);
        voters_.poke();
    };
    const bool submitted = around_.disk.submit([directory = config_.state_dir, text = run_document(file, around_.boot),
                                                &log = around_.log, &io = io_, waits, done] {
        const auto stored = store_run_file(directory, text);
        if (!stored) log.say(Level::error, "lease", stored.error().what);
        if (waits) asio::post(io, [done, well = stored.has_value()] { done(well); });
    });
    if (!waits) return;
    recording_ = true;
    if (!submitted) return done(false);
    record_deadline_.expires_after(config_.policy.probe_timeout);
    record_deadline_.async_wait([done](const boost::system::error_code& error) {
        if (!error) done(false);
    });
}

// The device is fed by the holder of the lease only, and let go once the local server does not serve (LESSONS 8).
void Leadership::feed(bool serves) {
    if (config_.lease.watchdog.empty() || around_.dry_run) return;
    const auto tell = [&](const Error& error) {
        if (std::exchange(watchdog_trouble_, error.what) != error.what)
            around_.log.say(Level::error, "watchdog", error.what, {{"hint", error.hint}});
    };
    if (!serves) {
        if (!watchdog_) return;
        if (const auto released = watchdog_->release(); !released) tell(released.error());
        watchdog_.reset();
        return;
    }
    if (!judge_.has_lease(around_.clock.now())) return;  // without a lease the device may bite
    if (!watchdog_) {
        auto opened = act::Watchdog::open(config_.lease.watchdog);
        if (!opened) return tell(opened.error());
        watchdog_.emplace(std::move(*opened));
    }
    if (const auto fed = watchdog_->feed(); !fed) tell(fed.error());
}

Result<act::Guard> begin_guard(const std::string& real_data_dir, const RunFile& left, const Policy& policy,
                               BootTime now) {
    auto guard = act::Guard::start(real_data_dir);
    if (!guard) return fail(guard.error());
    // Until the new agent knows better, what the last one had to keep goes on. What is over, its guard has seen to.
    if (const auto until = lease::Majority::end_of(left.record, policy.voters()); until && now < *until)
        guard->arm(*until - policy.fence_margin / 2, *until - policy.fence_margin / 4);
    if (left.guard_pid == 0) return guard;
    if (const auto retired = act::retire_guard(left.guard_pid, left.guard_start_ticks); !retired)
        return fail(retired.error());
    return guard;
}

}  // namespace pgcm::loop
