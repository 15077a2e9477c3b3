#pragma once
// The thread that touches the state directory, so that the loop never waits for a disk it need not wait for.
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "model/error.hpp"

namespace pgcm::loop {

class DiskWriter {
  public:
    DiskWriter();
    ~DiskWriter();  // what was submitted is written first, for at most a second; a hung disk is left behind
    DiskWriter(const DiskWriter&) = delete;
    DiskWriter& operator=(const DiskWriter&) = delete;

    // Runs the job in the writer's thread, in order. A backlog of more than 1000 jobs means that the disk hangs: then
    // the job is dropped and false comes back.
    bool submit(std::function<void()> job);

  private:
    struct Queue;
    std::shared_ptr<Queue> queue_;
    std::thread thread_;
};

// Writes the whole file so that a reader finds either the old or the new text: temporary file, fsync, rename, fsync of
// the directory. Blocks. Error: names the file and the system's reason.
Result<void> write_durably(const std::string& path, const std::string& text);
// Adds one line and lets the system write it when it likes; behind a line that was cut short it begins a new one.
// Blocks.
Result<void> append_line(const std::string& path, const std::string& line);
Result<std::string> read_file(const std::string& path);

}  // namespace pgcm::loop
