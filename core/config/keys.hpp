#pragma once
// The keys that the configuration file may hold.
#include <span>
#include <string>
#include <string_view>

namespace pgcm::config {

struct SectionKeys {
    std::string_view section;
    std::span<const std::string_view> keys;
    bool repeated = false;  // [[section]]
};

std::span<const SectionKeys> known_sections();
const SectionKeys* known_section(std::string_view section);
// "[section]" or "[[section]]".
std::string header_of(const SectionKeys& section);

// The known name that is spelled most like `key`: a key of the section, or "other.key" where another section has
// exactly this key. Ties go to the first in the file's usual order.
std::string nearest_key(const SectionKeys& section, std::string_view key);
// The same for what stands outside all sections.
std::string nearest_section(std::string_view name);

// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other; by bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace pgcm::config
