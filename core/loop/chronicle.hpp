#pragma once
// The journal's pen: what was decided and what was done, a line each, two files at most.
#include <string>

#include "loop/disk_writer.hpp"
#include "model/deed.hpp"
#include "model/time.hpp"
#include "view/record.hpp"

namespace pgcm::loop {

// Where the journal stands in a state directory, and the part before it.
std::string journal_path(const std::string& state_dir);
std::string older_journal_path(const std::string& state_dir);

// Adds a line; a large journal is put aside first, over the one before. Blocks.
Result<void> append_to_journal(const std::string& state_dir, const std::string& line);

class Chronicle {
  public:
    // An empty directory: nothing is kept. The others outlive it.
    Chronicle(DiskWriter& disk, const Clock& clock, std::string state_dir);

    // Neither waits for the disk.
    void decided(const view::Record& record);
    void did(Deed deed);  // just now

  private:
    void write(std::string line);

    DiskWriter& disk_;
    const Clock& clock_;
    std::string state_dir_;
};

}  // namespace pgcm::loop
