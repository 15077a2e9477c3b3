#pragma once
// What a value of synchronous_standby_names asks of a commit.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgcm {

struct SyncSet {
    int count = 1;                   // how many standbys must have it
    bool all = false;                // "*" is among the names
    std::vector<std::string> names;  // application names, as they compare: in lower case
    bool operator==(const SyncSet&) const = default;
};
// Empty: commits wait for nobody, or the text is not one PostgreSQL would take.
std::optional<SyncSet> read_sync_names(std::string_view text);

}  // namespace pgcm
