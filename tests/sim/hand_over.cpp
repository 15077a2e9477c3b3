// The old primary's part of a switchover: the steps of act/hand_over.cpp, with the time they take and the ways they go
// wrong.
#include "agent.hpp"
#include "decide/asked.hpp"
#include "observe.hpp"

namespace pgcm::sim {
namespace {

const Error failed{ErrorCode::failed, "a step did not work", {}};
const Error refused{ErrorCode::refused, "it has become too late", {}};
const Error unknown{ErrorCode::timeout, "nobody knows whether it is being promoted", {}};
const Error interrupted{ErrorCode::interrupted, "a fence goes first", {}};
constexpr Time look_interval = 20ms;

}  // namespace

struct Agent::HandOver {
    int to;
    std::string request;
    WallTime until;
    std::function<void(const Error*)> done;
    milliseconds patience;
    BootTime stop_began{};
    std::size_t end = 0;  // of the WAL
    BootTime promoted_by{};
    bool over = false;
};

void Agent::hand_over(const Action& action, std::function<void(const Error*)> done) {
    const auto* asked = world_.order_at(world_.server(node_), FaultKind::switchover);
    if (asked == nullptr || !asked->switchover || asked->switchover->id != action.value) return done(&failed);
    handing_over_ = std::make_shared<HandOver>(HandOver{number_of(*action.node),
                                                        action.value,
                                                        asked->switchover->until,
                                                        std::move(done),
                                                        decide::switchover_patience(judge_->policy()),
                                                        {},
                                                        0,
                                                        {},
                                                        false});
    // It is written down first, and a checkpoint made.
    after(world_.host(node_).disk_takes + world_.dice.between(5ms, 60ms), [this, course = handing_over_] {
        ask_target(
            course, now() + course->patience,
            [](Server& server) { return server.primary ? Came::rejected : Came::answer; },
            [this, course](Came came) {
                if (came != Came::answer) return end(course, &failed);
                stop_for(course);
            });
    });
}

// By the operation's own session, which waits for long: what the network loses is sent again.
void Agent::ask_target(const Course& course, BootTime until, std::function<Came(Server&)> handle,
                       std::function<void(Came)> then) {
    call(course->to, handle, [this, course, until, handle, then = std::move(then)](Came came) {
        if (course->over) return;
        if (came == Came::nothing && now() < until) return ask_target(course, until, handle, then);
        then(came);
    });
}

void Agent::stop_for(const Course& course) {
    if (course->over) return;
    if (date_of(world_, node_) >= course->until || !judge_->may_promote(now())) return end(course, &refused);
    course->stop_began = now();
    world_.shut_down(node_, mine([this, course] { see_where_it_ends(course); }));
    after(course->patience * 3 / 2, [this, course] {
        if (world_.server(node_).state != ServerState::down) end(course, &failed);
    });
}

void Agent::see_where_it_ends(const Course& course) {
    after(4ms, [this, course] {
        const auto& server = world_.server(node_);
        if (server.state != ServerState::down || world_.host(node_).disk_stuck) return end(course, &failed);
        course->end = server.position();
        wait_until_received(course);
    });
}

void Agent::wait_until_received(const Course& course) {
    const auto there = std::make_shared<std::size_t>(0);
    ask_target(
        course, now() + course->patience,
        [there](Server& server) {
            *there = server.visible();
            return Came::answer;
        },
        [this, course, there](Came came) {
            if (came != Came::answer) return end(course, &failed);
            if (*there >= course->end) return give_word(course);
            if (now() >= course->stop_began + course->patience) return end(course, &failed);
            after(look_interval, [this, course] { wait_until_received(course); });
        });
}

void Agent::give_word(const Course& course) {
    gave_word_to_ = course->to;
    course->promoted_by =
        std::min(course->stop_began + course->patience * 3 / 2, now() + decide::promotion_patience(judge_->policy()));
    judge_->hands_over_to(node_name(course->to), now());
    turn();
    world_.note(node_name(node_).str() + " gives its word to " + node_name(course->to).str());
    ask_target(
        course, now() + course->patience,
        [word = Word{node_, course->request, course->end}](Server& server) {
            if (server.word_of(word.from) == nullptr) server.words.push_back(word);
            server.told = word;
            return Came::answer;
        },
        [this, course](Came came) {
            if (came != Came::answer) return end(course, &unknown);
            wait_for_primary(course);
        });
}

void Agent::wait_for_primary(const Course& course) {
    if (!judge_->hands_over()) return end(course, &failed);
    const auto leads = std::make_shared<bool>(false);
    ask_target(
        course, now() + course->patience,
        [leads, from = node_](Server& server) {
            *leads = server.primary;
            return server.word_of(from) != nullptr ? Came::answer : Came::refused;  // somebody ended the session
        },
        [this, course, leads](Came came) {
            if (came != Came::answer) return end(course, &unknown);
            if (*leads) return end(course, nullptr);
            if (now() >= course->promoted_by) return take_word_back(course);
            after(look_interval, [this, course] { wait_for_primary(course); });
        });
}

// Under a lease it is no matter of who came first.
void Agent::take_word_back(const Course& course) {
    ask_target(
        course, now() + course->patience,
        [from = node_](Server& server) {
            std::erase_if(server.words, [from](const Word& word) { return word.from == from; });
            return Came::answer;
        },
        [this, course](Came came) { end(course, came == Came::answer ? &failed : &unknown); });
}

void Agent::end(const Course& course, const Error* error) {
    if (std::exchange(course->over, true)) return;
    handing_over_.reset();
    hang_up();
    course->done(error);
}

// Nothing comes before a fence.
void Agent::abandon_hand_over() {
    if (!handing_over_) return;
    after(0ns, [this, course = handing_over_] { end(course, &interrupted); });
}

// The session by which the word was given is closed, if the link carries that.
void Agent::hang_up() {
    if (!gave_word_to_) return;
    world_.send(node_, *gave_word_to_, [this, to = *gave_word_to_] {
        std::erase_if(world_.server(to).words, [this](const Word& word) { return word.from == node_; });
    });
    gave_word_to_.reset();
}

}  // namespace pgcm::sim
