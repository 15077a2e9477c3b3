#pragma once
// What the agent sees of its own host: the server's processes, its data directory, the network.
#include <cstdint>
#include <optional>
#include <string>

#include "model/lsn.hpp"
#include "model/names.hpp"
#include "model/time.hpp"

namespace pgcm {

enum class Process { unknown, running, stopped };
template <>
inline constexpr auto enum_names<Process> = std::array{
    EnumName<Process>{Process::unknown, "unknown"},
    EnumName<Process>{Process::running, "running"},
    EnumName<Process>{Process::stopped, "stopped"},
};

// What the data directory would be when started.
enum class Lineup { unknown, empty, primary, standby };
template <>
inline constexpr auto enum_names<Lineup> = std::array{
    EnumName<Lineup>{Lineup::unknown, "unknown"},
    EnumName<Lineup>{Lineup::empty, "empty"},      // no data directory, or nothing in it
    EnumName<Lineup>{Lineup::primary, "primary"},  // neither standby.signal nor recovery.signal
    EnumName<Lineup>{Lineup::standby, "standby"},
};

enum class Network { unknown, up, down };
template <>
inline constexpr auto enum_names<Network> = std::array{
    EnumName<Network>{Network::unknown, "unknown"},
    EnumName<Network>{Network::up, "up"},
    EnumName<Network>{Network::down, "down"},
};

struct LocalHost {
    BootTime looked_at;
    Process process = Process::unknown;
    std::optional<int> postmaster_pid;
    Lineup lineup = Lineup::unknown;
    std::optional<std::uint64_t> system_identifier;  // of pg_control
    std::optional<Timeline> timeline;                // of pg_control's latest checkpoint
    std::optional<Lsn> checkpoint;
    std::optional<std::string> cluster_state;  // pg_control's, e.g. "shut down", "in production"
    bool rewinding = false;                    // a pg_rewind died here: never start it (LESSONS 15)
    bool disk_stalled = false;                 // the data directory did not answer within the deadline
    std::string message;                       // what went wrong while looking; may be empty
    Network network = Network::unknown;
    std::string network_message;
    std::optional<WallTime> resumed;  // `pgcm resume` ended the pause of that moment here, for want of a primary
    bool operator==(const LocalHost&) const = default;
};

}  // namespace pgcm
