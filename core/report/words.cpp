#include "report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "model/observation.hpp"
#include "report/sentence.hpp"
#include "report/units.hpp"

namespace pgcm::report {
namespace {

template <class E>
using Sentence = std::pair<E, std::string_view>;

// Patterns as sentence.hpp tells; in the order of the enum, which is checked below.
constexpr auto rules = std::to_array<Sentence<Rule>>({
    {Rule::primary_healthy, "{node|the primary} is primary and accepts connections"},
    {Rule::primary_alive_but_rejecting,
     "{node|the last primary} is alive but lets nobody in[ for {since_ms} now][: {message}][ (SQLSTATE {sqlstate})]"},
    {Rule::primary_heard_by_standby, "{node|a standby} still hears the primary[ {primary}][, last {age_ms} ago]"},
    {Rule::promotion_under_way, "{node|a standby} is being promoted, after a switchover's word"},
    {Rule::no_primary, "no node is an accepting primary[ for {since_ms} now]"},
    {Rule::many_primaries, "more than one node is primary[, {count} of them][: {names}]"},
    {Rule::no_local_node, "this host has no node of the cluster, so there is nothing to do on it"},
    {Rule::operation_running, "{operation|an operation} still runs on {node|this node}, so nothing else is begun"},
    {Rule::operation_unfinished,
     "{node|the node} is in the middle of {operation|an operation}[, at its step {step}][, attempt {attempts}], so its "
     "data directory is not to be relied on; its agent, or `pgcm demote` there, ends it once another node is primary"},
    {Rule::manual_mode, "failover.mode is manual, so promoting {node|this node} is left to a person (`pgcm promote`)"},
    {Rule::retry_later, "{action|the action} failed before, so it waits until it is tried again[, {left_ms} left]"},
    {Rule::hook_vetoed, "the hook before_promote of {node|this node} held its promotion back[: {message}]"},
    {Rule::paused,
     "the cluster is paused by {by|somebody}[, for {since_ms} now][, {left_ms} left][: {why}]; nothing is started, "
     "stopped or promoted"},
    {Rule::pause_ends,
     "the pause[ by {by}] was ended on {node|this node} while there was no primary, and is taken out"},
    {Rule::switchover_asked, "{by|somebody} asked for a switchover[ from {from}][ to {node}]"},
    {Rule::switchover_failed, "the switchover to {node|the standby} was tried, and did not come about[: {message}]"},
    {Rule::not_streaming, "{node|the standby} does not stream from the primary[ {primary}]"},
    {Rule::target_lags, "{node|the standby} is {lag_bytes|far} behind the primary[, and {most_bytes} are allowed]"},
    {Rule::agent_missing, "no agent of {node|the node} is seen on the primary; `pgcm watch` must run there"},
    {Rule::lease_held, "{node|this node} holds the lease[, {votes} votes held][, {needed} needed][, {left_ms} left]"},
    {Rule::lease_expires,
     "the lease of {node|this node} is about to end or has ended[, {left_ms} left], so its server is stopped"},
    {Rule::lease_sought, "this node seeks the lease[: {votes} votes held][, {needed} needed][, {left_ms} left]"},
    {Rule::lease_ripens,
     "this node holds enough locks for the lease, but a freshly taken one counts only after ttl"
     "[: {votes} votes held][, {needed} needed]"},
    {Rule::lease_out_of_reach,
     "{node|this node} cannot get the lease now[: {within_reach} votes within reach][, {needed} needed]"},
    {Rule::lease_held_elsewhere, "{node|another node} holds a majority of the votes"},
    {Rule::lease_never_held,
     "{node|the local server} is primary but its agent got no lease in time[: {votes} votes held][, {needed} needed]"},
    {Rule::lease_renewed_first, "the lease of {node|this node} is renewed once more before its server is started"},
    {Rule::higher_term, "a voter has promised a higher term[, {term}][ against ours, {ours}], so our lease is over"},
    {Rule::host_slept, "the voters' clocks say that the host of {node|this node} slept, so its lease counts no more"},
    {Rule::promotes_without_lease,
     "a promotion by hand holds no lease[, which {holder} holds]; watch promotes with one, and fences a primary that "
     "does not get it"},
    {Rule::memory_lost,
     "what {node|this node} had seen of the cluster is lost with its state file, so it is not elected before it has "
     "seen a primary"},
    {Rule::rank_waits, "a standby with the very same data goes first[, this one has rank {rank}][, {left_ms} left]"},
    {Rule::looks_again_with_lease, "{node|a voter} must be looked at once more now that its vote is held"},
    {Rule::standbys_missing,
     "sync.strict refuses: too few of the synchronous standbys are in hand to be sure of every commit"
     "[: {in_hand} in hand][, {needed} needed][, synchronous_standby_names was {names:q}][, beside {beside}]"
     "; bring back the nodes that are missing"},
    {Rule::standbys_enough,
     "enough of the synchronous standbys are in hand to be sure of every commit[: {in_hand} in hand]"
     "[, {needed} needed][, synchronous_standby_names was {names:q}]"},
    {Rule::commits_may_be_lost,
     "acknowledged commits may be lost: too few of the synchronous standbys are in hand[: {in_hand} in hand]"
     "[, {needed} needed][, synchronous_standby_names was {names:q}][, beside {beside}]"},
    {Rule::standbys_attached,
     "sync.strict waits: too few of the standbys have parted from the lost primary, so that it could still acknowledge"
     " commits with the others[: {parted} parted][, {needed} needed]"},
    {Rule::gives_way_to_candidate,
     "{node|a candidate} holds this standby's vote[ and promised term {term}], so the standby parts from the lost "
     "primary"},
    {Rule::primary_without_lease,
     "{node|the primary} does not hold the lease, so it does not hand over, and under sync.strict nobody follows it "
     "anew"},
    {Rule::sync_not_ready,
     "synchronous_standby_names of {node|this standby} is not what it must be when it is promoted[: {from:q}]"
     "[ instead of {to:q}]"},
    {Rule::waits_as_standby,
     "{node|the local server} was primary but has no lease, so it is started as a standby and waits"},
    {Rule::other_mark,
     "{node|the node} shows another promotion to the same timeline[, {timeline}], so its history is another"},
    {Rule::mark_awaited,
     "{node|the primary} shows no mark of its promotion yet[, to timeline {timeline}], and ours has one: its history "
     "may be another"},
    {Rule::vote_needed,
     "{node|this node} keeps its server up for now, for its vote is needed"
     "[: {others} others can vote][, {needed} are a majority]"},
    {Rule::failover_after_running, "the primary has not been gone for failover_after yet[, {left_ms} left]"},
    {Rule::network_down, "the network of {node|this host} is down[: {message}]"},
    {Rule::network_unknown, "the network of {node|this host} could not be judged[: {message}]"},
    {Rule::observation_stale, "the last look at {node|a node} is too old to decide on[ ({age_ms})]"},
    {Rule::never_saw_primary, "this agent never saw a primary, so how far {node|the node} lags is not known"},
    {Rule::nofailover, "{node|the node} is configured as nofailover"},
    {Rule::not_standby, "{node|the node} is not a standby[, its role is {role}]"},
    {Rule::not_primary, "{node|the node} is not an accepting primary"},
    {Rule::not_accepting, "{node|the node} does not accept connections[ ({reach})][: {message}]"},
    {Rule::position_unknown, "how far {node|the node} has come in the WAL is not known"},
    {Rule::system_differs,
     "{node|the node} belongs to another cluster[: its system identifier is {system_identifier}][, not {expected}]"},
    {Rule::older_than_last_seen,
     "{node|the node} is older than what was last seen of the cluster[: timeline {timeline}][ against "
     "{last_timeline}]"},
    {Rule::lag_over_max,
     "{node|the node} is too far behind the last primary[: {lag_bytes}][, max_lag is {max_lag_bytes}]"},
    {Rule::better_standby,
     "{best|another standby} goes before {node|the node}"
     "[: timeline {best_timeline} at {best_lsn} against timeline {timeline} at {lsn}]"},
    {Rule::best_standby, "{node|the node} is the best standby[: timeline {timeline} at {lsn}]"},
    {Rule::only_standby, "{node|the node} is the only standby that can take over[: timeline {timeline} at {lsn}]"},
    {Rule::not_managed, "postgres.managed is off, so {node|the local server} is neither started nor stopped"},
    {Rule::local_process_runs, "the server of {node|this node} runs but does not accept[ ({reach})][: {message}]"},
    {Rule::local_unknown, "what the server of {node|this node} does could not be seen[: {message}]"},
    {Rule::data_directory_missing, "the data directory of {node|this node} is missing or empty"},
    {Rule::broken_by_rewind, "a pg_rewind died on {node|this node}, so its data directory is not started as it is"},
    {Rule::start_standby, "{node|the local server} is a standby that is down, and is started as one"},
    {Rule::start_primary, "{node|the local server} was primary and no other is in view, so it is started as primary"},
    {Rule::start_grace, "{node|the local server} was started a moment ago[ and has {left_ms} left to come up]"},
    {Rule::start_timed_out, "{node|the local server} did not come up within primary_start_timeout"},
    {Rule::hand_over_after_crash,
     "{node|the local primary} is down and stays down, so that {to|a standby} can take over[, {left_ms} left]"},
    {Rule::former_primary_rejoins,
     "{node|the local server} was primary, but {primary|another node} is primary now, so it rejoins as a standby"},
    {Rule::another_primary_lives,
     "{node|another node} shows that a primary[, {primary},] lives[: {message}], so none is started beside it"},
    {Rule::conflict_wait, "two primaries: {keeps|the other} stays, {node|this one} gives way[ in {left_ms}]"},
    {Rule::conflict_keeps, "two primaries: {node|this one} stays, the other has to give way"},
    {Rule::conflict_loses, "two primaries: {keeps|the other} stays, so {node|this one} becomes its standby"},
    {Rule::conflict_manual, "two primaries, and conflict.keep is manual, so a person has to choose (`pgcm demote`)"},
    {Rule::conflict_undecided, "two primaries, and not all is known that tells which one to keep[ by {keep}]"},
    {Rule::follows, "this standby follows {node|the primary}"},
    {Rule::follows_wrong_node, "{node|this standby} follows {from|nobody}, not {to|the primary}"},
    {Rule::not_streaming_yet,
     "this standby points at {node|the primary} but does not stream[, for {since_ms} now]"
     "[; its slot {lost_slot} has lost WAL there, so it is cloned anew]"},
    {Rule::diverged,
     "{node|this standby} has WAL that the primary has not"
     "[: timeline {timeline} at {lsn}, the primary is on {primary_timeline}]"},
    {Rule::retry_interval_high,
     "wal_retrieve_retry_interval of {node|this standby} is {from|high}, which delays a promotion[; {to} is enough]"},
    {Rule::sync_right, "synchronous_standby_names of {node|the primary} is right[: {names:q}]"},
    {Rule::sync_changes, "synchronous_standby_names of {node|the primary} changes[ from {from:q}][ to {to:q}]"},
    {Rule::sync_degrade_wait,
     "commits on {node|the primary} wait for too few standbys[ of {names:q}], which are given up[ in {left_ms}]"},
    {Rule::sync_strict_holds,
     "sync.strict holds synchronous_standby_names of {node|the primary}[ at {names:q}], so commits wait for a standby"},
});

constexpr auto alerts = std::to_array<Sentence<AlertCode>>({
    {AlertCode::no_primary, "no node is an accepting primary; `pgcm elect` tells who could be, and what holds it back"},
    {AlertCode::many_primaries,
     "more than one node is primary[: {names}]; keep clients on one of them and turn the others into standbys"
     " (`pgcm demote`)"},
    {AlertCode::no_standby, "no standby accepts connections, so nobody could take over; bring one back"},
    {AlertCode::node_unreachable,
     "{node|a node} does not accept connections[ ({reach})][: {message}][ (SQLSTATE {sqlstate})];"
     " look at its server, its host and the network between"},
    {AlertCode::witness_unreachable,
     "the witness {node|of this cluster} does not answer[ ({reach})][: {message}][ (SQLSTATE {sqlstate})], so its vote"
     " cannot be had; look at its server, its host and the network between"},
    {AlertCode::not_following,
     "{node|a standby} does not stream from the primary[, it points at {upstream}]; see its log, or run `pgcm follow`"
     " there"},
    {AlertCode::lag,
     "{node|a standby} is {lag_bytes|far} behind the primary; look at its disk, network and long queries"},
    {AlertCode::replay_paused, "replay is paused on {node|a standby}; resume it with SELECT pg_wal_replay_resume()"},
    {AlertCode::system_differs,
     "{node|a node} belongs to another cluster[: its system identifier is {system_identifier}][, not {expected}];"
     " take it out of the configuration or clone it anew"},
    {AlertCode::diverged,
     "{node|a standby} has WAL that the primary has not"
     "[: timeline {timeline} at {lsn}, the primary is on {primary_timeline}][, begun by another promotion, "
     "{promotion}];"
     " run `pgcm demote` there to rebuild it"},
    {AlertCode::lease_no_majority,
     "too few voters can vote[: {within_reach}][ of {voters}][, {needed} needed], so nobody could get the lease and "
     "take"
     " over; bring nodes and witnesses back"},
    {AlertCode::lease_stranger,
     "a session that is not pgcm's holds the lock of the lease on {node|a voter}, whose vote nobody can get; find it in"
     " pg_locks, end it, and revoke CONNECT on that database from all but pgcm"},
    {AlertCode::lease_without_primary,
     "{node|a node} holds a majority of the votes[, {votes}][ with {needed} needed], but is not an accepting primary;"
     " it is about to be promoted or started again, and if this lasts its agent's log tells why"},
    {AlertCode::primary_without_lease,
     "{node|the primary} does not hold a majority of the votes[: {votes} held][, {needed} needed]; its agent fences it"
     " unless it gets them, so look whether that runs"},
    {AlertCode::sync_degraded,
     "{node|the primary} has too few synchronous standbys[, {streaming} of {wanted}]"
     "[, synchronous_standby_names is {names:q}]; bring standbys back, until then a commit may be on one node only"},
    {AlertCode::slot_retains_wal,
     "the slot {slot|of a standby} on {node|a node} retains {retained_bytes|much} of WAL;"
     " bring its standby back, drop it, or set max_slot_wal_keep_size"},
    {AlertCode::slot_lost,
     "the slot {slot|of a standby} on {node|a node} has lost WAL that its standby needs; rebuild that standby and"
     " recreate the slot"},
    {AlertCode::wal_grows,
     "pg_wal on {node|a node} has grown[ to {wal_bytes}][ in {wal_files} files]; look at archiving, slots and free "
     "space"},
    {AlertCode::clock_skew, "the clock of {node|a node} is off[ by {skew_ms}]; look at its time synchronisation"},
    {AlertCode::missing_grant,
     "pgcm may not read {fields|everything} on {node|a node}[ without {grant}]; grant that to its role"},
    {AlertCode::disk_stalled, "the data directory of {node|this node} does not answer; look at its disk"},
    {AlertCode::network_down,
     "the network of {node|this host} is down[: {message}]; look at its interface and arbiters"},
    {AlertCode::state_unwritable,
     "the agent of {node|this node} cannot keep its state[: {message}]; look at free space and rights in state.dir"},
    {AlertCode::state_unreadable,
     "the state file of {node|this node} could not be read, so it is not elected before it has seen a primary; its"
     " agent's log tells what is wrong with the file"},
    {AlertCode::guard_missing,
     "the guard of {node|this node} does not run, so that a frozen agent would leave its server unfenced; restart the"
     " agent"},
    {AlertCode::operation_failed,
     "{operation|an operation} failed on {node|this node}[: {message}]; the log of its agent tells more"},
    {AlertCode::paused,
     "the cluster is paused by {by|somebody}[, for {since_ms} now][, {left_ms} left][: {why}]; `pgcm resume` ends "
     "that"},
    {AlertCode::hook_failed,
     "the hook {hook|of the configuration} of {node|this node} failed[ on {event}][: {message}]; run it by hand, and"
     " look at its output in the agent's log"},
    {AlertCode::hook_vetoed,
     "the hook before_promote of {node|this node} holds its promotion back[: {message}]; settle what it names, or take"
     " it out of the configuration and reload the agent"},
});

constexpr auto actions = std::to_array<Sentence<ActionKind>>({
    {ActionKind::start, "start the server of {node|this node} as it stands"},
    {ActionKind::fence, "stop the server of {node|this node} until no process of it is left"},
    {ActionKind::start_as_standby, "start the server of {node|this node} as a standby, without an upstream"},
    {ActionKind::promote, "promote {node|the local standby} to primary"},
    {ActionKind::detach, "point {node|the local standby} at nobody, so that no primary counts on it"},
    {ActionKind::follow, "point the local standby at {node|the primary}"},
    {ActionKind::rejoin, "turn the local server into a standby of {node|the primary}"},
    {ActionKind::set_sync_names, "set synchronous_standby_names of {node|the primary}[ to {value:q}]"},
    {ActionKind::set_retry_interval, "set wal_retrieve_retry_interval of {node|the local standby}[ to {value:q}]"},
    {ActionKind::switchover, "stop the local primary and hand over to {node|the standby}"},
    {ActionKind::decline_switchover, "decline the switchover to {node|the standby}[: {value}]"},
    {ActionKind::end_pause, "take the pause out of the catalog"},
});

// A sentence for each enumerator, in the enum's order: a new one without words does not compile.
template <class E, std::size_t n>
constexpr bool tells_all(const std::array<Sentence<E>, n>& sentences) {
    return std::equal(sentences.begin(), sentences.end(), enum_names<E>.begin(), enum_names<E>.end(),
                      [](const auto& sentence, const auto& name) { return sentence.first == name.first; });
}
static_assert(tells_all(rules));
static_assert(tells_all(alerts));
static_assert(tells_all(actions));
static_assert(std::all_of(alerts.begin(), alerts.end(), [](const auto& alert) {
    return alert.second.find(';') != std::string_view::npos;  // what to do stands after it
}));

template <class E, std::size_t n>
std::string_view pattern_of(const std::array<Sentence<E>, n>& sentences, E which) {
    return sentences.at(static_cast<std::size_t>(which)).second;
}

}  // namespace

std::string words(const Reason& reason) {
    return fill(pattern_of(rules, reason.rule), reason.node, reason.facts);
}

std::string words(const Alert& alert) {
    // Facts that the sentence has no gap for stand before what to do.
    const auto pattern = pattern_of(alerts, alert.code);
    const auto semicolon = pattern.rfind(';');
    // Where somebody answers neither host nor network is the matter.
    const bool of_reach = alert.code == AlertCode::node_unreachable || alert.code == AlertCode::witness_unreachable;
    const bool rejects =
        of_reach && std::find(alert.facts.begin(), alert.facts.end(),
                              Fact{"reach", std::string(name_of(Reach::rejecting))}) != alert.facts.end();
    return fill(pattern.substr(0, semicolon), alert.node, alert.facts) +
           std::string{rejects ? "; act on what it says" : pattern.substr(semicolon)};
}

std::string words(const Action& action) {
    const bool is_a_number = action.kind == ActionKind::switchover;  // the request's, for machines
    const bool has_value = action.kind == ActionKind::set_sync_names || (!action.value.empty() && !is_a_number);
    return fill(pattern_of(actions, action.kind), action.node, has_value ? Facts{{"value", action.value}} : Facts{});
}

std::string words(const OperationFile& file, WallTime now) {
    std::string text = printable(file.operation);
    if (!file.from.empty()) text += " of " + printable(file.from);
    if (!file.to.empty()) text += ", with " + printable(file.to);
    text += file.step == failed_step ? ": the last attempt failed" : ": at its step " + printable(file.step);
    text += ", begun " + duration(std::max<nanoseconds>(now - file.started, nanoseconds{0})) + " ago";
    if (file.attempts > 1) text += fmt::format(", attempt {}", file.attempts);
    if (!file.why.empty()) text += "; " + printable(file.why);
    return file.copied ? text + "; copied: " + words(*file.copied, now) : text;
}

bool is_fresh(const Copied& copied, WallTime now) {
    return now - copied.at <= 10s;
}

std::string words(const Copied& copied, WallTime now) {
    auto text = portion(copied.done_bytes, copied.total_bytes);
    if (!is_fresh(copied, now)) return text + ", not heard of for " + duration(now - copied.at);
    if (copied.done_bytes == 0 || copied.done_bytes >= copied.total_bytes || copied.took < 1s) return text;
    const auto rest = static_cast<double>(copied.total_bytes - copied.done_bytes) /
                      static_cast<double>(copied.done_bytes) * static_cast<double>(copied.took.count());
    return text + ", about " + duration(milliseconds{static_cast<std::int64_t>(rest)}) + " left";
}

std::string words(Verdict verdict) {
    switch (verdict) {
        case Verdict::healthy: return "healthy";
        case Verdict::degraded: return "degraded";
        case Verdict::no_primary: return "no primary";
        case Verdict::many_primaries: return "more than one primary";
    }
    return "";
}

}  // namespace pgcm::report
