#pragma once
// Something about the configuration, the host or a server that a person should mend before it matters.
#include <optional>
#include <string>
#include <vector>

#include "model/alert.hpp"

// Each code once: the enum and its spelling come from this list.
#define PGCM_FINDINGS(FINDING)        \
    /* the file, and what it names */ \
    FINDING(node_address)             \
    FINDING(not_a_node)               \
    FINDING(voters_few)               \
    FINDING(run_as)                   \
    FINDING(programs)                 \
    FINDING(data_directory)           \
    FINDING(file_unreadable)          \
    FINDING(watchdog)                 \
    FINDING(state_directory)          \
    /* who answers, and as what */    \
    FINDING(unreachable)              \
    FINDING(examination_failed)       \
    FINDING(database_differs)         \
    FINDING(system_differs)           \
    FINDING(version_differs)          \
    FINDING(clock_skew)               \
    FINDING(listens_locally)          \
    /* replication */                 \
    FINDING(replication_refused)      \
    FINDING(hba_refuses)              \
    FINDING(hba_unseen)               \
    FINDING(wal_level_low)            \
    FINDING(hot_standby_off)          \
    FINDING(wal_senders_few)          \
    FINDING(standby_setting_low)      \
    FINDING(retry_interval_long)      \
    /* slots */                       \
    FINDING(slots_few)                \
    FINDING(slot_lost)                \
    FINDING(slot_retains_wal)         \
    FINDING(slot_wal_unlimited)       \
    /* rejoin */                      \
    FINDING(changes_untraced)         \
    FINDING(full_page_writes_off)     \
    FINDING(wal_not_kept)             \
    FINDING(archiver_idle)            \
    FINDING(archiver_fails)           \
    FINDING(program_version)          \
    FINDING(tablespaces)              \
    FINDING(clone_hindered)           \
    FINDING(clone_no_room)            \
    /* the role */                    \
    FINDING(not_replication_role)     \
    FINDING(grant_missing)            \
    FINDING(superuser_needed)         \
    FINDING(connect_public)           \
    FINDING(statement_timeout_short)  \
    FINDING(idle_timeout_short)       \
    /* durability and availability */ \
    FINDING(fsync_off)                \
    FINDING(synchronous_commit_low)   \
    FINDING(sync_name_unknown)        \
    FINDING(sync_count_high)          \
    FINDING(sync_strict_short)        \
    FINDING(sync_star_stranger)       \
    FINDING(no_candidate)             \
    FINDING(one_candidate)            \
    FINDING(restart_pending)

namespace pgcm {

#define PGCM_FINDING(name) name,
enum class FindingCode { PGCM_FINDINGS(PGCM_FINDING) };
#undef PGCM_FINDING

#define PGCM_FINDING(name) EnumName<FindingCode>{FindingCode::name, #name},
template <>
inline constexpr auto enum_names<FindingCode> = std::array{PGCM_FINDINGS(PGCM_FINDING)};
#undef PGCM_FINDING

// What was found on a server, as facts; report/symptoms makes a Finding of it.
struct Symptom {
    FindingCode code;
    Severity severity;
    std::optional<NodeName> node;  // empty: the cluster as a whole
    Facts facts;
    bool operator==(const Symptom&) const = default;
};
using Symptoms = std::vector<Symptom>;

// The same in words.
struct Finding {
    Severity severity;
    FindingCode code;
    std::optional<NodeName> node;  // whose server it is about; empty: this host and its file, or the whole cluster
    std::string subject;           // the key of the file it is about, e.g. "postgres.bin_dir"; may be empty
    std::string what;
    std::string remedy;            // in words; beside `sql`: what is left to do
    std::vector<std::string> sql;  // to be run on `node` as a superuser, in this order, each by itself
    bool operator==(const Finding&) const = default;
};

}  // namespace pgcm
