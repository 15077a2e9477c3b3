#pragma once
// The end of a stopped server's WAL.
#include <optional>
#include <string>

#include "act/control_data.hpp"

namespace pgcm::act {

// The end of its WAL: the shutdown checkpoint, and the page at least that comes before. Commits and promotions in there
// are dated to the microsecond, the checkpoint names its second and the next transaction: another server that has the
// same bytes in the same place has the same history up to there, whatever the numbers of timelines say (LESSONS 1).
struct WalTail {
    Timeline timeline;
    Lsn begin, end;
    std::string bytes;  // as they stand in pg_wal from `begin` to `end`, page headers included
};

// Empty: it was not shut down cleanly as a primary, or its end cannot be read. Source: access/xlogrecord.h,
// access/xlog_internal.h; the same in 12 to 18.
std::optional<WalTail> wal_tail(const std::string& data_dir, const ControlData& control);

}  // namespace pgcm::act
