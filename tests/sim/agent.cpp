#include "agent.hpp"

#include <algorithm>

#include "decide/decide.hpp"
#include "view/record.hpp"
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

milliseconds idle_limit_of(const Setting& s) {
    return lease::idle_limit({{}, {}, s.ttl, s.scan_period, s.probe_timeout});
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
    woke_at_ = started_at_ = world_.schedule.now();
    const auto& server = world_.server(node_);
    starts_afresh_ = server.state == ServerState::down || server.stopped_at >= died_at_;
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
    heard_.assign(voters, false);
    for (const auto& vote : disk.record.votes)
        heard_[static_cast<std::size_t>(number_of(vote.voter))] = vote.heard.has_value();
    armed_.assign(voters, std::nullopt);
    again_at_.reset();
    kicked_at_.reset();
    looking_at_host_ = writing_record_ = fencing_ = false;
    gave_word_to_.reset();
    handing_over_.reset();
    host_ = {};
    world_.host(node_).guard.lives = true;
    look_at_host();
    tick();
}

void Agent::kill() {
    if (!lives_) return;
    for (int v = 0; v < world_.count(); ++v)
        world_.send(node_, v, [this, v, session = sessions_[static_cast<std::size_t>(v)]] {
            auto& server = world_.server(v);
            std::erase_if(server.sessions, [&](const Session& s) { return s.id == session; });
            server.looks[static_cast<std::size_t>(node_)] = false;
        });
    hang_up();
    lives_ = false;
    died_at_ = world_.schedule.now();
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

// --- the turn

void Agent::tick() {
    for (std::size_t i = 0; i < looks_.size(); ++i) probe(i);
    const auto& local = looks_[static_cast<std::size_t>(node_)].seen;
    if (local.reach != Reach::accepting) look_at_host();
    turn();
    after(world_.setting.scan_period, [this] { tick(); });
}

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
    if (world_.dice.chance(0.003)) check_repeatable(seen, decision);
    world_.judged(node_, seen, decision);
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
    const auto line = view::write_record({seen, judge_->state(), judge_->policy(), 0, decision, {}});
    const auto journal = view::read_record(line);
    if (!journal || decide::decide(journal->view, journal->state, journal->policy) != journal->decision)
        world_.violated("the decision of " + node_name(node_).str() + " cannot be repeated from the journal");
}

void Agent::store() {
    const auto& host = world_.host(node_);
    if (host.disk_full || host.disk_stuck || !view::worth_storing(disk.state, judge_->state())) return;
    after(host.disk_takes, [this, kept = view::durable_part(judge_->state())] { disk.state = kept; });
}

}  // namespace pgcm::sim
