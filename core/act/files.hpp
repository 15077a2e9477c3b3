#pragma once
// Files whose loss would hurt: written whole or not at all, and on disk before the call returns.
// Everything here blocks; it is for the child that looks after the data directory, never for the loop.
#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include "model/error.hpp"

namespace pgcm::act {

// Owner and permissions.
struct Ownership {
    uid_t user = 0;
    gid_t group = 0;
    mode_t mode = 0600;
    static Ownership of(const struct stat& facts) { return {facts.st_uid, facts.st_gid, facts.st_mode & 07777U}; }
};

// "what path: the system's words (ERRNO)".
Error system_error(const std::string& what, const std::string& path, int error);

// Empty: there is no such file. Error: anything else that keeps it from being read, or more than 16 MiB.
Result<std::optional<std::string>> read_file(const std::string& path);
// By way of a temporary file beside it: written, synced, renamed, the directory synced. A symbolic link stays one,
// what it points to is replaced. An existing file's owner and mode are kept; a new one gets those given, and where
// none are given the directory's owner (when we are root) and 0600.
Result<void> write_file(const std::string& path, const std::string& text,
                        const std::optional<Ownership>& ownership = std::nullopt);
// The same for what nothing rests on: whole or not at all, and on disk when the system likes.
Result<void> write_unsynced(const std::string& path, const std::string& text);
// Not being there is fine. The directory is synced.
Result<void> remove_file(const std::string& path);
Result<void> sync_directory(const std::string& path);

// False only when the system says that nothing is there; a doubt is an Error.
Result<bool> exists(const std::string& path);
// Names in a directory, without "." and "..", sorted.
Result<std::vector<std::string>> names_in(const std::string& path);

// The path with symbolic links followed, the last one too; the last component need not exist.
std::string real_place(const std::string& path);
// "/a/b/" -> "/a", and "b".
std::string parent_of(const std::string& path);
std::string base_name(const std::string& path);

}  // namespace pgcm::act
