#pragma once
// The part of the configuration that decisions depend on. Names and defaults are those of the configuration file.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/address.hpp"
#include "model/names.hpp"
#include "model/node_name.hpp"
#include "model/time.hpp"

namespace pgcm {

enum class FailoverMode { automatic, manual };
template <>
inline constexpr auto enum_names<FailoverMode> = std::array{
    EnumName<FailoverMode>{FailoverMode::automatic, "auto"},
    EnumName<FailoverMode>{FailoverMode::manual, "manual"},
};
enum class Quorum { any, majority, etcd };
template <>
inline constexpr auto enum_names<Quorum> = std::array{
    EnumName<Quorum>{Quorum::any, "any"},
    EnumName<Quorum>{Quorum::majority, "majority"},
    EnumName<Quorum>{Quorum::etcd, "etcd"},
};
enum class OnCrash { restart, failover };
template <>
inline constexpr auto enum_names<OnCrash> = std::array{
    EnumName<OnCrash>{OnCrash::restart, "restart"},
    EnumName<OnCrash>{OnCrash::failover, "failover"},
};
enum class ConflictKeep { timeline, largest, manual };
template <>
inline constexpr auto enum_names<ConflictKeep> = std::array{
    EnumName<ConflictKeep>{ConflictKeep::timeline, "timeline"},
    EnumName<ConflictKeep>{ConflictKeep::largest, "largest"},
    EnumName<ConflictKeep>{ConflictKeep::manual, "manual"},
};
enum class SyncMode { off, automatic, quorum, priority };
template <>
inline constexpr auto enum_names<SyncMode> = std::array{
    EnumName<SyncMode>{SyncMode::off, "off"},
    EnumName<SyncMode>{SyncMode::automatic, "auto"},
    EnumName<SyncMode>{SyncMode::quorum, "quorum"},
    EnumName<SyncMode>{SyncMode::priority, "priority"},
};

struct NodePolicy {
    NodeName name;
    int priority = 100;
    bool nofailover = false;
    std::vector<Address> addresses;  // all under which it is reached; compared with what primary_conninfo says
    bool operator==(const NodePolicy&) const = default;
};

struct Policy {
    std::string cluster;
    std::optional<NodeName> local;
    std::vector<NodePolicy> nodes;  // the configuration's order
    bool managed = true;            // the agent starts and stops the server
    std::string slot = "pgcm_{node}";

    milliseconds scan_period{1000};
    milliseconds probe_timeout{1000};
    milliseconds failover_after{10000};
    milliseconds conflict_after{35000};
    milliseconds primary_start_timeout{60000};
    milliseconds follow_check_after{15000};

    std::vector<NodeName> witnesses;  // voters beside the nodes
    milliseconds lease_ttl{10000};
    milliseconds fence_margin{3000};
    bool trust_refused = false;

    FailoverMode mode = FailoverMode::automatic;
    Quorum quorum = Quorum::any;
    OnCrash on_crash = OnCrash::restart;
    std::optional<std::uint64_t> max_lag_bytes;
    ConflictKeep keep = ConflictKeep::timeline;

    SyncMode sync_mode = SyncMode::automatic;
    int sync_count = 1;
    bool sync_strict = false;
    milliseconds sync_degrade_after{5000};
    bool operator==(const Policy&) const = default;

    const NodePolicy* find(const NodeName& name) const {
        for (const auto& node : nodes)
            if (node.name == name) return &node;
        return nullptr;
    }
    std::size_t voters() const { return nodes.size() + witnesses.size(); }
};

}  // namespace pgcm
