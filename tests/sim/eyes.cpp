// What an agent sees of the servers and of its own host, with the time that takes.
#include "agent.hpp"
#include "observe.hpp"

namespace pgcm::sim {

// A question to a server and its way back. `handle` runs there, and tells what came of it if there is a server to
// answer at all. `done` runs here, once, by the deadline of a probe at the latest.
void Agent::call(int to, std::function<Came(Server&)> handle, std::function<void(Came)> done) {
    const auto over = std::make_shared<bool>(false);
    const auto end = [over, done = std::move(done)](Came came) {
        if (!std::exchange(*over, true)) done(came);
    };
    after(world_.setting.probe_timeout, [end] { end(Came::nothing); });
    world_.send(node_, to, [this, to, handle = std::move(handle), end, life = life_] {
        auto& server = world_.server(to);
        const auto& host = world_.host(to);
        Came came = Came::answer;
        if (host.forged || server.state == ServerState::down)
            came = Came::refused;
        else
            came = server.state == ServerState::up ? handle(server) : Came::rejected;
        world_.send(to, node_, [this, life, end, came] {
            if (life == life_) run([end, came] { end(came); });
        });
    });
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
    const auto seen = std::make_shared<Observation>();
    call(
        to,
        [this, to, seen](Server& server) {
            const auto self = static_cast<std::size_t>(node_);
            if (!server.looks[self] && world_.host(to).crowded) return Came::rejected;
            server.looks[self] = true;
            server.looked_at[self] = world_.schedule.now();
            *seen = observe(world_, server, to);
            return Came::answer;
        },
        [this, target, asked, seen](Came came) {
            looked(target, asked, came, came == Came::answer ? std::move(*seen) : Observation{});
        });
}

void Agent::looked(std::size_t target, BootTime asked, Came came, Observation seen) {
    auto& look = looks_[target];
    look.asking = false;
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
                         before.upstream != seen.upstream || before.replicas != seen.replicas ||
                         before.pause != seen.pause || before.switchover != seen.switchover ||
                         before.sessions != seen.sessions;
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
    view.taken_at = date_of(world_, node_);
    for (int i = 0; i < world_.count(); ++i)
        (i < world_.nodes() ? view.nodes : view.witnesses).push_back(looks_[static_cast<std::size_t>(i)].seen);
    view.host = host_;
    view.host->resumed = world_.host(node_).resumed;
    return view;
}

}  // namespace pgcm::sim
