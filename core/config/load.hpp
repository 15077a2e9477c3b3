#pragma once
// Text -> Config. What comes back is complete and free of contradictions; only the first error is told.
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "config/lookup.hpp"

namespace pgcm::config {

// Reads and parses the file; blocks on it. Error: usage, "path:line:column: section.key: what" and a hint.
Result<Config> load(const std::string& path);  // with the circumstances() of this process
Result<Config> load(const std::string& path, const Circumstances& around);

// The same for a text; touches nothing outside of it. `path` is for messages and Config.path. With `others_may_read`
// a text that holds a secret is refused.
Result<Config> parse(std::string_view toml, std::string_view path, const Circumstances& around = {},
                     bool others_may_read = false);

}  // namespace pgcm::config
