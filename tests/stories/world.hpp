#pragma once
// The cluster of a story as it is, and as each node's agent would see it.
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/policy.hpp"
#include "model/view.hpp"
#include "words.hpp"

namespace pgcm::stories {

// Story time 0. Not the clock's zero, so that a moment that was never set cannot pass for the beginning.
inline constexpr BootTime beginning{1h};

struct Node {
    Observation truth;  // what a look with nothing in its way shows; what follows from others is added by World::look
    LocalHost host;     // what its own agent sees of it
    bool witness = false;  // a voter that is no node: no agent, no data of the cluster
    std::optional<NodeName> follows;
    std::optional<std::string> sync_state;  // as its primary lists it
    bool agentless = false;                 // its agent does not run, though its host does
    bool waiting = false;                   // follows, but no WAL comes through
    milliseconds inventory_age{0};          // of what is told of sizes and slots
    milliseconds heard{100};                // since the walreceiver's last message, while the stream is alive
    std::optional<BootTime> quiet_since;    // the stream's other end fell silent without closing it
};

class World {
  public:
    Policy policy;

    // One line of a story: "cluster ...", "cut a | b c", "heal", or a node's name and what is true of it from now on.
    void change(Words& words, BootTime now);

    // All nodes looked at just now by `by`'s agent, or by somebody outside whom nothing hinders.
    View look(const std::optional<NodeName>& by, BootTime now) const;

    // The nodes, each with an agent; without the witnesses.
    std::vector<NodeName> names() const;
    const Node* find(const NodeName& name) const;
    // A node's agent runs unless the whole host is gone.
    bool agent_runs(const NodeName& name) const;

    // Whether a session of `agent` at the voter would be answered.
    bool answers(const NodeName& voter, const NodeName& agent) const;
    void set_vote(const NodeName& voter, Vote vote);
    // The agent's sessions are closed: what it held there is free.
    void free_votes_of(const NodeName& agent);

  private:
    enum class Stream { none, quiet, alive };

    void cluster(Words& words);
    void node(const NodeName& name, Words& words);
    void add(const NodeName& name, bool witness);
    void cut(Words& words);
    void settle(BootTime now);  // keeps Node::quiet_since
    Stream stream(const Node& standby) const;
    bool linked(const NodeName& a, const NodeName& b) const { return cuts_.count(std::minmax(a, b)) == 0; }
    void add_streams(Observation& seen, const Node& node, BootTime now) const;
    void add_sessions(Observation& seen) const;
    Observation seen_of(const Node& node, BootTime now) const;

    std::vector<Node> nodes_;
    std::set<std::pair<NodeName, NodeName>> cuts_;
};

// What a line says about a node, beginning with its role or how it answers (world_words.cpp).
void describe(Node& node, NodePolicy& policy, Words& words);
// The wall clocks of a story began with it.
inline WallTime wall(nanoseconds since_beginning) {
    return WallTime{std::chrono::duration_cast<std::chrono::microseconds>(since_beginning)};
}
// ID:TIMELINE:TERM
PromotionMark promotion_mark(const Words& words, const std::string& text);
// One key of the cluster line.
void configure(Policy& policy, const KeyValue& pair, const Words& words);

}  // namespace pgcm::stories
