#include "loop/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "loop/clock.hpp"
#include "loop/progress_file.hpp"
#include "loop/run_file.hpp"
#include "loop/service.hpp"
#include "loop/signals.hpp"
#include "loop/state_store.hpp"
#include "loop/workshop.hpp"
#include "serve/server.hpp"

namespace pgcm::loop {
namespace {

// How long the coroutines may take to end after a signal before the process ends without them.
constexpr milliseconds longest_farewell = 5s;

void write_line(const std::string& line) {
    const auto text = line + "\n";
    for (std::size_t at = 0; at < text.size();) {
        const auto written = ::write(STDOUT_FILENO, text.data() + at, text.size() - at);
        if (written <= 0) return;
        at += static_cast<std::size_t>(written);
    }
}

class Runner {
  public:
    Runner(config::Config config, const RunOptions& options)
        : options_(options),
          config_(std::move(config)),
          log_(config_.log_format, options.verbosity, clock_),
          boot_(boot_id()) {}

    Result<int> run() {
        State remembered;
        if (options_.acts) {
            if (auto ready = options_.dry_run ? Result<void>{} : claim_node(); !ready) return fail(ready.error());
            auto [state, problem] = load_state(config_.state_dir, boot_);
            if (!problem.empty()) log_.say(Level::warning, "state", problem);
            remembered = std::move(state);
            if (auto ready = settle_guard(); !ready) return fail(ready.error());
        }
        serve::HttpServer http(board_, clock_);
        if (auto started = options_.once ? Result<void>{} : serve_at(http, config_.serve); !started) {
            if (!options_.dry_run) return fail(started.error());
            log_.say(Level::warning, "serve", started.error().what);  // the agent itself may run beside it
        }
        log_.say(Level::info, "start", "pgcm begins",
                 {{"cluster", config_.cluster},
                  {"node", config_.local ? config_.local->str() : ""},
                  {"file", config_.path}});
        note(options_.dry_run ? "begins, and acts on nothing (--dry-run)" : "begins");
        int code = 0;
        do {
            reload_ = false;
            if (auto ready = settle_guard(); !ready) log_.say(Level::error, "guard", ready.error().what);
            code = one_life(remembered);
            if (reload_ && !ending_ && !options_.once) serve_again(http);
        } while (reload_ && !ending_);
        tell_stopping();
        http.stop();
        log_.say(Level::info, "stop", "pgcm ends");
        note("ends");
        return code;
    }

  private:
    static serve::SecurityFiles files_of(const config::Serve& serve) {
        return {serve.cert, serve.key, serve.client_ca, serve.token};
    }

    // Into the journal: that there was an agent, and from when on there was none.
    void note(std::string what) {
        if (!options_.acts || options_.once) return;
        chronicle_.did({{}, *config_.local, std::string(agent_deed), {}, DeedState::done, milliseconds{0}, what, {}});
    }

    Result<void> serve_at(serve::HttpServer& http, const config::Serve& wanted) {
        if (wanted.listen.empty() && passed_.empty()) {
            if (options_.acts) return {};
            return nowhere_to_serve();
        }
        if (auto started = http.start(wanted.listen, files_of(wanted), passed_); !started) return fail(started.error());
        for (const auto& address : http.addresses()) log_.say(Level::info, "serve", "listening on " + address);
        if (wanted.token.empty() && wanted.client_ca.empty())
            log_.say(Level::debug, "serve", "beyond the loopback only health checks are answered",
                     {{"hint", "serve.token or serve.client_ca opens the rest"}});
        return {};
    }

    // After a reload. Certificates are read anew, also from files of the same names. What is wrong changes nothing.
    void serve_again(serve::HttpServer& http) {
        const auto before = http.addresses();
        if (const auto done = change_serving(http, config_.serve); !done)
            log_.say(Level::error, "serve", "HTTP stays as it was: " + done.error().what,
                     {{"hint", done.error().hint}});
        const auto now = http.addresses();
        const auto say_those_without = [this](const auto& some, const auto& others, const std::string& words) {
            for (const auto& address : some)
                if (std::ranges::find(others, address) == others.end()) log_.say(Level::info, "serve", words + address);
        };
        say_those_without(now, before, "listening on ");
        say_those_without(before, now, "no longer listening on ");
    }

