#pragma once
// A standing fact that a person should know of.
#include <optional>
#include <vector>

#include "model/facts.hpp"
#include "model/names.hpp"
#include "model/node_name.hpp"

namespace pgcm {

enum class AlertCode {
    no_primary,
    many_primaries,
    no_standby,
    node_unreachable,
    witness_unreachable,
    not_following,
    lag,
    replay_paused,
    system_differs,
    diverged,
    lease_no_majority,
    lease_stranger,
    lease_without_primary,
    primary_without_lease,
    sync_degraded,
    slot_retains_wal,
    slot_lost,
    wal_grows,
    clock_skew,
    missing_grant,
    disk_stalled,
    network_down,
    state_unwritable,
    state_unreadable,
    guard_missing,
    operation_failed,
    hook_failed,
    hook_vetoed,
};
template <>
inline constexpr auto enum_names<AlertCode> = std::array{
    EnumName<AlertCode>{AlertCode::no_primary, "no_primary"},
    EnumName<AlertCode>{AlertCode::many_primaries, "many_primaries"},
    EnumName<AlertCode>{AlertCode::no_standby, "no_standby"},
    EnumName<AlertCode>{AlertCode::node_unreachable, "node_unreachable"},
    EnumName<AlertCode>{AlertCode::witness_unreachable, "witness_unreachable"},
    EnumName<AlertCode>{AlertCode::not_following, "not_following"},
    EnumName<AlertCode>{AlertCode::lag, "lag"},
    EnumName<AlertCode>{AlertCode::replay_paused, "replay_paused"},
    EnumName<AlertCode>{AlertCode::system_differs, "system_differs"},
    EnumName<AlertCode>{AlertCode::diverged, "diverged"},
    EnumName<AlertCode>{AlertCode::lease_no_majority, "lease_no_majority"},
    EnumName<AlertCode>{AlertCode::lease_stranger, "lease_stranger"},
    EnumName<AlertCode>{AlertCode::lease_without_primary, "lease_without_primary"},
    EnumName<AlertCode>{AlertCode::primary_without_lease, "primary_without_lease"},
    EnumName<AlertCode>{AlertCode::sync_degraded, "sync_degraded"},
    EnumName<AlertCode>{AlertCode::slot_retains_wal, "slot_retains_wal"},
    EnumName<AlertCode>{AlertCode::slot_lost, "slot_lost"},
    EnumName<AlertCode>{AlertCode::wal_grows, "wal_grows"},
    EnumName<AlertCode>{AlertCode::clock_skew, "clock_skew"},
    EnumName<AlertCode>{AlertCode::missing_grant, "missing_grant"},
    EnumName<AlertCode>{AlertCode::disk_stalled, "disk_stalled"},
    EnumName<AlertCode>{AlertCode::network_down, "network_down"},
    EnumName<AlertCode>{AlertCode::state_unwritable, "state_unwritable"},
    EnumName<AlertCode>{AlertCode::state_unreadable, "state_unreadable"},
    EnumName<AlertCode>{AlertCode::guard_missing, "guard_missing"},
    EnumName<AlertCode>{AlertCode::operation_failed, "operation_failed"},
    EnumName<AlertCode>{AlertCode::hook_failed, "hook_failed"},
    EnumName<AlertCode>{AlertCode::hook_vetoed, "hook_vetoed"},
};

// notice: worth telling, the cluster is healthy; warning: degraded; critical: no service, or data at risk.
enum class Severity { notice, warning, critical };
template <>
inline constexpr auto enum_names<Severity> = std::array{
    EnumName<Severity>{Severity::notice, "notice"},
    EnumName<Severity>{Severity::warning, "warning"},
    EnumName<Severity>{Severity::critical, "critical"},
};

struct Alert {
    AlertCode code;
    Severity severity;
    std::optional<NodeName> node;
    Facts facts;
    bool operator==(const Alert&) const = default;
};
using Alerts = std::vector<Alert>;

}  // namespace pgcm
