#include "runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "decide/by_hand.hpp"
#include "decide/decide.hpp"
#include "decide/elect.hpp"
#include "model/state.hpp"
#include "report/ending.hpp"
#include "snapshot.hpp"
#include "story_lease.hpp"
#include "tell.hpp"
#include "view/assess.hpp"
#include "view/remember.hpp"
#include "world.hpp"

namespace pgcm::stories {
namespace {

// What one agent knows. Somebody outside the cluster knows by the same rules.
struct Agent {
    State state;
    std::map<NodeName, BootTime> last_contact;
    StoryLease lease;
    std::optional<OperationFile> operation;  // on its disk
    bool runs = true;
};

struct Event {
    nanoseconds at{0};
    Words words;
    std::string text;
};

class Player {
  public:
    explicit Player(Asked asked) : asked_(std::move(asked)) {}
    std::string play(std::vector<Event> events);

  private:
    using Who = std::optional<NodeName>;

    void pass_time_until(BootTime until);
    void turn_of_everyone();
    View look(const Who& by);
    Policy policy_of(const Who& by) const;
    void hear(Event& event);
    void question(Event& event, const std::string& kind);
    std::string answer(const std::string& kind, const View& view, const Policy& policy, const NodeName& to);
    void tell_agent(Words& words);
    void know(State& state, Words& words);
    Who who(Words& words);
    Agent reborn(const Agent& agent, const NodeName& name);

