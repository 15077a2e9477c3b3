#include "agent.hpp"

#include <algorithm>

#include "decide/decide.hpp"
#include "observe.hpp"
#include "view/remember.hpp"

namespace pgcm::sim {

NodeName node_name(int number) {
    static const std::vector<NodeName> names = [] {
        std::vector<NodeName> all;
        for (char c = 'a'; c <= 'h'; ++c) all.push_back(NodeName::make(std::string(1, c)).value());
        return all;
    }();
    return names[static_cast<std::size_t>(number)];
}

Policy policy_of(const Setting& s, int local) {
    Policy policy;
    policy.cluster = "sim";
    policy.local = node_name(local);
    for (int i = 0; i < s.nodes; ++i) policy.nodes.push_back({node_name(i), 100, false, {{node_name(i).str(), 5432}}});
    for (int i = s.nodes; i < s.nodes + s.witnesses; ++i) policy.witnesses.push_back(node_name(i));
    policy.scan_period = s.scan_period;
    policy.probe_timeout = s.probe_timeout;
    policy.failover_after = s.failover_after;
    policy.primary_start_timeout = s.primary_start_timeout;
    policy.conflict_after = 2s;
    policy.lease_ttl = s.ttl;
    policy.fence_margin = s.fence_margin;
    policy.trust_refused = s.trust_refused;
    policy.quorum = Quorum::majority;
    policy.on_crash = s.on_crash;
    policy.sync_mode = s.sync;
    policy.sync_strict = s.strict;
    return policy;
}

Agent::Agent(World& world, int node) : world_(world), node_(node) {}

int Agent::number_of(const NodeName& name) const {
    return name.str()[0] - 'a';
}

// --- the process

void Agent::run(std::function<void()> what) {
    if (!lives_) return;
    if (paused_ > 0)
        deferred_.push_back(mine(std::move(what)));
    else
        what();
}

std::function<void()> Agent::mine(std::function<void()> what) {
    return [this, life = life_, what = std::move(what)] {
        if (life == life_) run(what);
    };
}

void Agent::after(nanoseconds delay, std::function<void()> what) {
    world_.at(node_, now() + delay, mine(std::move(what)));
}

void Agent::start() {
    if (lives_) return;
    lives_ = true;
    woke_at_ = world_.schedule.now();
    ++life_;
    deferred_.clear();
    judge_ = std::make_unique<loop::Judge>(policy_of(world_.setting, node_), disk.state, disk.record);
    const auto voters = static_cast<std::size_t>(world_.count());
    looks_.assign(voters, {});
    for (int i = 0; i < world_.count(); ++i) {
        auto& seen = looks_[static_cast<std::size_t>(i)].seen;
        seen.node = node_name(i);
        seen.host = node_name(i).str();
    }
    sessions_.assign(voters, 0);
    armed_.assign(voters, std::nullopt);
    again_at_.reset();
    kicked_at_.reset();
    lease_key_.clear();
    looking_at_host_ = writing_record_ = false;
    host_ = {};
    world_.host(node_).guard.lives = true;
    look_at_host();
    tick();
}

void Agent::kill() {
    if (!lives_) return;
    for (int v = 0; v < world_.count(); ++v)
        if (const int session = sessions_[static_cast<std::size_t>(v)]; session != 0)
            world_.send(node_, v, [this, v, session] {
                std::erase_if(world_.server(v).sessions, [&](const Session& s) { return s.id == session; });
            });
    lives_ = false;
    ++life_;
    deferred_.clear();
    auto& guard = world_.host(node_).guard;
    if (!guard.immediate_at) guard.lives = false;
}

void Agent::pause() {
    ++paused_;
}

void Agent::wake() {
    if (--paused_ > 0) return;
    woke_at_ = world_.schedule.now();
    auto waiting = std::move(deferred_);
    deferred_.clear();
    for (auto& what : waiting) what();
}

// --- eyes

template <class T>
void Agent::call(int to, bool new_session, std::function<std::optional<T>(Server&)> handle,
                 std::function<void(Came, std::optional<T>)> done) {
    const auto over = std::make_shared<bool>(false);
    const auto end = [over, done](Came came, std::optional<T> reply) {
        if (std::exchange(*over, true)) return;
        done(came, std::move(reply));
    };
    after(world_.setting.probe_timeout, [end] { end(Came::nothing, std::nullopt); });
    world_.send(node_, to, [this, to, new_session, handle, end, life = life_] {
        auto& server = world_.server(to);
        const auto& host = world_.host(to);
        Came came = Came::answer;
        std::optional<T> reply;
        if (host.forged || server.state == ServerState::down) {
            came = Came::refused;
        } else if (server.state != ServerState::up || (new_session && host.crowded)) {
            came = Came::rejected;
        } else {
            reply = handle(server);
            if (!reply) came = Came::refused;
        }
        world_.send(to, node_, [this, life, end, came, reply = std::move(reply)] {
            if (life != life_) return;
            run([end, came, reply] { end(came, reply); });
        });
    });
}

void Agent::tick() {
    for (std::size_t i = 0; i < looks_.size(); ++i) probe(i);
    const auto& local = looks_[static_cast<std::size_t>(node_)].seen;
    if (local.reach != Reach::accepting) look_at_host();
    turn();
    after(world_.setting.scan_period, [this] { tick(); });
}

void Agent::kick() {
    kicked_at_ = now();
    for (std::size_t i = 0; i < looks_.size(); ++i) probe(i);
}

void Agent::probe(std::size_t target) {
    if (!runs()) return;
    auto& look = looks_[target];
    if (std::exchange(look.asking, true)) {
        look.again = true;
        return;
    }
    const auto asked = now();
    const int to = static_cast<int>(target);
    call<Observation>(
        to, false, [this, to](Server& server) { return std::optional(observe(world_, server, to)); },
        [this, target, asked](Came came, std::optional<Observation> seen) {
            looked(target, asked, came, std::move(seen));
        });
}

void Agent::looked(std::size_t target, BootTime asked, Came came, std::optional<Observation> answer) {
    auto& look = looks_[target];
    look.asking = false;
    Observation seen;
    if (answer) seen = std::move(*answer);
    seen.node = node_name(static_cast<int>(target));
    seen.host = seen.node.str();
    seen.asked_at = asked;
    seen.last_contact = look.seen.last_contact;
    switch (came) {
        case Came::answer:
            seen.reach = Reach::accepting;
            seen.last_contact = now();
            break;
        case Came::refused: seen.reach = Reach::refused; break;
        case Came::rejected:
            seen.reach = Reach::rejecting;
            seen.sqlstate = world_.server(static_cast<int>(target)).state == ServerState::up ? "53300" : "57P03";
            break;
        case Came::nothing: seen.reach = Reach::silent; break;
    }
    const auto& before = look.seen;
    const bool changed = before.reach != seen.reach || before.role != seen.role || before.timeline != seen.timeline ||
                         before.synchronous_standby_names != seen.synchronous_standby_names ||
                         before.upstream != seen.upstream || before.replicas != seen.replicas;
    look.seen = std::move(seen);
    if (static_cast<int>(target) == node_ && look.seen.reach != Reach::accepting) look_at_host();
    if (std::exchange(look.again, false)) probe(target);
    if (kicked_at_ && now() - *kicked_at_ > world_.setting.probe_timeout) kicked_at_.reset();
    if (changed || kicked_at_) turn();
}

// A look at the data directory takes a process, and a moment.
void Agent::look_at_host() {
    if (std::exchange(looking_at_host_, true)) return;
    const auto began = now();
    after(4ms, [this, began] {
        looking_at_host_ = false;
        const auto& server = world_.server(node_);
        const auto& host = world_.host(node_);
        host_ = {};
        host_.looked_at = began;
        host_.process = server.state == ServerState::down ? Process::stopped : Process::running;
        if (host_.process == Process::running) host_.postmaster_pid = static_cast<int>(server.life);
        host_.network = Network::up;
        if (host.disk_stuck) {
            host_.disk_stalled = true;
            if (host_.process == Process::stopped) host_.process = Process::unknown;
        } else {
            host_.lineup = server.standby_signal ? Lineup::standby : Lineup::primary;
            host_.timeline = server.timeline;
            host_.system_identifier = the_system;
            host_.rewinding = server.rewinding;
        }
        turn();
    });
}

View Agent::view() const {
    View view;
    view.cluster = "sim";
    view.local = node_name(node_);
    view.at = now();
    for (int i = 0; i < world_.count(); ++i)
        (i < world_.nodes() ? view.nodes : view.witnesses).push_back(looks_[static_cast<std::size_t>(i)].seen);
    view.host = host_;
    return view;
}

// --- the turn

void Agent::turn() {
    const bool all = std::none_of(looks_.begin(), looks_.begin() + world_.nodes(),
                                  [](const Look& look) { return look.seen.reach == Reach::unknown; });
    if (!all) return;
    const bool had_primary = !judge_->state().no_primary_since;
    auto seen = view();
    const auto decision = judge_->turn(seen, world_.dice.unit());
    if (world_.telling) think(seen, decision);
    const auto guard = judge_->guard();
    world_.arm_guard(node_, guard ? std::optional(guard->immediate_at) : std::nullopt,
                     guard ? std::optional(guard->kill_at) : std::nullopt);
    if (world_.dice.chance(0.01)) check_repeatable(seen, decision);
    store();
    if (had_primary && judge_->state().no_primary_since) kick();
    drive_lease();
    world_.check();
    if (decision.look_again_at && *decision.look_again_at > seen.at && again_at_ != decision.look_again_at) {
        again_at_ = decision.look_again_at;
        const auto moment = *again_at_;
        world_.at(node_, moment, mine([this, moment] {
                      if (again_at_ != moment) return;
                      again_at_.reset();
                      kick();
                      turn();
                  }));
    }
    auto actions = judge_->to_begin(seen, decision);
    if (actions.empty()) return;
    if (actions.front().kind == ActionKind::fence) return fence(actions.front(), *judge_->guard());
    carry_out(std::move(actions), 0);
}

void Agent::think(const View& seen, const Decision& decision) {
    std::string text;
    for (const auto& reason : decision.reasons)
        text += std::string(text.empty() ? "" : ", ") + std::string(name_of(reason.rule)) +
                (reason.node ? " " + reason.node->str() : "");
    for (const auto& action : decision.actions) text += " -> " + std::string(name_of(action.kind));
    text += " [" + std::string(name_of(decision.wish.kind));
    for (const auto& vote : seen.lease->votes)
        text += " " + vote.voter.str() + (vote.held ? "+" : "-") +
                (vote.valid_until && seen.at < *vote.valid_until ? "!" : "");
    text += "]";
    if (text == thoughts_) return;
    thoughts_ = text;
    if (world_.telling) world_.note("  " + node_name(node_).str() + ": " + text);
}

void Agent::check_repeatable(const View& seen, const Decision& decision) {
    const auto again = decide::decide(seen, judge_->state(), judge_->policy());
    if (!(again == decision)) world_.violated("the decision of " + node_name(node_).str() + " cannot be repeated");
}

void Agent::store() {
    const auto& host = world_.host(node_);
    if (host.disk_full || host.disk_stuck || !view::worth_storing(disk.state, judge_->state())) return;
    after(2ms, [this, kept = view::durable_part(judge_->state())] { disk.state = kept; });
}

// --- the lease

void Agent::drive_lease() {
    auto* lease = judge_->lease();
    if (lease->waits_for_record() && !writing_record_) write_record();
    for (std::size_t v = 0; v < sessions_.size(); ++v) {
        const auto due = lease->due(v);
        if (!due || armed_[v] == due) continue;
        armed_[v] = due;
        world_.at(node_, std::max(*due, now()), mine([this, v, due] {
                      if (armed_[v] == due) ask_voter(v);
                  }));
    }
}

void Agent::write_record() {
    writing_record_ = true;
    const auto& host = world_.host(node_);
    const bool works = !host.disk_full && !host.disk_stuck;
    after(works ? nanoseconds{2ms} : nanoseconds{world_.setting.probe_timeout}, [this, works] {
        writing_record_ = false;
        if (works) disk.record = judge_->lease()->record(now());
        judge_->lease()->recorded(works);
        drive_lease();
    });
}

void Agent::ask_voter(std::size_t v) {
    armed_[v].reset();
    auto* lease = judge_->lease();
    const auto ask = lease->ask(v, now());
    if (!ask) return drive_lease();
    const int to = static_cast<int>(v);
    const int session = sessions_[v];
    if (ask->kind == lease::AskKind::close) {
        sessions_[v] = 0;
        world_.send(node_, to, [this, to, session] {
            std::erase_if(world_.server(to).sessions, [&](const Session& s) { return s.id == session; });
        });
        return drive_lease();
    }
    const auto sent = now();
    call<Reply>(
        to, session == 0,
        [this, session, ask = *ask](Server& server) { return at_voter(world_, server, session, node_, ask); },
        [this, v, to, session, sent, ask = *ask](Came came, std::optional<Reply> reply) {
            auto& rules = *judge_->lease();
            if (came == Came::answer) {
                sessions_[v] = reply->session;
                if (auto& told = world_.host(node_).told_at; !told && to != node_) told = world_.schedule.now();
                rules.answered(v, ask, reply->answer, sent, now());
                const auto& host = world_.host(node_);
                if (!host.disk_full && !host.disk_stuck && rules.record(now()) != disk.record)
                    after(2ms, [this] {
                        if (!judge_->lease()->waits_for_record()) disk.record = judge_->lease()->record(now());
                    });
            } else {
                // Our end is closed; the other end learns of it if the link carries it.
                world_.send(node_, to, [this, to, session] {
                    std::erase_if(world_.server(to).sessions, [&](const Session& s) { return s.id == session; });
                });
                sessions_[v] = 0;
                rules.broken(v, "no answer", now());
            }
            prove_deaths();
            // What makes a difference to a decision is judged at once.
            const auto seen = rules.seen(now());
            auto key = std::to_string(seen.locked_since.has_value()) + (seen.slept ? "s" : "-") +
                       std::to_string(seen.higher_term) + (judge_->may_promote(now()) ? "y" : "n");
            if (key != lease_key_) {
                if (seen.locked_since && lease_key_[0] != '1') kick();
                lease_key_ = std::move(key);
                turn();
            }
            drive_lease();
        });
}

// What the voter's server does with a question; its SQL is in lease/voter.cpp.
std::optional<Agent::Reply> Agent::at_voter(World& world, Server& server, int id, int agent, const lease::Ask& ask) {
    const auto boot = world.boot(server.number);
    server.expire(
        boot, lease::idle_limit({{}, {}, world.setting.ttl, world.setting.scan_period, world.setting.probe_timeout}));
    if (id == 0) {
        id = server.next_session++;
        server.sessions.push_back({id, agent, false, 0, std::nullopt, boot});
    }
    auto* own = server.session(id);
    if (own == nullptr) return std::nullopt;
    own->last = boot;
    Reply reply{{}, id};
    const auto others = [&](auto&& is) {
        return std::any_of(server.sessions.begin(), server.sessions.end(),
                           [&](const Session& s) { return s.id != id && is(s); });
    };
    switch (ask.kind) {
        case lease::AskKind::take: {
            own->favours.reset();
            const bool grants_to_own_only = !server.witness && server.primary && agent != server.number;
            const auto* holder = server.holder();
            if (holder != nullptr && holder->agent == agent && holder->id != id) {
                std::erase_if(server.sessions, [&, old = holder->id](const Session& s) { return s.id == old; });
                own = server.session(id);
            } else if (holder == nullptr && !grants_to_own_only &&
                       !others([&](const Session& s) { return s.favours && *s.favours != agent; })) {
                own->lock = true;
            }
            break;
        }
        case lease::AskKind::renew: break;
        case lease::AskKind::let_go:
            if (own->lock && ask.to) own->favours = ask.to->str()[0] - 'a';
            own->lock = false;
            own->promised = 0;
            break;
        case lease::AskKind::close: break;
    }
    if (own->lock && ask.term != 0) own->promised = ask.term;
    reply.answer.held = own->lock;
    reply.answer.promised = own->promised;
    reply.answer.favoured = own->lock && others([&](const Session& s) { return s.favours == agent; });
    if (const auto* holder = server.holder(); holder != nullptr && holder->id != id) {
        reply.answer.seen.holder = node_name(holder->agent);
        reply.answer.seen.term = holder->promised;
    }
    reply.answer.clock = wall_of(world, server.number);
    return reply;
}

void Agent::prove_deaths() {
    if (!world_.setting.trust_refused) return;
    for (const auto& holder : judge_->lease()->worth_proving(now())) {
        const int to = number_of(holder);
        if (to >= world_.nodes()) continue;
        const auto asked = now();
        world_.send(node_, to, [this, to, holder, asked, life = life_] {
            const auto& host = world_.host(to);
            const bool dead = host.forged || (world_.server(to).state == ServerState::down &&
                                              !world_.agents[static_cast<std::size_t>(to)]->lives());
            if (!dead) return;
            world_.send(to, node_, [this, life, holder, asked] {
                if (life != life_) return;
                run([this, holder, asked] {
                    judge_->lease()->proven_dead(holder, asked, now());
                    turn();
                });
            });
        });
    }
}

}  // namespace pgcm::sim
