#pragma once
// A clone is made beside the data directory and takes its place by renaming. The names tell how far it came:
//   DATA_DIR.pgcm-new             being made; worth nothing
//   DATA_DIR.pgcm-ready           complete, configured and on disk
//   DATA_DIR.pgcm-old-YYYYMMDDTHHMMSSZ   what stood there before
// so whoever was killed in between is followed by one who knows. Everything here blocks, as in data_directory.hpp.
#include <string>

#include "act/data_directory.hpp"

namespace pgcm::act {

// Where a clone is made: the real data directory's name with ".pgcm-new".
std::string clone_path(const Place& place);

// Why no clone can be made beside it: a mount point, a parent that may not be written, pg_wal elsewhere. Empty: none.
std::string clone_obstacle(const Place& place);

// Removes what an earlier clone left: -new, and -ready where the data directory stands.
Result<void> discard_clone(const Place& place);

// -new becomes -ready: after the clone was made, configured and synced.
Result<void> accept_clone(const Place& place);

// The data directory becomes -old, -ready becomes the data directory. `stamp` is the time in UTC, YYYYMMDDTHHMMSSZ.
// Refused while a process of the server lives.
Result<void> swap_in(const Place& place, const std::string& stamp);

// Finishes a swap that was interrupted between its two renames; true when there was one.
Result<bool> finish_swap(const Place& place);

// Removes the old directories. With `keep_first`, the oldest stays: it holds the data from before the first attempt.
// Gives back how many were removed.
Result<int> discard_old(const Place& place, bool keep_first);

// In place: removes everything inside the data directory and inside pg_wal where that is a link, but not the
// directory itself, which may be a mount point. Makes it where it is missing.
Result<void> empty_in_place(const Place& place);

}  // namespace pgcm::act
