#pragma once
// Why something is done, or is not. The words a person reads are made in report/words.
#include <array>
#include <optional>
#include <string_view>

#include "model/names.hpp"

// Each rule once: the enum and its spelling come from this list.
#define PGCM_RULES(RULE)              \
    /* the cluster */                 \
    RULE(primary_healthy)             \
    RULE(primary_alive_but_rejecting) \
    RULE(primary_heard_by_standby)    \
    RULE(promotion_under_way)         \
    RULE(no_primary)                  \
    RULE(many_primaries)              \
    /* the agent */                   \
    RULE(no_local_node)               \
    RULE(operation_running)           \
    RULE(operation_unfinished)        \
    RULE(manual_mode)                 \
    RULE(retry_later)                 \
    RULE(hook_vetoed)                 \
    RULE(paused)                      \
    RULE(pause_ends)                  \
    /* switchover */                  \
    RULE(switchover_asked)            \
    RULE(switchover_failed)           \
    RULE(not_streaming)               \
    RULE(target_lags)                 \
    RULE(agent_missing)               \
    /* the lease */                   \
    RULE(lease_held)                  \
    RULE(lease_expires)               \
    RULE(lease_sought)                \
    RULE(lease_ripens)                \
    RULE(lease_out_of_reach)          \
    RULE(lease_held_elsewhere)        \
    RULE(lease_never_held)            \
    RULE(lease_renewed_first)         \
    RULE(higher_term)                 \
    RULE(host_slept)                  \
    RULE(promotes_without_lease)      \
    RULE(memory_lost)                 \
    RULE(rank_waits)                  \
    RULE(looks_again_with_lease)      \
    RULE(standbys_missing)            \
    RULE(standbys_enough)             \
    RULE(commits_may_be_lost)         \
    RULE(standbys_attached)           \
    RULE(gives_way_to_candidate)      \
    RULE(primary_without_lease)       \
    RULE(sync_not_ready)              \
    RULE(waits_as_standby)            \
    RULE(other_mark)                  \
    RULE(mark_awaited)                \
    RULE(vote_needed)                 \
    /* election */                    \
    RULE(failover_after_running)      \
    RULE(network_down)                \
    RULE(network_unknown)             \
    RULE(observation_stale)           \
    RULE(never_saw_primary)           \
    RULE(nofailover)                  \
    RULE(not_standby)                 \
    RULE(not_primary)                 \
    RULE(not_accepting)               \
    RULE(position_unknown)            \
    RULE(system_differs)              \
    RULE(older_than_last_seen)        \
    RULE(lag_over_max)                \
    RULE(better_standby)              \
    RULE(best_standby)                \
    RULE(only_standby)                \
    /* a server that is down */       \
    RULE(not_managed)                 \
    RULE(local_process_runs)          \
    RULE(local_unknown)               \
    RULE(data_directory_missing)      \
    RULE(broken_by_rewind)            \
    RULE(start_standby)               \
    RULE(start_primary)               \
    RULE(start_grace)                 \
    RULE(start_timed_out)             \
    RULE(hand_over_after_crash)       \
    RULE(former_primary_rejoins)      \
    RULE(another_primary_lives)       \
    /* two primaries */               \
    RULE(conflict_wait)               \
    RULE(conflict_keeps)              \
    RULE(conflict_loses)              \
    RULE(conflict_manual)             \
    RULE(conflict_undecided)          \
    /* following */                   \
    RULE(follows)                     \
    RULE(follows_wrong_node)          \
    RULE(not_streaming_yet)           \
    RULE(diverged)                    \
    RULE(retry_interval_high)         \
    /* synchronous standbys */        \
    RULE(sync_right)                  \
    RULE(sync_changes)                \
    RULE(sync_degrade_wait)           \
    RULE(sync_strict_holds)

namespace pgcm {

#define PGCM_RULE(name) name,
enum class Rule { PGCM_RULES(PGCM_RULE) };
#undef PGCM_RULE

#define PGCM_RULE(name) EnumName<Rule>{Rule::name, #name},
template <>
inline constexpr auto enum_names<Rule> = std::array{PGCM_RULES(PGCM_RULE)};
#undef PGCM_RULE

}  // namespace pgcm
