#include "loop/lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace pgcm::loop {

FileLock::FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
}

FileLock::~FileLock() {
    if (file_ >= 0) ::close(file_);
}

Result<FileLock> FileLock::open(const std::string& path) {
    FileLock lock;
    lock.file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (lock.file_ < 0) return fail("could not open " + path + ": " + std::strerror(errno));
    return lock;
}

bool FileLock::try_lock(const std::string& who) {
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) return false;
    // Only what others read when they find it locked; the lock does not depend on it.
    const std::string text = who + ", pid " + std::to_string(::getpid());
    if (::ftruncate(file_, 0) == 0 && ::pwrite(file_, text.data(), text.size(), 0) < 0) return true;
    return true;
}

void FileLock::unlock() {
    ::flock(file_, LOCK_UN);
}

Result<FileLock> FileLock::take(const std::string& path, const std::string& who) {
    auto lock = open(path);
    if (!lock || lock->try_lock(who)) return lock;
    char holder[256] = {};
    const bool named = ::pread(lock->file_, holder, sizeof holder - 1, 0) > 0;
    return fail(ErrorCode::busy, (named ? std::string(holder) : "another pgcm") + " already works on this node",
                "wait for it to end, or stop it");
}

}  // namespace pgcm::loop
