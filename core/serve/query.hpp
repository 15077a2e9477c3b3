#pragma once
// The part of a request's target after the question mark.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgcm::serve {

// The value of the first parameter of that name, decoded ("%41" is "A", "+" a space); empty text for one without "=".
// Nothing: there is no such parameter. `target` is a whole, well-formed target.
std::optional<std::string> parameter(std::string_view target, std::string_view name);

// "16777216", "10MB", "1.5 GB", "512kB": B, kB, MB, GB, TB in powers of 1024, whatever their case, also as KiB ... TiB.
// Nothing: no size, or one beyond 64 bits.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

}  // namespace pgcm::serve
