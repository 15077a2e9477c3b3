#pragma once
// A position in the write-ahead log, and the timeline it belongs to.
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgcm {

// Byte position in the WAL; printed as PostgreSQL prints pg_lsn ("16/B374D848").
struct Lsn {
    std::uint64_t value = 0;
    auto operator<=>(const Lsn&) const = default;
};

std::string to_string(Lsn lsn);
// Empty unless the whole text is "hex/hex", each part of 1 to 8 digits.
std::optional<Lsn> parse_lsn(std::string_view text);
// ahead - behind in bytes; 0 when `behind` is not behind.
std::uint64_t bytes_between(Lsn behind, Lsn ahead);

// Timeline number; 0 is not a timeline.
struct Timeline {
    std::uint32_t value = 0;
    auto operator<=>(const Timeline&) const = default;
};

std::string to_string(Timeline timeline);
// The timeline of a WAL file name as pg_walfile_name() gives it: its first 8 hexadecimal digits (LESSONS 25).
std::optional<Timeline> timeline_of_wal_file(std::string_view name);

// Where a timeline ended and the next one began: one line of a .history file.
struct TimelineSwitch {
    Timeline timeline;  // the one that ended
    Lsn end;            // first byte that is not part of it
    auto operator<=>(const TimelineSwitch&) const = default;
};

}  // namespace pgcm
