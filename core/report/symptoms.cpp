#include "report/symptoms.hpp"

#include <algorithm>
#include <array>

#include "report/cure.hpp"
#include "report/sentence.hpp"

namespace pgcm::report {
namespace {

struct Words {
    FindingCode code;
    std::string_view what;  // a pattern of sentence.hpp; empty where config/check says it
    std::string_view why;
};

// In the order of the enum, which is checked below.
constexpr auto words_of = std::to_array<Words>({
    {FindingCode::node_address, "", "each agent would take its own server for that node"},
    {FindingCode::not_a_node, "", "only an agent on a node's own host can promote, rejoin or fence its server"},
    {FindingCode::voters_few, "{voters|too few} voters can have no majority when one is lost",
     "without a vote two servers may both take themselves for the primary when the network between them is cut"},
    {FindingCode::run_as, "", "a server that cannot be started as its owner stays down after a crash or a rejoin"},
    {FindingCode::programs, "", "pgcm starts, rewinds and clones the server by PostgreSQL's own programs"},
    {FindingCode::data_directory, "the local server works in {works_in|another directory}[, not in {data_dir}]",
     "what the server would be when it is started is read from its data directory"},
    {FindingCode::file_unreadable, "", "what needs that file does not work"},
    {FindingCode::watchdog, "", "it stops the host of a primary whose agent hangs, when nothing else does"},
    {FindingCode::state_directory, "", "what an agent has seen must outlive it: a stale node may never elect itself"},
    {FindingCode::unreachable, "does not accept connections[ ({reach})][: {message}][ (SQLSTATE {sqlstate})]",
     "it can neither take over nor vote, and nothing else could be looked at there"},
    {FindingCode::examination_failed, "not all could be looked at[: {message}]", "what was not seen may be wrong"},
    {FindingCode::database_differs,
     "pgcm logs in to the database {database|of another name}[, on {there} to {expected}]",
     "the lease is an advisory lock, which belongs to one database: its votes would not be the others'"},
    {FindingCode::system_differs,
     "belongs to another cluster[: its system identifier is {system_identifier}][, not {expected}]",
     "it can never stream from this cluster's primary, nor stand in for it"},
    {FindingCode::version_differs, "runs PostgreSQL {version|of another version}[, the others {expected}]",
     "physical replication works between servers of one major version only"},
    {FindingCode::clock_skew, "its clock is off[ by {skew_ms}]",
     "logs and ages of nodes cannot be compared, and a certificate may seem to have expired"},
    {FindingCode::listens_locally, "listen_addresses is {value:q}[, and the others look for it at {address}]",
     "no standby can stream from it after a promotion, and no other agent sees it"},
    {FindingCode::replication_refused,
     "a replication connection from this host[ as {user}] is refused[: {message}][ (SQLSTATE {sqlstate})]",
     "the local server could not stream from it when it becomes primary, nor be cloned from it"},
    {FindingCode::hba_refuses,
     "pg_hba.conf lets {user|the role} from {from|another node}[ at {address}] not into {database|the database}",
     "that node could neither stream from it nor be rewound, and its agent would not see it"},
    {FindingCode::hba_unseen, "the role may not read pg_hba_file_rules",
     "replication was tried from this host only; whether the other nodes would be let in can only be read there"},
    {FindingCode::wal_level_low, "wal_level is {value:q}", "no standby can stream from it"},
    {FindingCode::hot_standby_off, "hot_standby is off",
     "as a standby it lets nobody in: it is not seen, casts no vote, and is never elected"},
    {FindingCode::wal_senders_few, "max_wal_senders is {value|low}[, {wanted} are needed]",
     "as a primary it must feed every standby, and a clone of one beside"},
    {FindingCode::standby_setting_low, "{setting|a setting} is {value|lower}, on the primary {wanted|higher}",
     "a standby that has less of it than the primary stops replaying, or does not start"},
    {FindingCode::retry_interval_long, "wal_retrieve_retry_interval is {value_ms|long}",
     "after the primary's crash a promotion waits for that long; watch keeps it at 100 ms on standbys"},
    {FindingCode::slots_few, "max_replication_slots is {value|low}[, {wanted} are needed]",
     "as a primary it must have a slot for every standby, or that one may miss WAL"},
    {FindingCode::slot_lost, "the slot {slot|of a standby} has lost WAL",
     "whoever needs that slot cannot go on from it"},
    {FindingCode::slot_retains_wal, "the slot {slot|of a standby} is idle and retains {retained_bytes|much} of WAL",
     "WAL that nobody fetches fills the disk, and a full disk stops the primary"},
    {FindingCode::slot_wal_unlimited, "max_slot_wal_keep_size is -1",
     "the slot of a standby that is gone keeps WAL until the disk is full"},
    {FindingCode::changes_untraced, "it has neither wal_log_hints nor data checksums",
     "pg_rewind cannot tell what has changed, so a former primary must be cloned whole"},
    {FindingCode::full_page_writes_off, "full_page_writes is off",
     "a crash may tear pages, and pg_rewind does not work with it as its source"},
    {FindingCode::wal_not_kept, "{setting|wal_keep_size} is 0 and there is no restore_command",
     "pg_rewind reads the old primary's WAL back to before the fork; where that is recycled, it is cloned instead"},
    {FindingCode::archiver_idle, "archive_mode is {archive_mode|on}, but no archive_command is set",
     "WAL that is never archived is never removed, and fills the disk"},
    {FindingCode::archiver_fails, "its last attempt to archive WAL failed[: {segment}]",
     "WAL that is not archived is not removed, and fills the disk"},
    {FindingCode::program_version,
     "{program|a program} is of version {version|another}[, the data directory of {expected}]",
     "it refuses to work on this data directory"},
    {FindingCode::tablespaces, "it has tablespaces of its own[: {names}]",
     "pg_basebackup beside the old directory has no place for them, so a clone is refused before anything is touched"},
    {FindingCode::clone_hindered, "no clone can be made beside the data directory[: {message}]",
     "where pg_rewind does not help, the node cannot come back by itself"},
    {FindingCode::clone_no_room, "{free_bytes|too little} is free, a clone needs {wanted_bytes|more}",
     "where pg_rewind does not help, the node cannot come back by itself"},
    {FindingCode::not_replication_role, "{role|pgcm's role} is no replication role",
     "slots, a standby's timeline, and a server whose connections are all taken need it"},
    {FindingCode::grant_missing, "{role|pgcm's role} lacks {grant|a right}[, for {purpose}]",
     "what it may not do fails in the middle of a failover"},
    {FindingCode::superuser_needed, "{role|pgcm's role} is no superuser",
     "before PostgreSQL 15, ALTER SYSTEM and CHECKPOINT need one: standbys would not follow a new primary"},
    {FindingCode::connect_public, "everybody may connect to {database|the database}",
     "any role that may connect can take an advisory lock, and so keep the lease from everybody"},
    {FindingCode::statement_timeout_short, "statement_timeout of {role|pgcm's role} is {value_ms|short}",
     "it ends the CHECKPOINT after a promotion, without which pg_rewind takes the old timeline for the new one"},
    {FindingCode::idle_timeout_short, "idle_session_timeout of {role|pgcm's role} is {value_ms|short}",
     "it ends the agent's sessions between two looks, and each look logs in anew"},
    {FindingCode::fsync_off, "fsync is off", "after a crash of its host acknowledged commits are gone, or all is"},
    {FindingCode::synchronous_commit_low, "synchronous_commit is {value:q}",
     "commits wait for no standby, whatever synchronous_standby_names says, and a failover may lose them"},
    {FindingCode::sync_name_unknown,
     "synchronous_standby_names names somebody who is no standby of the cluster[: {names}]",
     "commits wait for one who is not elected, and may be missing on those who are"},
    {FindingCode::sync_count_high,
     "synchronous_standby_names wants {count|more} standbys, and {standbys|fewer} can match[: {names}]",
     "every commit waits for ever"},
    {FindingCode::sync_strict_short, "sync.strict wants {wanted|as many} of {standbys|all} standbys",
     "the loss of one standby stops every commit, and rejoining one does so too"},
    {FindingCode::sync_star_stranger, "{name|a stranger} streams beside the standbys, and '*' may choose it",
     "commits that only a pg_receivewal or a backup has are lost in a failover"},
    {FindingCode::no_candidate, "every node is nofailover", "nobody is ever elected"},
    {FindingCode::one_candidate, "it is the only node that is not nofailover", "when it is lost, nobody is elected"},
    {FindingCode::restart_pending, "changed settings wait for a restart[: {settings}]",
     "the next restart, which may be a failover's, brings what nobody expects then"},
});

template <std::size_t n>
constexpr bool tells_all(const std::array<Words, n>& all) {
    return std::equal(all.begin(), all.end(), enum_names<FindingCode>.begin(), enum_names<FindingCode>.end(),
                      [](const Words& words, const auto& name) { return words.code == name.first; });
}
static_assert(tells_all(words_of));

const Words& of(FindingCode code) {
    return words_of.at(static_cast<std::size_t>(code));
}

// Without the facts that only the cure needs.
Facts told_in(std::string_view pattern, const Facts& facts) {
    Facts told;
    for (const auto& fact : facts)
        if (pattern.find("{" + fact.key) != std::string_view::npos) told.push_back(fact);
    return told;
}

}  // namespace

std::string_view why(FindingCode code) {
    return of(code).why;
}

Finding told(const Symptom& symptom) {
    const auto pattern = of(symptom.code).what;
    auto cure = cure_of(symptom);
    return {
        symptom.severity,      symptom.code,       symptom.node, "", fill(pattern, {}, told_in(pattern, symptom.facts)),
        std::move(cure.words), std::move(cure.sql)};
}

}  // namespace pgcm::report
