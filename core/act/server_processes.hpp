#pragma once
// The processes of the local server, as /proc shows them. Nothing here touches a disk: links are read, never followed
// to what they name, and nothing waits for another process's memory map (as reading its cmdline would).
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pgcm::act {

// Every living process whose executable is a postgres and whose current directory is the data directory: postmaster,
// backends, orphans of a postmaster that died, a single-user server. `real_data_dir` has its symbolic links resolved
// (files.hpp, real_place). Processes of other users are seen only by root.
std::vector<int> server_processes(const std::string& real_data_dir);

// The same without allocating, for the guard: as many as there is room for, in ascending order. Gives back how many
// there are in all; empty when /proc cannot be read, which is no sign that nothing is left.
std::optional<std::size_t> find_server_processes(const std::string& real_data_dir, std::span<int> found);

// True when /proc could be read, and shows none.
bool server_is_gone(const std::string& real_data_dir);

// Of these (in ascending order) the one that is no child of another: the postmaster, while it lives. Those that have
// ended meanwhile do not count. Empty when there is none, or when several have lost theirs. One that is alone may also
// be the last orphan.
std::optional<int> postmaster_among(std::span<const int> processes);

// Sends the signal if `pid` is still a postgres in that data directory; false when it is not. Does not allocate.
bool signal_server_process(int pid, const std::string& real_data_dir, int signal);

// SIGQUIT, for an immediate shutdown: to the postmaster, which passes it on, or to all when there is none any more.
void quit_server(std::span<const int> processes, const std::string& real_data_dir);
// SIGKILL to each of them. To be repeated with what is found then: a postmaster may have forked in between.
void kill_server(std::span<const int> processes, const std::string& real_data_dir);

// Clock ticks between boot and the start of the process (field 22 of /proc/PID/stat); empty when there is none.
std::optional<std::uint64_t> start_ticks(int pid);
std::optional<int> parent_process(int pid);
// Ended, but its parent has not taken leave of it: kill(pid, 0) still finds it, and so does a starting postmaster.
bool is_zombie(int pid);

}  // namespace pgcm::act
