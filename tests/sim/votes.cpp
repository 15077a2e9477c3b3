// An agent's sessions at the voters: the real rules of the lease, on the locks of this world's servers.
#include <algorithm>

#include "agent.hpp"
#include "observe.hpp"

namespace pgcm::sim {

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
    const bool works = !host.disk_full && !host.disk_stuck && host.disk_takes < world_.setting.probe_timeout;
    after(works ? host.disk_takes : nanoseconds{world_.setting.probe_timeout}, [this, works] {
        writing_record_ = false;
        if (works) disk.record = judge_->lease()->record(now());
        judge_->lease()->recorded(works);
        drive_lease();
    });
}

void Agent::ask_voter(std::size_t v) {
    armed_[v].reset();
    const auto ask = judge_->lease()->ask(v, now());
    if (!ask) return drive_lease();
    const int session = sessions_[v];
    if (ask->kind == lease::AskKind::close) {
        close_session(v, session);
        return drive_lease();
    }
    const auto sent = now();
    const auto reply = std::make_shared<Reply>();
    call(
        static_cast<int>(v),
        [this, reply, question = Question{session, node_, *ask, world_.schedule.now()}](Server& server) {
            if (question.session == 0 && world_.host(server.number).crowded) return Came::rejected;
            return at_voter(world_, server, question, *reply) ? Came::answer : Came::refused;
        },
        [this, v, session, sent, reply, ask = *ask](Came came) {
            if (came == Came::answer) {
                answered(v, ask, *reply, sent);
            } else {
                close_session(v, session);
                judge_->lease()->broken(v, "no answer", now());
            }
            prove_deaths();
            judge_at_once();
            drive_lease();
        });
}

// Our end is closed; the other end learns of it if the link carries it.
void Agent::close_session(std::size_t v, int session) {
    sessions_[v] = 0;
    const int to = static_cast<int>(v);
    world_.send(node_, to, [this, to, session] {
        std::erase_if(world_.server(to).sessions, [&](const Session& s) { return s.id == session; });
    });
}

void Agent::answered(std::size_t v, const lease::Ask& ask, const Reply& reply, BootTime sent) {
    auto& rules = *judge_->lease();
    sessions_[v] = reply.session;
    auto& host = world_.host(node_);
    // An answer from before the end of a suspension tells nothing of it, though it is read after that.
    const bool heard_before = heard_[v];
    heard_[v] = true;
    if (static_cast<int>(v) != node_ && heard_before && !host.told_at && reply.given >= host.clock_stood_until)
        host.told_at = world_.schedule.now();
    rules.answered(v, ask, reply.answer, sent, now());
    if (host.disk_full || host.disk_stuck || rules.record(now()) == disk.record) return;
    after(host.disk_takes, [this] {
        if (!judge_->lease()->waits_for_record()) disk.record = judge_->lease()->record(now());
    });
}

// What makes a difference to a decision is judged at once.
void Agent::judge_at_once() {
    const auto news = judge_->lease_news(now());
    if (news.look) kick();
    if (news.turn) turn();
}

// What the voter's server does with a question; its SQL is in lease/voter.cpp. False: the session has ended.
bool Agent::at_voter(World& world, Server& server, const Question& question, Reply& reply) {
    const auto& [session, agent, ask, asked] = question;
    int id = session;
    const auto boot = world.boot(server.number);
    server.expire(boot, idle_limit_of(world.setting));
    if (id == 0) {
        id = server.next_session++;
        server.sessions.push_back({id, agent, false, 0, std::nullopt, boot});
    }
    auto* own = server.session(id);
    if (own == nullptr) return false;
    own->last = boot;
    const bool had = own->lock;
    const auto favours_me = [&](const Session& s) { return s.id != id && s.favours == agent; };
    const auto favours_another = [&](const Session& s) { return s.id != id && s.favours && s.favours != agent; };
    const auto any = [&](auto&& is) { return std::any_of(server.sessions.begin(), server.sessions.end(), is); };
    switch (ask.kind) {
        case lease::AskKind::take: {
            own->favours.reset();
            const bool grants_to_own_only = !server.witness && server.primary && agent != server.number;
            const auto* holder = server.holder();
            if (holder != nullptr && holder->agent == agent && holder->id != id) {
                std::erase_if(server.sessions, [old = holder->id](const Session& s) { return s.id == old; });
                own = server.session(id);
            } else if (holder == nullptr && !grants_to_own_only && !any(favours_another)) {
                own->lock = true;
            }
            break;
        }
        case lease::AskKind::let_go:
            if (own->lock && ask.to) {
                own->favours = ask.to->str()[0] - 'a';
                world.handed_over(agent);
            }
            own->lock = false;
            own->promised = 0;
            break;
        case lease::AskKind::renew:
        case lease::AskKind::close: break;
    }
    if (own->lock && ask.term != 0) own->promised = ask.term;
    if (own->lock) world.voted(server.number, agent, ask.term, !had, asked);
    reply = {{own->lock, own->promised, own->lock && any(favours_me), {}, wall_of(world, server.number)},
             id,
             world.schedule.now()};
    if (const auto* holder = server.holder(); holder != nullptr && holder->id != id) {
        reply.answer.seen.holder = node_name(holder->agent);
        reply.answer.seen.term = holder->promised;
    }
    return true;
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
            world_.send(to, node_, [this, life, holder, asked, refused = world_.schedule.now()] {
                if (life != life_) return;
                run([this, holder, asked, refused] {
                    world_.proven_dead(node_, refused);
                    judge_->lease()->proven_dead(holder, asked, now());
                    turn();
                });
            });
        });
    }
}

}  // namespace pgcm::sim
