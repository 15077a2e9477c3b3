#pragma once
// The cluster as one agent sees it at one moment.
#include <optional>
#include <string>
#include <vector>

#include "model/local_host.hpp"
#include "model/observation.hpp"
#include "model/operation.hpp"
#include "model/policy.hpp"

namespace pgcm {

struct View {
    std::string cluster;
    std::optional<NodeName> local;   // who looks; empty on a host without a node
    BootTime at;                     // the moment of the view, by the looker's clock
    WallTime taken_at;               // the same for people
    std::vector<Observation> nodes;  // one for each configured node, in the configuration's order
    std::vector<Observation> witnesses;
    std::optional<LeaseSeen> lease;          // of the agent that looks; empty where there is no agent or no lease
    std::optional<LocalHost> host;           // empty when `local` is, or when nobody looked
    std::optional<OperationFile> operation;  // under way on the local node, or left there by one that was killed
    bool operator==(const View&) const = default;

    const Observation* find(const NodeName& name) const {
        for (const auto& node : nodes)
            if (node.node == name) return &node;
        return nullptr;
    }
    // A node or a witness.
    const Observation* find_voter(const NodeName& name) const {
        for (const auto& witness : witnesses)
            if (witness.node == name) return &witness;
        return find(name);
    }
};

bool accepts_as(Role role, const Observation& node);
// The system identifier of this cluster: what was known before, else the local node's, else the first one seen.
std::optional<std::uint64_t> cluster_system(const View& view, const std::optional<std::uint64_t>& known = {});
// Whether `node` belongs to another cluster than `identifier`; unknown is no.
bool other_system(const Observation& node, const std::optional<std::uint64_t>& identifier);
// The accepting primaries of the cluster with that identifier; in a healthy one exactly one.
std::vector<const Observation*> primaries(const View& view, const std::optional<std::uint64_t>& identifier);

// What this view shows of a pause: what the one primary says, or, where there is none or several, what the local node
// says, or else anybody. Empty: none; where nobody can be asked, `known`.
std::optional<Pause> pause_of(const View& view, const std::optional<Pause>& known = {});
// Whether it holds for the local node at the moment of the view.
bool holds(const Pause& pause, const View& view);
// Whether this request is to be heeded at the moment of the view: not answered, not expired.
bool stands(const SwitchoverRequest& request, const View& view);
// By such a session the agent of a node is known on other servers; by the other one, on the target of a switchover, the
// agent of the old primary says that its server is proven stopped and the target has all of its WAL.
std::string agent_session(const NodeName& node);
std::string handover_session(const std::string& id);
// How the target says on its own server that it is about to call pg_promote, so that the old primary, which takes its
// word back, learns for certain whether it came too late: this one says so first and then looks for the word, that one
// takes the word back first and then looks for this. `word` is handover_session() of the request.
std::string promoting_session(const std::string& word);
// Such a session lives on this standby: it may be primary any moment, whoever else has ended.
bool is_being_promoted(const Observation& node);
// By these the source of a copy knows who makes one: the walsenders of pg_basebackup, the session of pg_rewind.
std::string clone_session(const NodeName& node);
std::string rewind_session(const NodeName& node);
bool has_session(const Observation& node, const std::string& name);

// Whether the standby receives WAL from the primary now, seen from either end: its walreceiver streams and its
// upstream is one of the primary's addresses, or the primary lists it by its application_name.
bool streams(const Observation& standby, const Observation& primary, const Policy& policy);
// Whether the primary still counts on a standby of the cluster that does not answer: a frozen one stays in
// pg_stat_replication until wal_sender_timeout, and may be the one that commits wait for.
bool counts_on_silent(const Observation& primary, const View& view, const Policy& policy);
// Whether primary_conninfo points at one of the node's addresses. Unknown (not readable) counts as no.
bool points_at(const Observation& standby, const NodePolicy& node);
// The node that primary_conninfo points at; null when it is none of the cluster's.
const NodePolicy* upstream_of(const Observation& standby, const Policy& policy);

// Whether two nodes tell of different promotions to the same timeline: their histories parted there, whatever their
// positions (LESSONS 1). One that has not replayed the mark of its timeline yet shows an older one, which tells
// nothing.
bool other_mark(const std::optional<PromotionMark>& a, const std::optional<PromotionMark>& b);
// Whether the standby has WAL that is not in the primary's history, so that it can never follow as it is. Unknown
// (no history seen, no position) is empty.
std::optional<bool> diverged(const Observation& standby, const Observation& primary);

}  // namespace pgcm
