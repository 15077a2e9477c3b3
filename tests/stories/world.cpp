#include "world.hpp"

#include <algorithm>

namespace pgcm::stories {
namespace {

// wal_receiver_timeout and wal_sender_timeout: how long either end keeps a stream that fell silent.
constexpr milliseconds stream_timeout{60s};
constexpr std::uint64_t usual_system = 7000000000000000001;

// Not the address of any node's agent: a host and port like in a real configuration.
Address address_of(const NodeName& name) {
    return {name.str(), 5432};
}

void forget_all_but_the_answer(Observation& seen) {
    Observation kept;
    kept.node = seen.node;
    kept.host = seen.host;
    kept.port = seen.port;
    kept.reach = seen.reach;
    kept.sqlstate = seen.sqlstate;
    kept.message = seen.message;
    kept.asked_at = seen.asked_at;
    seen = kept;
}

Node newcomer(const NodeName& name) {
    Node node;
    node.truth.node = name;
    node.truth.host = name.str();
    node.truth.system_identifier = usual_system;
    node.truth.timeline = Timeline{1};
    node.host.network = Network::up;
    return node;
}

}  // namespace

std::vector<NodeName> World::names() const {
    std::vector<NodeName> names;
    for (const auto& node : nodes_)
        if (!node.witness) names.push_back(node.truth.node);
    return names;
}

const Node* World::find(const NodeName& name) const {
    for (const auto& node : nodes_)
        if (node.truth.node == name) return &node;
    return nullptr;
}

bool World::agent_runs(const NodeName& name) const {
    return find(name)->truth.reach != Reach::silent;
}

bool World::answers(const NodeName& voter, const NodeName& agent) const {
    const auto* node = find(voter);
    return node != nullptr && node->truth.reach == Reach::accepting && linked(voter, agent);
}

void World::set_vote(const NodeName& voter, Vote vote) {
    for (auto& node : nodes_)
        if (node.truth.node == voter) node.truth.vote = std::move(vote);
}

void World::free_votes_of(const NodeName& agent) {
    for (auto& node : nodes_)
        if (node.truth.vote && node.truth.vote->holder == agent) node.truth.vote.reset();
}

void World::change(Words& words, BootTime now) {
    const auto subject = words.take("what the line is about");
    if (subject == "cluster") {
        while (!words.done()) configure(policy, words.take_pair(), words);
    } else if (subject == "cut") {
        cut(words);
    } else if (subject == "heal") {
        cuts_.clear();
    } else {
        node(words.name(subject), words);
    }
    settle(now);
}

void World::add(const NodeName& name, bool witness) {
    nodes_.push_back(newcomer(name));
    nodes_.back().witness = witness;
    if (witness)
        policy.witnesses.push_back(name);
    else
        policy.nodes.push_back({name, 100, false, {address_of(name)}});
}

void World::node(const NodeName& name, Words& words) {
    if (find(name) == nullptr) add(name, words.next_is("witness"));
    const auto at = static_cast<std::size_t>(find(name) - nodes_.data());
    const auto configured = std::find_if(policy.nodes.begin(), policy.nodes.end(),
                                         [&](const NodePolicy& node) { return node.name == name; });
    NodePolicy of_a_witness;
    describe(nodes_[at], configured == policy.nodes.end() ? of_a_witness : *configured, words);
    if (nodes_[at].follows && find(*nodes_[at].follows) == nullptr && nodes_[at].follows->str() != "elsewhere")
        words.wrong("follows a node that is not in the story (say \"elsewhere\" for one outside the cluster)");
}

void World::cut(Words& words) {
    std::vector<NodeName> sides[2];
    for (int side = 0; !words.done();) {
        if (words.take_if("|"))
            ++side;
        else
            sides[side > 0].push_back(words.name(words.take("a node")));
    }
    for (const auto& a : sides[0])
        for (const auto& b : sides[1]) {
            if (find(a) == nullptr || find(b) == nullptr) words.wrong("cuts a node that is not in the story");
            cuts_.insert(std::minmax(a, b));
        }
    if (sides[1].empty()) words.wrong("a cut has two sides, with | between them");
}

World::Stream World::stream(const Node& standby) const {
    const auto& seen = standby.truth;
    const bool runs = seen.reach != Reach::refused && seen.reach != Reach::silent;
    if (!runs || seen.role != Role::standby || !standby.follows || standby.waiting) return Stream::none;
    const auto* source = find(*standby.follows);
    if (source == nullptr) return Stream::none;
    const auto reach = source->truth.reach;
    if (reach == Reach::refused || (reach == Reach::rejecting && source->truth.sqlstate == "57P03"))
        return Stream::none;
    if (reach == Reach::silent || reach == Reach::stalled || seen.reach == Reach::stalled) return Stream::quiet;
    return linked(seen.node, source->truth.node) ? Stream::alive : Stream::quiet;
}

void World::settle(BootTime now) {
    for (auto& node : nodes_) {
        if (stream(node) == Stream::alive)
            node.quiet_since.reset();
        else if (!node.quiet_since)
            node.quiet_since = now;
    }
}

void World::add_streams(Observation& seen, const Node& node, BootTime now) const {
    const auto lives = [&](const Node& standby) {
        const auto how = stream(standby);
        return how == Stream::alive || (how == Stream::quiet && now - *standby.quiet_since < stream_timeout);
    };
    if (node.follows) seen.upstream = address_of(*node.follows);
    if (seen.role == Role::standby && lives(node)) {
        WalReceiver receiver;
        receiver.status = "streaming";
        receiver.message_age = node.heard + to_ms(node.quiet_since ? now - *node.quiet_since : nanoseconds{0});
        seen.wal_receiver = receiver;
    }
    seen.replicas.emplace();
    for (const auto& other : nodes_) {
        // A standby whose host is gone without a word stays on the list for a while.
        auto standby = other;
        if (other.truth.reach == Reach::silent) standby.truth.reach = Reach::stalled;
        if (other.follows != node.truth.node || !lives(standby)) continue;
        Replica replica;
        replica.application_name = application_name(other.truth.node);
        replica.state = "streaming";
        replica.sync_state = other.sync_state;
        seen.replicas->push_back(replica);
    }
}

// Every agent looks at every node that it can reach.
void World::add_sessions(Observation& seen) const {
    if (!seen.sessions) seen.sessions.emplace();
    for (const auto& node : nodes_)
        if (!node.witness && !node.agentless && agent_runs(node.truth.node) && linked(node.truth.node, seen.node))
            seen.sessions->push_back(agent_session(node.truth.node));
    std::sort(seen.sessions->begin(), seen.sessions->end());
}

Observation World::seen_of(const Node& node, BootTime now) const {
    auto seen = node.truth;
    seen.asked_at = now;
    if (policy.quorum == Quorum::majority && !seen.vote) seen.vote.emplace();
    if (seen.reach == Reach::accepting && !node.witness) {
        add_streams(seen, node, now);
        add_sessions(seen);
    } else if (seen.reach != Reach::accepting) {
        forget_all_but_the_answer(seen);
    }
    return seen;
}

View World::look(const std::optional<NodeName>& by, BootTime now) const {
    View view;
    view.cluster = policy.cluster;
    view.local = by;
    view.at = now;
    view.taken_at = wall(now - beginning);
    for (const auto& node : nodes_) {
        auto seen = seen_of(node, now);
        if (by && *by != node.truth.node && !linked(*by, node.truth.node)) {
            seen.reach = Reach::silent;
            seen.sqlstate.clear();
            seen.message = "timeout expired";
            forget_all_but_the_answer(seen);
        }
        (node.witness ? view.witnesses : view.nodes).push_back(std::move(seen));
    }
    const auto* local = by ? find(*by) : nullptr;
    if (local == nullptr) return view;
    view.host = local->host;
    view.host->looked_at = now;
    view.host->timeline = local->truth.timeline;
    view.host->system_identifier = local->truth.system_identifier;
    return view;
}

}  // namespace pgcm::stories
