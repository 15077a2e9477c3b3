#include "config/placeholder.hpp"

#include <algorithm>

namespace pgcm::config {

std::optional<std::string> wrong_placeholder(std::string_view text) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_";
    for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
        const auto close = text.find_first_not_of(letters, open + 1);
        if (close == std::string_view::npos || text[close] != '}' || close == open + 1) continue;
        const auto name = text.substr(open + 1, close - open - 1);
        const bool known = std::find(placeholders.begin(), placeholders.end(), name) != placeholders.end();
        const bool of_the_shell = open > 0 && text[open - 1] == '$';
        if (known && of_the_shell) return std::string{text.substr(open - 1, close - open + 2)};
        if (!known && !of_the_shell) return std::string{text.substr(open, close - open + 1)};
    }
    return std::nullopt;
}

}  // namespace pgcm::config