    Result<void> change_serving(serve::HttpServer& http, const config::Serve& wanted) {
        const bool nowhere = wanted.listen.empty() && passed_.empty();
        if (nowhere && !options_.acts) return nowhere_to_serve();
        if (nowhere) http.stop();
        if (nowhere) return {};
        if (http.addresses().empty()) return http.start(wanted.listen, files_of(wanted), passed_);
        return http.reload(wanted.listen, files_of(wanted));
    }

    tl::unexpected<Error> nowhere_to_serve() const {
        return fail(ErrorCode::usage, config_.path + ": serve.listen is not set",
                    "set [serve] listen = \"127.0.0.1:9889\", or give --listen");
    }

    Result<void> claim_node() {
        if (auto ready = prepare_state_dir(config_.state_dir); !ready) return ready;
        auto lock = FileLock::take(config_.state_dir + "/watch.lock", options_.once ? "watch --once" : "watch");
        if (!lock) return fail(lock.error());
        watch_lock_ = std::move(*lock);
        return {};
    }

    // The guard first: from here on the local server does not outlive a lease.
    Result<void> settle_guard() {
        const bool wanted = options_.acts && config_.policy.quorum == Quorum::majority && !options_.dry_run;
        if (!wanted && guard_) {
            guard_->disarm();  // whoever takes the lease out of the configuration wants the server to go on
            guard_.reset();
        }
        if (!wanted || guard_) return {};
        auto left = load_run_file(config_.state_dir, boot_);
        std::error_code ignored;
        const auto real = std::filesystem::weakly_canonical(config_.server.data_dir, ignored);
        auto guard = begin_guard(ignored ? config_.server.data_dir : real.string(), left, config_.policy, clock_.now());
        if (!guard) return fail(guard.error());
        guard_.emplace(std::move(*guard));
        inherited_ = std::move(left.record);
        return {};
    }

    AgentOptions agent_options() {
        const bool in_earnest = options_.acts && !options_.dry_run;
        AgentOptions agent{options_.acts, in_earnest, in_earnest, {}, options_.dry_run};
        if (options_.tells)
            agent.tell = [this](const std::string& line) { output_.submit([line] { write_line(line); }); };
        return agent;
    }

    void tell(const Step& step) {
        board_.tell(step);
        if (!options_.dry_run) progress_.tell(step);
        if (step.state == StepState::running || step.state == StepState::planned) return;
        const auto level = step.ok() ? Level::info : Level::warning;
        log_.say(level, "step", step.what + (step.detail.empty() ? "" : ": " + step.detail),
                 {{"step", step.name},
                  {"state", std::string(name_of(step.state))},
                  {"took_ms", std::int64_t{step.took.count()}}});
        const auto state = step.state == StepState::done      ? DeedState::done
                           : step.state == StepState::skipped ? DeedState::skipped
                                                              : DeedState::failed;
        chronicle_.did({{},
                        *config_.local,
                        {},
                        step.name,
                        state,
                        step.took,
                        step.what + (step.detail.empty() ? "" : ": " + step.detail),
                        {}});
    }

