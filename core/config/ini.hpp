#pragma once
// An ini file as Python's configparser reads it, with its defaults: strict, BasicInterpolation.
// https://docs.python.org/3/library/configparser.html#supported-ini-file-structure
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"

namespace pgcm::config {

struct IniEntry {
    std::string key;    // as the file spells it; case does not tell keys apart
    std::string value;  // interpolated: "%%" is "%", "%(key)s" the other key's value; lines joined by '\n'
    int line = 0;
};

struct IniSection {
    std::string name;
    int line = 0;
    std::vector<IniEntry> entries;  // in the file's order; those of [DEFAULT] that it does not have come last

    const IniEntry* find(std::string_view key) const;
};

// Without [DEFAULT]. Error: usage, "path:line: what".
Result<std::vector<IniSection>> parse_ini(std::string_view text, std::string_view path);

// ASCII only.
bool same_ignoring_case(std::string_view a, std::string_view b);

}  // namespace pgcm::config
