#pragma once
// A view, or a journal, from a file or standard input, for commands that judge without a cluster.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"
#include "view/record.hpp"

namespace pgcm::cmd {

// What was saved: one view, judged by the configuration's policy (or, where no configuration is found, by the defaults
// and the view's own addresses), or the records of a journal, which carry their own policy and state.
struct Saved {
    bool journal = false;
    std::vector<view::Record> records;  // at least one
};

// Reads a journal line by line. One that is damaged, cut short by a crash for instance, is told on standard error with
// its number, unless --quiet, and left out; of many only the first are told.
class RecordReader {
  public:
    RecordReader(const std::string& path, const Options& options);
    // Empty for what is no decision: something that was done, the head of a bundle, an empty line, a damaged one.
    std::optional<view::Record> take(std::string_view line);

  private:
    std::string path_;
    bool quiet_;
    std::size_t line_ = 0;
    int damaged_ = 0;
};

// What can be read of a journal, by a RecordReader. Error: usage, naming the file and what is wrong with it.
Result<Saved> read_saved(const std::string& path, const Options& options);

}  // namespace pgcm::cmd
