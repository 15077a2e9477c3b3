#pragma once
// A view, or a journal, from a file or standard input, for commands that judge without a cluster.
#include <string>
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

// Error: usage, naming the file and what is wrong with it.
Result<Saved> read_saved(const std::string& path, const Options& options);

}  // namespace pgcm::cmd
