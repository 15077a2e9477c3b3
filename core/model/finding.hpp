#pragma once
// Something about the configuration or the host that a person should mend.
#include <string>
#include <vector>

#include "model/alert.hpp"

namespace pgcm {

struct Finding {
    Severity severity;
    std::string subject;  // the key it is about, e.g. "postgres.bin_dir"
    std::string what;
    std::string remedy;
    bool operator==(const Finding&) const = default;
};

}  // namespace pgcm
