#pragma once
// The processes of the local server, as /proc shows them. Nothing here touches a disk.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgcm::act {

// Every living process whose executable is a postgres and whose current directory is the data directory: postmaster,
// backends, orphans of a postmaster that died, a single-user server. `real_data_dir` has its symbolic links resolved
// (files.hpp, real_place). Processes of other users are seen only by root.
std::vector<int> server_processes(const std::string& real_data_dir);

// Of these the one that is no child of another: the postmaster, while it lives. Empty when there is none, or when
// several have lost theirs.
std::optional<int> postmaster_among(const std::vector<int>& processes);

// Sends the signal if `pid` is still a postgres in that data directory; false when it is not.
bool signal_server_process(int pid, const std::string& real_data_dir, int signal);

// Clock ticks between boot and the start of the process (field 22 of /proc/PID/stat); empty when there is none.
std::optional<std::uint64_t> start_ticks(int pid);
std::optional<int> parent_process(int pid);
// Ended, but its parent has not taken leave of it: kill(pid, 0) still finds it, and so does a starting postmaster.
bool is_zombie(int pid);

}  // namespace pgcm::act
