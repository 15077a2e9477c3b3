#pragma once
// Which libraries this binary runs with.
#include <string>

namespace pgcm::postgres {

// "libpq 15.8, OpenSSL 3.0.17".
std::string library_versions();

}  // namespace pgcm::postgres
