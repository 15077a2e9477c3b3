#pragma once
// What the doctor asks of a server, by its version, and how the answers become an Examination. Reads only.
#include <string>
#include <string_view>

#include "model/error.hpp"
#include "model/examination.hpp"

namespace pgcm::probe {

// One statement, one row, one JSON object; needs no grant. A witness is asked for its database and its timeouts.
std::string examination_sql(int server_version, bool witness);
Result<void> read_examination(std::string_view json, Examination& examination);

// pg_hba_file_rules as one JSON array, in the file's order. Refused (42501) where the role may not read it.
std::string hba_sql();
Result<std::vector<HbaRule>> read_hba(std::string_view json);

}  // namespace pgcm::probe
