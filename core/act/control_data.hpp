#pragma once
// What pg_controldata says of a data directory.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/error.hpp"
#include "model/lsn.hpp"

namespace pgcm::act {

struct ControlData {
    std::optional<std::uint64_t> system_identifier;
    std::optional<std::string> cluster_state;   // "in production", "shut down", "in archive recovery", ...
    std::optional<Timeline> timeline;           // of the latest checkpoint; stays old after a promotion (LESSONS 25)
    std::optional<Lsn> checkpoint;              // where the latest checkpoint is
    std::optional<Timeline> recovery_timeline;  // of the minimum recovery ending location, on a standby
    std::optional<std::uint64_t> wal_segment_bytes, wal_block_bytes;
    bool full_page_writes = false;
    bool wal_log_hints = false;
    bool checksums = false;

    bool shut_down() const;  // cleanly: no recovery is needed before the next start
};

// From its output in the C locale. Lines that are not known, or not there, are left out.
ControlData parse_control_data(std::string_view output);

// Runs bin_dir/pg_controldata and waits for it; for the child that looks after the data directory.
Result<ControlData> read_control_data(const std::string& bin_dir, const std::string& data_dir);

// Major version from PG_VERSION, e.g. 15. Error: the directory holds no server's data.
Result<int> major_version(const std::string& data_dir);

// A program of PostgreSQL: bin_dir/name, or the name alone (PATH) where bin_dir is empty.
std::string tool(const std::string& bin_dir, std::string_view name);

}  // namespace pgcm::act
