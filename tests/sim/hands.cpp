// What agents do, with the time it takes and the ways it goes wrong.
#include <algorithm>

#include "agent.hpp"
#include "observe.hpp"

namespace pgcm::sim {

void Agent::carry_out(std::vector<Action> actions, std::size_t which) {
    const auto action = actions[which];
    world_.note(node_name(node_).str() + " begins " + std::string(name_of(action.kind)) +
                (action.node ? " " + action.node->str() : ""));
    judge_->begins(action, now());
    if (which == 0) world_.begun(node_, action, view());
    perform(action, [this, actions = std::move(actions), which, action](const Error* error) {
        judge_->ends(action, error, now());
        if (error == nullptr && which + 1 < actions.size()) return carry_out(actions, which + 1);
        judge_->idle(now());
        look_at_host();
        kick();
        turn();
    });
}

void Agent::perform(const Action& action, std::function<void(const Error*)> done) {
    static const Error failed{ErrorCode::failed, "it did not work", {}};
    const auto& host = world_.host(node_);
    if (host.disk_stuck || (host.disk_full && action.kind != ActionKind::promote)) {
        return after(world_.dice.between(200ms, 3s), [done] { done(&failed); });
    }
    switch (action.kind) {
        case ActionKind::start: return start_server(false, std::move(done));
        case ActionKind::start_as_standby: return start_server(true, std::move(done));
        case ActionKind::promote: return promote(std::move(done));
        case ActionKind::rejoin: return rejoin(number_of(*action.node), std::move(done));
        case ActionKind::follow:
            return after(8ms, [this, done, to = number_of(*action.node)] {
                auto& server = world_.server(node_);
                if (server.state != ServerState::up || server.primary) return done(&failed);
                server.upstream = to;
                server.streams_from.reset();
                done(nullptr);
            });
        case ActionKind::detach:
            return after(8ms, [this, done] {
                auto& server = world_.server(node_);
                if (server.state != ServerState::up || server.primary) return done(&failed);
                server.upstream.reset();
                server.streams_from.reset();
                done(nullptr);
            });
        case ActionKind::set_sync_names:
            return after(5ms + host.disk_takes, [this, done, value = action.value] {
                auto& server = world_.server(node_);
                if (server.state != ServerState::up) return done(&failed);
                server.sync_names = value;
                done(nullptr);
            });
        case ActionKind::switchover: return hand_over(action, std::move(done));
        case ActionKind::decline_switchover:
        case ActionKind::end_pause:
            return after(5ms + host.disk_takes, [this, done, action] {
                auto& server = world_.server(node_);
                if (!server.writable()) return done(&failed);
                Order order;
                if (action.kind == ActionKind::decline_switchover) {
                    order.what = FaultKind::switchover;
                    if (const auto* asked = world_.order_at(server, order.what)) order.switchover = asked->switchover;
                    if (order.switchover) order.switchover->declined = action.value;
                }
                world_.keep(node_, std::move(order));
                done(nullptr);
            });
        case ActionKind::set_retry_interval:
        case ActionKind::fence: return done(nullptr);
    }
}

void Agent::start_server(bool as_standby, std::function<void(const Error*)> done) {
    static const Error failed{ErrorCode::failed, "it does not start", {}};
    after(10ms, [this, as_standby, done] {
        auto& server = world_.server(node_);
        if (server.state != ServerState::down || server.rewinding) return done(&failed);
        if (as_standby && !server.standby_signal) {
            server.standby_signal = true;
            server.upstream.reset();
        }
        if (!server.standby_signal) world_.start_asked(node_);
        world_.start_server(node_);
        after(15ms, [done] { done(nullptr); });
    });
}

void Agent::fence(const Action& action, const loop::GuardTimes& times) {
    world_.note(node_name(node_).str() + " fences");
    world_.begun(node_, action, view());
    judge_->begins(action, now());
    fencing_ = true;
    abandon_hand_over();
    const bool late = now() >= times.immediate_at;
    const auto finished = [this, action] {
        fencing_ = false;
        judge_->ends(action, nullptr, now());
        look_at_host();
        kick();
    };
    const auto over = std::make_shared<bool>(false);
    const auto end = [this, over, finished] {
        if (!std::exchange(*over, true)) run(finished);
    };
    world_.stop_server(node_, late, mine(end));
    const auto at = [&](BootTime moment, bool kill) {
        world_.at(node_, moment, mine([this, over, end, kill] {
                      if (*over) return;
                      if (kill) {
                          world_.kill_server(node_);
                          end();
                      } else {
                          world_.stop_server(node_, true, mine(end));
                      }
                  }));
    };
    at(times.immediate_at, false);
    at(times.kill_at, true);
}

void Agent::promote(std::function<void(const Error*)> done) {
    static const Error failed{ErrorCode::refused, "the lease is too old", {}};
    // The operation is written down first, and that takes a disk.
    const Time written = world_.host(node_).disk_takes;
    const Time decided = world_.schedule.now();
    after(written + world_.dice.between(0ms, world_.dice.chance(0.15) ? Time{2500ms} : Time{20ms}), [=, this] {
        auto& server = world_.server(node_);
        if (!judge_->may_promote(now()) || server.state != ServerState::up || server.primary) return done(&failed);
        world_.promotion_asked(node_, decided);
        world_.promote_server(node_);
        await_promotion(done, 0);
    });
}

// The mark is written as soon as it is a primary, without waiting for standbys.
void Agent::await_promotion(std::function<void(const Error*)> done, int polls) {
    static const Error failed{ErrorCode::timeout, "it did not become primary", {}};
    after(10ms, [this, done, polls] {
        auto& server = world_.server(node_);
        if (server.writable()) {
            const auto number = static_cast<Record>(world_.marks.size());
            world_.marks.push_back({"m" + std::to_string(number), server.timeline, judge_->lease()->seen(now()).term});
            server.wal.push_back(-number - 1);
            const auto* asked = world_.order_at(server, FaultKind::switchover);
            if (asked != nullptr && asked->switchover) world_.keep(node_, {FaultKind::switchover, {}, {}});
            return done(nullptr);
        }
        if (server.state != ServerState::up || polls > 1000) return done(&failed);
        await_promotion(done, polls + 1);
    });
}

// pg_rewind or a clone: the old data are gone before the new ones are whole, in the worst case.
void Agent::rejoin(int to, std::function<void(const Error*)> done) {
    static const Error failed{ErrorCode::failed, "the source did not answer", {}};
    const auto copy = [this, to, done] {
        auto& server = world_.server(node_);
        if (server.state != ServerState::down) return done(&failed);
        server.rewinding = true;
        after(world_.dice.between(50ms, 800ms), [this, to, done] {
            auto& own = world_.server(node_);
            const auto& source = world_.server(to);
            const bool reached = world_.linked(node_, to) && world_.linked(to, node_) && world_.host(to).on &&
                                 world_.host(to).paused == 0 && source.writable();
            if (own.state != ServerState::down || !reached) return done(&failed);
            own.wal = source.wal;
            own.timeline = source.timeline;
            own.history = source.history;
            own.replayed = own.wal.size();
            own.standby_signal = true;
            own.rewinding = false;
            own.upstream = to;
            world_.start_server(node_);
            after(15ms, [done] { done(nullptr); });
        });
    };
    // Nothing is touched before the source has answered.
    const auto& source = world_.server(to);
    if (!world_.linked(node_, to) || !world_.linked(to, node_) || !source.writable())
        return after(20ms, [done] { done(&failed); });
    if (world_.server(node_).state == ServerState::down) return after(5ms, copy);
    if (!world_.server(node_).primary) world_.rebuild_asked(node_, to);
    world_.stop_server(node_, false, mine(copy));
}

}  // namespace pgcm::sim