    // From one configuration to the next.
    int one_life(State& remembered) {
        asio::io_context io{1};
        const auto config = config_;
        // A host without a node has nothing to work on.
        std::optional<Workshop> workshop;
        if (options_.acts) workshop.emplace(config, clock_, options_.dry_run, [this](const Step& step) { tell(step); });
        Agent agent(
            io, config, {clock_, log_, board_, disk_, turns_, boot_, guard_ ? &*guard_ : nullptr, inherited_},
            agent_options(), workshop ? HostWatch::Inspect([&] { return workshop->inspect(); }) : HostWatch::Inspect{},
            workshop ? HostWatch::Gone([&](int postmaster) { return workshop->gone(postmaster); }) : HostWatch::Gone{},
            [&](postgres::Resolver& resolver) { return workshop ? workshop->performer(resolver) : nullptr; },
            remembered);
        int code = 0;
        asio::posix::stream_descriptor signals(io, signals_.fd());
        bool ended = false;
        const auto finish = [&](const std::exception_ptr& bug) {
            if (bug) std::rethrow_exception(bug);
            ended = true;
        };
        await_signal(signals, agent);
        if (options_.once)
            asio::co_spawn(io, agent.once(), [&](const std::exception_ptr& bug, bool well) {
                code = well ? 0 : 1;
                finish(bug);
            });
        else
            asio::co_spawn(io, agent.watch(), finish);
        while (!ended) io.run_one();
        signals.release();  // what comes now is for the next life
        if (ending_) signals_.let_end();
        io.run_for(longest_farewell);
        remembered = agent.state();
        inherited_ = agent.record();
        return code;
    }

    void await_signal(asio::posix::stream_descriptor& signals, Agent& agent) {
        signals.async_wait(asio::posix::descriptor_base::wait_read, [&](const boost::system::error_code& error) {
            if (error) return;
            while (const auto signal = signals_.take()) take_signal(*signal, agent);
            await_signal(signals, agent);
        });
    }

    // A second wish to end is obeyed at once. A SIGHUP is none, and takes none back: of two that wait, the system
    // delivers either first.
    void take_signal(int signal, Agent& agent) {
        if (signal == SIGHUP && ending_) return;
        if (signal == SIGHUP) return reread(agent);
        if (ending_) std::_Exit(128 + signal);
        log_.say(Level::info, "signal", signal == SIGTERM ? "SIGTERM: ending" : "SIGINT: ending");
        ending_ = true;
        agent.stop();
    }

    void reread(Agent& agent) {
        auto fresh = options_.reread ? options_.reread() : fail("there is nothing to read again");
        if (!fresh)
            return log_.say(Level::error, "configuration", "kept the old configuration: " + fresh.error().what,
                            {{"hint", fresh.error().hint}});
        if (fresh->local != config_.local || fresh->state_dir != config_.state_dir)
            return log_.say(Level::error, "configuration",
                            "kept the old configuration: cluster.local and state.dir change only with a restart");
        config_ = std::move(*fresh);
        reload_ = true;
        log_.say(Level::info, "configuration", "the configuration was read again", {{"file", config_.path}});
        agent.stop_when_idle();
    }

    const RunOptions& options_;
    config::Config config_;
    SystemClock clock_;
    Log log_;
    std::string boot_;
    serve::Board board_{renderer()};
    Histogram turns_;
    const std::vector<int> passed_ = passed_sockets();
    DiskWriter disk_;
    Chronicle chronicle_{disk_, clock_, options_.dry_run ? "" : config_.state_dir};
    ProgressFile progress_{disk_, clock_, config_.state_dir};
    DiskWriter output_;
    FileLock watch_lock_;
    std::optional<act::Guard> guard_;
    lease::Record inherited_;
    bool reload_ = false;
    bool ending_ = false;
    Signals signals_;
};

}  // namespace

Result<int> run(config::Config config, const RunOptions& options) {
    if (options.acts && !config.local)
        return fail(ErrorCode::usage, config.path + ": cluster.local is not set, and this host's name is not a node's",
                    "set cluster.local, or $PGCM_NODE");
    if (config.policy.quorum == Quorum::majority && options.once)
        return fail(ErrorCode::usage, "watch --once cannot hold a lease between its runs",
                    "run watch as a service, or set failover.quorum = \"any\"");
    if (config.policy.quorum == Quorum::etcd)
        return fail(ErrorCode::usage,
                    "failover.quorum = \"" + std::string(name_of(config.policy.quorum)) + "\" is not available yet",
                    "set failover.quorum = \"majority\" or \"any\"");
    return Runner(std::move(config), options).run();
}

}  // namespace pgcm::loop
