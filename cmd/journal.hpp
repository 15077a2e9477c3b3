#pragma once
// Journals and bundles from disk, a line at a time: they may be large.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"
#include "model/time.hpp"

namespace pgcm::cmd {

// `whole`: false for a last line that has no end; it may still be written.
using TakeLine = std::function<void(std::string_view line, bool whole)>;

// The lines of a file, or of standard input for "-". Error: usage, naming it.
Result<void> each_line(const std::string& path, const TakeLine& take);

// The journal of a state directory, oldest part first. Error: usage, where there is none.
Result<std::vector<std::string>> journal_files(const std::string& state_dir);

// "2h": so long ago; or a time as "2026-11-26T17:01:02Z" or "2026-11-26 17:01". Error: usage.
Result<WallTime> moment_of(const std::string& text, WallTime now);

}  // namespace pgcm::cmd
