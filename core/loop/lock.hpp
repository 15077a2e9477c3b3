#pragma once
// One watch a node, and one operation at a time: flock on files of the state directory.
#include <string>

#include "model/error.hpp"

namespace pgcm::loop {

// Held until destroyed; the kernel lets go when the process dies, however it dies.
class FileLock {
  public:
    FileLock() = default;
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

    // Never waits. Error: busy, naming the holder ("watch, pid 4711"), when another process holds it. `who` is what
    // the others will read. Opens a file, so it may block on a hung disk: not for the loop.
    static Result<FileLock> take(const std::string& path, const std::string& who);

    // For the loop: the file is opened once, the lock itself waits for no disk.
    static Result<FileLock> open(const std::string& path);
    bool try_lock(const std::string& who);
    void unlock();

  private:
    int file_ = -1;
};

}  // namespace pgcm::loop
