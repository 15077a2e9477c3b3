#pragma once
// Tells who looks from outside how far a copy has come: <state_dir>/progress.json, by way of the disk's thread.
#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "loop/disk_writer.hpp"
#include "model/operation.hpp"
#include "model/time.hpp"

namespace pgcm::loop {

class ProgressFile {
  public:
    // The disk and the clock outlive it.
    ProgressFile(DiskWriter& disk, const Clock& clock, std::string state_dir);

    // Each step of an operation, as it is told. Writes about once a second while one copies, and never waits: while the
    // disk is busy with the one before, this one is left out.
    void tell(const Step& step);

  private:
    void submit(std::function<void()> job);

    DiskWriter& disk_;
    const Clock& clock_;
    std::string state_dir_;
    bool there_ = true;              // one may be: an agent may have been killed over it
    std::optional<BootTime> began_;  // the copy
    std::optional<BootTime> written_;
    std::shared_ptr<std::atomic<bool>> busy_;
};

}  // namespace pgcm::loop
