#pragma once
// Who asks.
#include <string>

namespace pgcm::loop {

// Whoever runs this; under sudo that is root.
std::string user_name();
// The same with the host: "root@db1".
std::string user_and_host();

}  // namespace pgcm::loop
