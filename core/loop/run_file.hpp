#pragma once
// What an agent leaves to the next one of its node within one boot of the host: which votes counted until when, and its
// guard. Written at every renewal, so without fsync: a file that outlives the boot means nothing.
#include <cstdint>
#include <string>

#include "lease/majority.hpp"
#include "model/error.hpp"

namespace pgcm::loop {

struct RunFile {
    lease::Record record;
    int guard_pid = 0;  // 0: none
    std::uint64_t guard_start_ticks = 0;
};

std::string run_document(const RunFile& file, const std::string& boot);
// Nothing of another boot, and nothing of a file that makes no sense. Blocks.
RunFile load_run_file(const std::string& directory, const std::string& boot);
// A reader finds either the old or the new text. Blocks.
Result<void> store_run_file(const std::string& directory, const std::string& document);

}  // namespace pgcm::loop
