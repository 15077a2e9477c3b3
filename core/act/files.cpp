#include "act/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "act/descriptor.hpp"

namespace pgcm::act {
namespace {

constexpr std::size_t largest_file = std::size_t{16} * 1024 * 1024;

Result<void> write_all(int file, const std::string& text, const std::string& path) {
    for (std::size_t done = 0; done < text.size();) {
        const auto wrote = ::write(file, text.data() + done, text.size() - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return fail(system_error("cannot write", path, errno));
        done += static_cast<std::size_t>(wrote);
    }
    return {};
}

Result<void> sync(int file, const std::string& path) {
    if (::fsync(file) != 0) return fail(system_error("cannot sync", path, errno));
    return {};
}

Result<void> own(int file, const Ownership& ownership, const std::string& path) {
    struct stat now {};
    if (::fstat(file, &now) != 0) return fail(system_error("cannot look at", path, errno));
    const bool same = now.st_uid == ownership.user && now.st_gid == ownership.group;
    if (!same && ::fchown(file, ownership.user, ownership.group) != 0)
        return fail(system_error("cannot set the owner of", path, errno));
    if (::fchmod(file, ownership.mode) != 0) return fail(system_error("cannot set the mode of", path, errno));
    return {};
}

// What a file at `path` should belong to: as it is now, or as was asked for, or as its directory.
Result<Ownership> ownership_for(const std::string& path, const std::optional<Ownership>& wanted) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) == 0) return Ownership::of(facts);
    if (errno != ENOENT) return fail(system_error("cannot look at", path, errno));
    if (wanted) return *wanted;
    if (::geteuid() != 0) return Ownership{::geteuid(), ::getegid(), 0600};
    if (::stat(parent_of(path).c_str(), &facts) != 0)
        return fail(system_error("cannot look at", parent_of(path), errno));
    return Ownership{facts.st_uid, facts.st_gid, 0600};
}

enum class Durably { no, yes };

Result<void> replace_file(const std::string& place, const std::string& text, const std::optional<Ownership>& ownership,
                          Durably durably) {
    const auto owner = ownership_for(place, ownership);
    if (!owner) return fail(owner.error());
    const auto temporary = place + ".pgcm-tmp";
    ::unlink(temporary.c_str());
    Descriptor file{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file) return fail(system_error("cannot write", temporary, errno));
    auto done = own(file.get(), *owner, temporary);
    if (done) done = write_all(file.get(), text, temporary);
    if (done && durably == Durably::yes) done = sync(file.get(), temporary);
    if (done && ::rename(temporary.c_str(), place.c_str()) != 0)
        done = fail(system_error("cannot replace", place, errno));
    if (!done) ::unlink(temporary.c_str());
    return done;
}

}  // namespace

Error system_error(const std::string& what, const std::string& path, int error) {
    return {ErrorCode::failed, fmt::format("{} {}: {}", what, path, std::strerror(error)), {}};
}

Result<std::optional<std::string>> read_file(const std::string& path) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (!file && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
    if (!file) return fail(system_error("cannot read", path, errno));
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
        const auto size = ::read(file.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fail(system_error("cannot read", path, errno));
        if (size == 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(size));
        if (text.size() > largest_file) return fail(path + " is larger than 16 MiB");
    }
}

Result<void> write_file(const std::string& path, const std::string& text, const std::optional<Ownership>& ownership) {
    const auto place = real_place(path);
    if (auto replaced = replace_file(place, text, ownership, Durably::yes); !replaced) return replaced;
    return sync_directory(parent_of(place));
}

Result<void> write_unsynced(const std::string& path, const std::string& text) {
    return replace_file(path, text, std::nullopt, Durably::no);
}

Result<void> remove_file(const std::string& path) {
    if (::unlink(path.c_str()) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return {};
        return fail(system_error("cannot remove", path, errno));
    }
    return sync_directory(parent_of(path));
}

Result<void> sync_directory(const std::string& path) {
    const Descriptor directory{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!directory) return fail(system_error("cannot open", path, errno));
    // Some file systems cannot sync a directory and say EINVAL; PostgreSQL lets that pass too.
    if (::fsync(directory.get()) != 0 && errno != EINVAL && errno != EBADF)
        return fail(system_error("cannot sync", path, errno));
    return {};
}

Result<bool> exists(const std::string& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return fail(system_error("cannot look at", path, errno));
}

Result<std::vector<std::string>> names_in(const std::string& path) {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory{::opendir(path.c_str()), &::closedir};
    if (!directory) return fail(system_error("cannot list", path, errno));
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string name{&entry->d_name[0]};
        if (name != "." && name != "..") names.push_back(name);
        errno = 0;
    }
    if (errno != 0) return fail(system_error("cannot list", path, errno));
    std::sort(names.begin(), names.end());
    return names;
}

std::string real_place(const std::string& path) {
    namespace fs = std::filesystem;
    constexpr int too_many_links = 40;
    std::error_code error;
    fs::path place = fs::path{parent_of(path)} / base_name(path);
    for (int i = 0; i < too_many_links && fs::is_symlink(place, error); ++i) {
        const auto target = fs::read_symlink(place, error);
        if (error) break;
        place = target.is_absolute() ? target : place.parent_path() / target;
        place = fs::path{parent_of(place.string())} / base_name(place.string());
    }
    const auto parent = fs::canonical(place.parent_path(), error);
    return ((error ? place.parent_path() : parent) / place.filename()).string();
}

std::string parent_of(const std::string& path) {
    const auto end = path.find_last_not_of('/');
    if (end == std::string::npos) return path.empty() ? "." : "/";
    const auto slash = path.find_last_of('/', end);
    if (slash == std::string::npos) return ".";
    const auto last = path.find_last_not_of('/', slash);
    return last == std::string::npos ? "/" : path.substr(0, last + 1);
}

std::string base_name(const std::string& path) {
    const auto end = path.find_last_not_of('/');
    if (end == std::string::npos) return {};
    const auto slash = path.find_last_of('/', end);
    return path.substr(slash == std::string::npos ? 0 : slash + 1,
                       end - (slash == std::string::npos ? std::string::npos : slash));
}

}  // namespace pgcm::act
