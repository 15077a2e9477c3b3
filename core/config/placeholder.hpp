#pragma once
// "{data_dir}" and its like in the configuration's commands; the act room fills them in.
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace pgcm::config {

inline constexpr std::array<std::string_view, 4> placeholders = {"data_dir", "slot", "primary_conninfo", "node"};

// The first thing in the text that looks like a placeholder and is none, with its braces. A placeholder is a brace,
// lower case letters and '_', a brace. "${name}" is the shell's own, unless the name is one of ours: which of the two
// is meant, nobody can know.
std::optional<std::string> wrong_placeholder(std::string_view text);

}  // namespace pgcm::config
