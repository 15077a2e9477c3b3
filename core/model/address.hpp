#pragma once
// Where a server is reached.
#include <cstdint>
#include <string>

namespace pgcm {

struct Address {
    std::string host;  // name, address or socket directory
    std::uint16_t port = 5432;
    bool operator==(const Address&) const = default;
};

}  // namespace pgcm
