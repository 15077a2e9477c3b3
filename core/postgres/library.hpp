#pragma once
// Which libraries this binary runs with.
#include <string>
#include <vector>

namespace pgcm::postgres {

// {"libpq 15.8", "OpenSSL 3.0.17"}, as they are loaded.
std::vector<std::string> library_versions();

}  // namespace pgcm::postgres
