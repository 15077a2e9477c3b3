#pragma once
// Where the secrets of the HTTP side come from.
#include <string>

namespace pgcm::serve {

struct SecurityFiles {
    std::string cert, key;  // PEM, the chain in `cert`; both empty: no TLS
    std::string client_ca;  // PEM; certificates of clients are asked for, and a good one opens every door
    std::string token;      // "": none
    bool operator==(const SecurityFiles&) const = default;
};

}  // namespace pgcm::serve
