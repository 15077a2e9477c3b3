#include "act/clone_directory.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "act/files.hpp"
#include "act/server_processes.hpp"

namespace pgcm::act {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view old_suffix = ".pgcm-old-";

std::string ready_path(const Place& place) {
    return real_place(place.data_dir) + ".pgcm-ready";
}

// Never follows a symbolic link; a tree that is not there is fine.
Result<void> remove_tree(const std::string& path) {
    std::error_code error;
    fs::remove_all(path, error);
    if (error) return fail(system_error("cannot remove", path, error.value()));
    return {};
}

Result<void> rename_durably(const std::string& old_path, const std::string& new_path) {
    if (::rename(old_path.c_str(), new_path.c_str()) != 0)
        return fail(system_error(fmt::format("cannot rename {} to", old_path), new_path, errno));
    return sync_directory(parent_of(new_path));
}

// As /proc/self/mountinfo writes a path.
std::string mount_escaped(const std::string& path) {
    std::string out;
    for (const char c : path) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\\')
            out += fmt::format("\\{:03o}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        else
            out += c;
    }
    return out;
}

bool is_mount_point(const std::string& path) {
    const auto mounts = read_file("/proc/self/mountinfo");
    std::istringstream lines{mounts ? mounts->value_or("") : ""};
    const auto wanted = mount_escaped(path);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields{line};
        std::string number, parent, device, root, point;
        fields >> number >> parent >> device >> root >> point;
        if (point == wanted) return true;
    }
    return false;
}

Result<void> refuse_if_running(const std::string& data_dir) {
    const auto running = server_processes(data_dir);
    if (running.empty()) return {};
    return fail(ErrorCode::refused, fmt::format("a process of the server still lives (pid {})", running.front()));
}

// Oldest first: the stamp sorts.
Result<std::vector<std::string>> old_directories(const std::string& data_dir) {
    const auto names = names_in(parent_of(data_dir));
    if (!names) return fail(names.error());
    const auto prefix = base_name(data_dir) + std::string{old_suffix};
    std::vector<std::string> found;
    for (const auto& name : *names) {
        const auto stamp = name.starts_with(prefix) ? name.substr(prefix.size()) : "";
        if (!stamp.empty() && stamp.find_first_not_of("0123456789TZ-") == std::string::npos)
            found.push_back(parent_of(data_dir) + "/" + name);
    }
    return found;
}

Result<void> empty_directory(const std::string& path) {
    const auto names = names_in(path);
    if (!names) return fail(names.error());
    for (const auto& name : *names)
        if (name != "lost+found")
            if (auto removed = remove_tree(path + "/" + name); !removed) return removed;
    return sync_directory(path);
}

}  // namespace

std::string clone_path(const Place& place) {
    return real_place(place.data_dir) + ".pgcm-new";
}

std::string clone_obstacle(const Place& place) {
    const auto data_dir = real_place(place.data_dir);
    if (is_mount_point(data_dir)) return data_dir + " is a mount point and cannot be renamed";
    if (::access(parent_of(data_dir).c_str(), W_OK | X_OK) != 0)
        return fmt::format("{} may not be written by the server's user", parent_of(data_dir));
    struct stat facts {};
    const auto wal = data_dir + "/pg_wal";
    if (::lstat(wal.c_str(), &facts) == 0 && S_ISLNK(facts.st_mode))
        return fmt::format("{} is a symbolic link, and a clone beside would not keep it", wal);
    return {};
}

Result<void> discard_clone(const Place& place) {
    if (auto removed = remove_tree(clone_path(place)); !removed) return removed;
    const auto standing = exists(real_place(place.data_dir));
    if (!standing) return fail(standing.error());
    // Without a data directory a complete clone is all there is: finish_swap() puts it in place.
    return *standing ? remove_tree(ready_path(place)) : Result<void>{};
}

Result<void> accept_clone(const Place& place) {
    if (auto removed = remove_tree(ready_path(place)); !removed) return removed;
    return rename_durably(clone_path(place), ready_path(place));
}

Result<void> swap_in(const Place& place, const std::string& stamp) {
    const auto data_dir = real_place(place.data_dir);
    const auto ready = exists(ready_path(place));
    if (!ready) return fail(ready.error());
    if (!*ready) return fail("there is no complete clone at " + ready_path(place));
    if (auto idle = refuse_if_running(data_dir); !idle) return idle;
    const auto standing = exists(data_dir);
    if (!standing) return fail(standing.error());
    if (*standing) {
        auto old_path = data_dir + std::string{old_suffix} + stamp;
        for (int i = 2; exists(old_path).value_or(true); ++i)
            old_path = fmt::format("{}{}{}-{}", data_dir, old_suffix, stamp, i);
        if (auto moved = rename_durably(data_dir, old_path); !moved) return moved;
    }
    return rename_durably(ready_path(place), data_dir);
}

Result<bool> finish_swap(const Place& place) {
    const auto data_dir = real_place(place.data_dir);
    const auto standing = exists(data_dir);
    const auto ready = exists(ready_path(place));
    if (!standing || !ready) return fail(standing ? ready.error() : standing.error());
    if (*standing || !*ready) return false;
    if (auto moved = rename_durably(ready_path(place), data_dir); !moved) return fail(moved.error());
    return true;
}

Result<int> discard_old(const Place& place, bool keep_first) {
    const auto data_dir = real_place(place.data_dir);
    auto found = old_directories(data_dir);
    if (!found) return fail(found.error());
    if (keep_first && !found->empty()) found->erase(found->begin());
    for (const auto& path : *found)
        if (auto removed = remove_tree(path); !removed) return fail(removed.error());
    if (!found->empty())
        if (auto synced = sync_directory(parent_of(data_dir)); !synced) return fail(synced.error());
    return static_cast<int>(found->size());
}

Result<void> empty_in_place(const Place& place) {
    const auto data_dir = real_place(place.data_dir);
    if (auto idle = refuse_if_running(data_dir); !idle) return idle;
    if (::mkdir(data_dir.c_str(), 0700) != 0 && errno != EEXIST)
        return fail(system_error("cannot make", data_dir, errno));
    const auto wal = data_dir + "/pg_wal";
    struct stat facts {};
    if (::lstat(wal.c_str(), &facts) == 0 && S_ISLNK(facts.st_mode))
        if (auto emptied = empty_directory(real_place(wal)); !emptied) return emptied;
    return empty_directory(data_dir);
}

}  // namespace pgcm::act