    Asked asked_;
    World world_;
    std::map<Who, Agent> agents_;
    BootTime now_ = beginning;
    BootTime last_turn_ = beginning;
    std::string told_;
};

std::string Player::play(std::vector<Event> events) {
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
    for (auto& event : events) {
        pass_time_until(beginning + event.at);
        hear(event);
    }
    return told_;
}

// The agents take their turns meanwhile, once a scan_period.
void Player::pass_time_until(BootTime until) {
    if (until == now_) return;
    turn_of_everyone();
    while (last_turn_ + world_.policy.scan_period < until) {
        now_ = last_turn_ + world_.policy.scan_period;
        turn_of_everyone();
    }
    now_ = until;
}

void Player::turn_of_everyone() {
    std::vector<Who> everyone{std::nullopt};
    for (auto& name : world_.names()) everyone.emplace_back(std::move(name));
    for (const auto& by : everyone) {
        auto& agent = agents_[by];
        const bool runs = !by || world_.agent_runs(*by);
        if (runs && !agent.runs) agent = reborn(agent, *by);
        agent.runs = runs;
        if (!runs) continue;
        const auto view = look(by);
        agent.state = view::remember(agent.state, view, policy_of(by));
    }
    last_turn_ = now_;
}

View Player::look(const Who& by) {
    auto view = world_.look(by, now_);
    auto& contact = agents_[by].last_contact;
    for (auto& node : view.nodes) {
        if (node.reach == Reach::accepting) contact[node.node] = now_;
        if (const auto last = contact.find(node.node); last != contact.end()) node.last_contact = last->second;
    }
    if (by) view.operation = agents_[by].operation;
    if (by && world_.policy.quorum == Quorum::majority) view.lease = agents_[by].lease.look(world_, *by, now_);
    return view;
}

// Another process: what is on disk is all it knows, and its predecessor's sessions are closed.
Agent Player::reborn(const Agent& agent, const NodeName& name) {
    world_.free_votes_of(name);
    Agent next;
    next.state = view::durable_part(agent.state);
    next.operation = agent.operation;
    return next;
}

Policy Player::policy_of(const Who& by) const {
    auto policy = world_.policy;
    policy.local = by;
    return policy;
}

void Player::hear(Event& event) {
    auto& words = event.words;
    for (const auto* kind : {"ask", "elect", "alerts", "promote", "follow", "demote", "switchover", "target"})
        if (words.take_if(kind)) return question(event, kind);
    if (words.take_if("agent"))
        tell_agent(words);
    else
        world_.change(words, now_);
    // Everything that stands before the first "at" is one beginning.
    if (now_ != beginning) turn_of_everyone();
}

Player::Who Player::who(Words& words) {
    if (words.done() || words.next_is("stale") || words.next_is("unseen") || words.next_is("blind"))
        return std::nullopt;
    auto name = words.name(words.take("a node"));
    const auto* node = world_.find(name);
    if (node == nullptr || node->witness) words.wrong("asks a node that is not in the story");
    return name;
}

void Player::question(Event& event, const std::string& kind) {
    auto& words = event.words;
    if (now_ == beginning) turn_of_everyone();
    const auto by = who(words);
    const bool has_target = kind == "follow" || kind == "demote" || kind == "switchover";
    const auto to = has_target ? words.name(words.take("the other node")) : NodeName{};
    auto view = look(by);
    const auto observation = [&](const std::string& name) -> Observation& {
        for (auto* voters : {&view.nodes, &view.witnesses})
            for (auto& node : *voters)
                if (node.node.str() == name) return node;
        words.wrong("speaks of a node that is not in the story");
    };
    while (!words.done()) {
        if (words.take_if("stale")) {
            const auto [name, age] = words.take_pair();
            (name == "host" && view.host ? view.host->looked_at : observation(name).asked_at) -= words.duration(age);
        } else if (words.take_if("unseen")) {
            const auto name = words.take("a node");
            Observation blank;
            blank.node = words.name(name);
            blank.asked_at = now_;  // asked, but there is no answer yet: that must be enough
            observation(name) = blank;
        } else if (words.take_if("blind")) {
            view.host.reset();
        } else {
            words.wrong("a question ends with: stale NODE=AGE, unseen NODE, blind");
        }
    }
    told_ += fmt::format("at {}: {}", event.text, answer(kind, view, policy_of(by), to));
}

std::string Player::answer(const std::string& kind, const View& view, const Policy& policy, const NodeName& to) {
    const auto state = view::remember(agents_[view.local].state, view, policy);
    if (kind == "ask") {
        const auto decision = decide::decide(view, state, policy);
        if (asked_) asked_({view, state, policy, 0, decision, {}});
        return report::ending(decision, view.at, policy.quorum == Quorum::majority);
    }
    if (kind == "elect") return report::ending(decide::elect(view, state, policy));
    if (kind == "alerts") return tell(view::assess(view, policy), view);
    if (kind == "promote") return tell(decide::against_promotion(view, state, policy));
    if (kind == "follow") return tell(decide::against_follow(view, state, policy, to));
    if (kind == "switchover") return tell(decide::against_switchover(view, state, policy, to));
    if (kind == "target") {
        const auto target = decide::switchover_target(view, state, policy);
        return (target ? target->str() : "nobody") + "\n";
    }
    return tell(decide::against_demotion(view, state, policy, to));
}

// What is an agent's own: its process, what runs and failed, and what its disk remembers.
void Player::tell_agent(Words& words) {
    const auto name = words.name(words.take("a node"));
    if (world_.find(name) == nullptr) words.wrong("speaks of the agent of a node that is not in the story");
    auto& agent = agents_[name];
    const auto what = words.take("what the agent does");
    if (what == "restarts") {
        agent = reborn(agent, name);
    } else if (what == "forgets") {
        world_.free_votes_of(name);
        agent = {};
    } else if (what == "loses") {
        words.take("its memory");
        agent = reborn(agent, name);
        agent.state = {};
        agent.state.memory_lost = true;
    } else if (what == "lease") {
        agent.lease.change(words, world_, name, now_);
    } else if (what == "fences") {
        agent.state.fencing_since = now_;
    } else if (what == "rests") {
        agent.state.operation.reset();
    } else if (what == "hands") {
        words.take("over");
        agent.state.hands_over_to = words.name(words.take("to whom"));
        agent.state.hands_over_since = now_;
    } else if (what == "knows") {
        know(agent.state, words);
    } else if (what == "started") {
        agent.state.local_started_at = now_;
    } else if (what == "works") {
        agent.state.operation = words.take("the operation");
    } else if (what == "rebuilds") {
        agent.operation.emplace();
        agent.operation->operation = "rejoin";
        agent.operation->step = words.take("its step");
    } else if (what == "vetoed") {
        agent.state.vetoed = words.take("what the hook said");
    } else if (what == "retries") {
        const auto [action, at] = words.take_pair();
        agent.state.not_before[action] = beginning + words.duration(at);
    } else {
        words.wrong(
            "an agent restarts, forgets, loses memory, knows, started, works, rests, rebuilds, retries, fences or has "
            "a lease");
    }
    if (!words.done()) words.wrong("words are left over");
}

void Player::know(State& state, Words& words) {
    while (!words.done()) {
        const auto [key, value] = words.take_pair();
        if (key == "primary")
            state.last_primary = words.name(value);
        else if (key == "tl")
            state.last_timeline = words.timeline(value);
        else if (key == "lsn")
            state.last_lsn = words.lsn(value);
        else if (key == "system")
            state.system_identifier = static_cast<std::uint64_t>(words.number(value));
        else if (key == "mark")
            state.last_mark = promotion_mark(words, value);
        else if (key == "sync")
            state.last_sync_names = value;
        else if (key == "tried")
            state.tried = TriedSwitchover{value.substr(0, value.find(':')), value.substr(value.find(':') + 1), now_};
        else
            words.wrong("an agent knows primary=, tl=, lsn=, system=, mark=, sync= and tried=ID:WHY");
    }
}

}  // namespace

std::string play(const std::string& script, const Asked& asked) {
    if (is_snapshot(script)) {
        const auto record = read_snapshot(script);
        const auto decision = decide::decide(record.view, record.state, record.policy);
        return "at ask: " + report::ending(decision, record.view.at, record.policy.quorum == Quorum::majority);
    }
    std::vector<Event> events;
    std::istringstream in(script);
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        const auto first = line.find_first_not_of(' ');
        if (first == std::string::npos || line[first] == '#') continue;
        auto text = line.substr(first);
        Words words(text, number);
        Event event{nanoseconds{0}, words, text};
        if (event.words.take_if("at")) {
            event.at = event.words.duration(event.words.take("the time"));
            event.text = text.substr(text.find_first_not_of(' ', 2));
        }
        events.push_back(std::move(event));
    }
    return Player{asked}.play(std::move(events));
}

}  // namespace pgcm::stories
