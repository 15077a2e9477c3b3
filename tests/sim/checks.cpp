// What must never happen, in terms of the world alone.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "agent.hpp"
#include "world.hpp"

namespace pgcm::sim {
namespace {

// A host that was stopped as a whole, and runs again, writes until its agent or its guard had the processor once.
constexpr Time awakening = 60ms;

}  // namespace

// A clock that stood is beyond what is promised, until the voters' clocks can have told the agent of it. A second or
// less they cannot tell from a slow network.
bool World::clock_untold(int node) const {
    const auto at = static_cast<std::size_t>(node);
    if (schedule.now() - hosts[at].unnoticed_until < 2 * setting.ttl) return true;
    if (hosts[at].clock_stood_until < 0ns) return false;
    const Time since = std::max({hosts[at].clock_stood_until, hosts[at].thawed_at, agents[at]->woke_at()});
    if (!hosts[at].told_at) return schedule.now() - since < setting.ttl;
    const Time told = 2 * setting.scan_period + setting.probe_timeout;
    return schedule.now() - std::max(since, *hosts[at].told_at) < told;
}

// A writer is the protocol's business while its agent or its guard runs on a host that runs.
bool World::writer_counts(int node) const {
    const auto at = static_cast<std::size_t>(node);
    const auto& there = hosts[at];
    const auto& s = servers[at];
    if (!s.writable() || s.by_hand || !there.on || there.paused > 0) return false;
    if (schedule.now() - there.thawed_at < awakening) return false;
    if (clock_untold(node)) return false;
    return agents[at]->runs() || there.guard.lives;
}

// A process that was stopped, or has just begun, has had the processor for less than that.
bool World::just_awake(int node, Time within) const {
    const auto at = static_cast<std::size_t>(node);
    return schedule.now() - std::max(agents[at]->woke_at(), hosts[at].thawed_at) < within;
}

int World::majority() const {
    return count() / 2 + 1;
}

// How many voters' locks were the node's within that time, by what the voters know. A stopped server's own lock is
// nobody's, so that it counts as its node's.
int World::backing(int node, Time within) const {
    const auto since = schedule.now() - within;
    const auto backs = [&](const Server& voter) {
        const bool own = voter.number == node && (voter.state != ServerState::up || voter.up_since > since);
        return own || voter.backed_at[static_cast<std::size_t>(node)] > since;
    };
    return static_cast<int>(std::count_if(servers.begin(), servers.end(), backs));
}

Time World::longest_vote() const {
    return setting.ttl * 1006 / 1000 + 1ms;
}

// A vote is worth a ttl from when the voter was asked, by a clock that may be slow; `until` in true time.
void World::check_vote(int node, int voter, Time until) const {
    const auto& there = server(voter);
    const auto& agent = *agents[static_cast<std::size_t>(node)];
    auto given = there.backed_at[static_cast<std::size_t>(node)];
    if (voter == node) given = std::max(given, there.state == ServerState::up ? there.up_since : schedule.now());
    if (until > given + longest_vote())
        violated("the vote of " + name_of_host(voter) + " counts for " + name_of_host(node) +
                 " longer than it was given");
    if (schedule.now() < there.granted[static_cast<std::size_t>(node)].ripe_at)
        violated("the vote of " + name_of_host(voter) + " counts for " + name_of_host(node) +
                 ", though another may believe in it still");
    const bool told = setting.trust_refused || schedule.now() - handed_over_at_ < setting.ttl;
    if (agent.starts_afresh() && !told && schedule.now() - agent.started_at() < setting.ttl)
        violated("the vote of " + name_of_host(voter) + " counts for " + name_of_host(node) +
                 ", though the server is dead that it was given for");
}

void World::check_leader(int node, std::vector<int>& leaders, std::vector<int>& owners) const {
    const auto& there = hosts[static_cast<std::size_t>(node)];
    const auto& agent = *agents[static_cast<std::size_t>(node)];
    if (!agent.runs() || !there.on || there.paused > 0 || clock_untold(node) || agent.lease() == nullptr) return;
    const auto now = boot(node);
    const auto seen = agent.lease()->seen(now);
    if (seen.slept) return;
    for (std::size_t v = 0; v < seen.votes.size(); ++v) {
        if (!seen.votes[v].valid_until || now >= *seen.votes[v].valid_until) continue;
        if (owners[v] >= 0)
            violated("the vote of " + name_of_host(static_cast<int>(v)) + " counts twice: for " +
                     name_of_host(owners[v]) + " and " + name_of_host(node));
        owners[v] = node;
        check_vote(node, static_cast<int>(v), there.clock.when(*seen.votes[v].valid_until));
    }
    if (!seen.valid_until || now >= *seen.valid_until) return;
    leaders.push_back(node);
    if (backing(node, setting.ttl * 101 / 100) < majority())
        violated(name_of_host(node) + " believes in a lease that no majority gave");
}

// For so long a primary may write that an agent finds without knowing of any vote: it is seen, the voters are asked
// once, and it is stopped.
Time World::unleased_for() const {
    return 2 * setting.probe_timeout + 4 * setting.scan_period + setting.fence_margin;
}

// A writer is backed by a majority, or has just been found by an agent that knows nothing of its votes.
void World::check_backed(int node) const {
    if (agents[static_cast<std::size_t>(node)]->runs() && just_awake(node, unleased_for())) return;
    if (backing(node, setting.ttl * 101 / 100) < majority())
        violated(name_of_host(node) + " accepts writes, though no majority backs it");
}

void World::check() {
    std::vector<int> leaders;
    std::vector<int> writers;
    std::vector<int> owners(servers.size(), -1);
    for (int i = 0; i < nodes(); ++i) {
        if (writer_counts(i)) {
            writers.push_back(i);
            check_backed(i);
        }
        check_leader(i, leaders, owners);
    }
    check_words();
    if (leaders.size() > 1)
        violated("two valid leases: " + name_of_host(leaders[0]) + " and " + name_of_host(leaders[1]));
    if (writers.size() > 1)
        violated("two servers accept writes: " + name_of_host(writers[0]) + " and " + name_of_host(writers[1]));
}

// The guard is there for agents that are dead or stuck; one that runs has fenced before, but for one that just began.
void World::guard_had_to(int node) {
    const auto& agent = *agents[static_cast<std::size_t>(node)];
    const Time beginning = 2 * setting.probe_timeout + awakening;  // a new one looks at its host and all nodes first
    if (server(node).state == ServerState::down || server(node).by_hand || !agent.runs() || agent.fencing() ||
        just_awake(node, beginning))
        return;
    violated("the guard had to stop " + name_of_host(node) + ", whose agent runs");
}

// A voter's lock is the node's: found so by a question of its agent, or left so.
void World::voted(int voter, int agent, Term promised, bool newly, Time asked) {
    auto& there = server(voter);
    const auto at = static_cast<std::size_t>(agent);
    auto last = std::exchange(there.backed_at[at], schedule.now());
    if (newly) {
        // While it was down, or stood, its lock was nobody else's.
        if (voter == agent) last = std::max(last, there.up_since);
        const auto& place = host(voter);
        const bool stood = last < place.froze_at && place.froze_at < last + longest_vote();
        if (stood) last += std::max<Time>(place.thawed_at - place.froze_at, 0ms);
        const bool still_its_own =
            there.granted[at].ripe_at <= schedule.now() && schedule.now() < last + longest_vote();
        const bool given = std::any_of(there.sessions.begin(), there.sessions.end(),
                                       [&](const Session& session) { return session.favours == agent; });
        // A lock that comes back while its vote still counts was never anybody else's: the vote was given before.
        const Time ripe_at = schedule.now() + (given ? 0ms : setting.ttl * 101 / 100);
        if (!still_its_own) there.granted[at] = {schedule.now(), there.timeline, there.visible(), ripe_at};
    }
    // A promise makes a leader give way. One that lay in the queue of a host that stood is an old one.
    const bool fresh = schedule.now() - asked < setting.probe_timeout;
    if (promised != 0 && fresh && !just_awake(agent, setting.ttl) && !clock_untold(agent) &&
        backing(agent, setting.ttl * 101 / 100) < majority())
        violated(name_of_host(agent) + " promises a term without a majority of locks");
}

// Proof of death: what was taken before the refusal counts from now on.
void World::proven_dead(int taker, Time refused) {
    for (auto& voter : servers) {
        auto& granted = voter.granted[static_cast<std::size_t>(taker)];
        if (granted.at <= refused) granted.ripe_at = std::min(granted.ripe_at, schedule.now());
    }
}

// The next agent of the node reads the record, and must not find votes in it that were let go.
void World::handed_over(int agent) {
    handed_over_at_ = schedule.now();
    for (const auto& vote : agents[static_cast<std::size_t>(agent)]->disk.record.votes)
        if (vote.valid_until > boot(agent))
            violated(name_of_host(agent) + " hands its votes over while its disk still tells of them");
}

// A leader that sees a promise above its own gives way in the very turn.
void World::judged(int node, const View& seen, const Decision& decision) {
    keep_in_mind(node, seen);
    const auto& agent = *agents[static_cast<std::size_t>(node)];
    const auto* local = seen.find(node_name(node));
    if (local == nullptr || !accepts_as(Role::primary, *local) || !server(node).writable()) return;
    const auto term = agent.lease()->seen(seen.at).term;
    if (term == 0 || agent.fencing()) return;
    const auto outdoes = [&](const Observation& voter) {
        return voter.vote && voter.vote->holder && voter.vote->holder != local->node && voter.vote->term > term;
    };
    const bool outdone = std::any_of(seen.nodes.begin(), seen.nodes.end(), outdoes) ||
                         std::any_of(seen.witnesses.begin(), seen.witnesses.end(), outdoes);
    const bool fences = !decision.actions.empty() && decision.actions.front().kind == ActionKind::fence;
    if (outdone && !fences) violated(name_of_host(node) + " saw a higher term promised, and goes on");
}

void World::check_lost(int node) {
    if (!setting.strict) return;
    const auto& wal = server(node).wal;
    const std::unordered_set<Record> kept(wal.begin(), wal.end());
    for (const auto row : acknowledged_)
        if (!kept.contains(row))
            violated(name_of_host(node) + " became primary without row " + std::to_string(row) +
                     ", which was acknowledged");
}

// Nobody promotes without a reason that holds: judged by what is true, not by what was seen.
void World::promotion_asked(int node, Time decided) {
    note(name_of_host(node) + " asks for its promotion");
    const auto& own = server(node);
    if (own.rewinding) violated(name_of_host(node) + " promotes a half-made data directory");
    const auto& known = agents[static_cast<std::size_t>(node)]->disk.state;
    if (known.last_timeline && own.timeline < *known.last_timeline)
        violated(name_of_host(node) + " promotes itself from a state older than what it had seen");
    if (!clock_untold(node) && backing(node, (setting.ttl - setting.fence_margin) * 101 / 100) < majority())
        violated(name_of_host(node) + " promotes itself with a lease that no majority backs for long enough");
    check_told(node);
    if (setting.strict && !was_told(node)) check_standbys_seen(node, decided);
    for (const int giver : majority_that_gave(node)) {
        const auto& voter = server(giver);
        const auto& granted = voter.granted[static_cast<std::size_t>(node)];
        const bool died = voter.stopped_at > granted.at;  // nobody could look into it
        if (voter.witness || voter.primary || died || giver == node) continue;
        const bool newer = granted.timeline > own.timeline;
        const bool further = granted.timeline == own.timeline && granted.position > own.position() &&
                             voter.position() >= own.position() &&
                             std::equal(own.wal.begin(), own.wal.end(), voter.wal.begin());
        if (voter.looked_at[static_cast<std::size_t>(node)] < granted.at)
            violated(name_of_host(node) + " promotes itself without a look at " + name_of_host(giver) +
                     " after its vote was given");
        if (newer || further)
            violated(name_of_host(node) + " promotes itself, though " + name_of_host(giver) +
                     ", which gave its vote, has more");
    }
}

// Under strict commits wait for one of all other nodes, so that only all standbys together surely have them all. They
// were looked at when it was decided; from then on the lease stands for them.
void World::check_standbys_seen(int node, Time decided) const {
    const auto& known = agents[static_cast<std::size_t>(node)]->judge().state();
    if (!known.last_primary || known.last_sync_names.empty()) return;
    const Time recent = 2 * setting.scan_period + 3 * setting.probe_timeout;
    int seen = 0;
    for (int i = 0; i < nodes(); ++i) {
        const bool looked = decided - server(i).looked_at[static_cast<std::size_t>(node)] < recent;
        if (!looked && i != node) continue;
        if (node_name(i) == *known.last_primary) return;  // it tells itself what it has
        ++seen;
    }
    if (seen < nodes() - 1)
        violated(name_of_host(node) + " promotes itself with " + std::to_string(seen) +
                 " standbys in view, under strict");
}

// The voters that made the majority, in the order of their locks; those that came to it later were not waited for.
// Whose votes the agent counts is judged elsewhere (check_vote).
std::vector<int> World::majority_that_gave(int node) const {
    std::vector<int> givers;
    const auto seen = agents[static_cast<std::size_t>(node)]->lease()->seen(boot(node));
    for (std::size_t voter = 0; voter < seen.votes.size(); ++voter)
        if (seen.votes[voter].valid_until > boot(node)) givers.push_back(static_cast<int>(voter));
    const auto granted_at = [&](int voter) { return server(voter).granted[static_cast<std::size_t>(node)].at; };
    std::sort(givers.begin(), givers.end(), [&](int a, int b) { return granted_at(a) < granted_at(b); });
    givers.resize(std::min(givers.size(), static_cast<std::size_t>(majority())));
    return givers;
}

// A server that was primary is started as one with a lease that was renewed since it died.
void World::start_asked(int node) {
    if (clock_untold(node) || just_awake(node, awakening)) return;
    const auto dead_for = schedule.now() - server(node).stopped_at + 2 * setting.probe_timeout;
    const auto within = std::min<Time>(setting.ttl * 101 / 100, dead_for);
    if (backing(node, within) < majority())
        violated(name_of_host(node) + " is started as primary with a lease that was not renewed since it died");
}

// A standby's vote is taken away only where the primary's others are a majority.
void World::rebuild_asked(int node, int primary) {
    const auto within = setting.ttl * 101 / 100;
    const bool its_own = server(node).backed_at[static_cast<std::size_t>(primary)] > schedule.now() - within;
    if (backing(primary, within) - (its_own ? 1 : 0) < majority())
        violated(name_of_host(node) + " takes its server away, though its vote is needed");
}

// Promoted to a timeline that another one was promoted to as well, which the primary has left since: no position and no
// mark of the primary tells them apart any more, and it takes a person (`pgcm demote`).
bool World::is_twin(int node, int primary) const {
    const auto mark = server(node).mark();
    const auto& wal = server(primary).wal;
    return mark && server(node).timeline < server(primary).timeline &&
           std::find(wal.begin(), wal.end(), Record{-*mark - 1}) == wal.end();
}

void World::check_recovered() {
    if (!healed_) return;
    // With too few voters left that can be started, a person is needed; nothing else was promised.
    const auto lost = std::count_if(servers.begin(), servers.end(), [](const Server& s) { return s.rewinding; });
    const bool none_whole = std::none_of(servers.begin(), servers.end(), [](const Server& s) { return s.writable(); });
    if (none_whole && count() - static_cast<int>(lost) < majority()) {
        well_ = true;
        return;
    }
    int primary = -1;
    for (int i = 0; i < nodes(); ++i)
        if (server(i).writable() && !server(i).by_hand && host(i).paused == 0 && host(i).on)
            primary = primary < 0 ? i : -2;
    if (primary < 0) {
        recovered_at_.reset();
        return;
    }
    // Without strict an older one may lead by now; to throw newer data away takes a person.
    if (!recovered_at_) recovered_at_ = schedule.now();
    if (schedule.now() - *recovered_at_ < 300ms) return;
    for (int i = 0; i < nodes(); ++i)
        if (i != primary && server(i).streams_from != primary && server(i).timeline <= server(primary).timeline &&
            !is_twin(i, primary))
            return;
    check_lost(primary);
    well_ = true;
}

}  // namespace pgcm::sim
