#include "postgres/timeline_history.hpp"

#include <charconv>

namespace pgcm::postgres {

std::vector<TimelineSwitch> read_history(std::string_view content) {
    std::vector<TimelineSwitch> history;
    while (!content.empty()) {
        const auto end = content.find('\n');
        const auto line = content.substr(0, end);
        content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
        std::uint32_t timeline = 0;
        const auto [after, error] = std::from_chars(line.data(), line.data() + line.size(), timeline);
        if (error != std::errc{} || timeline == 0) continue;
        auto rest = line.substr(static_cast<std::size_t>(after - line.data()));
        const auto from = rest.find_first_not_of(" \t");
        if (from == std::string_view::npos) continue;
        rest = rest.substr(from, rest.find_first_of(" \t", from) - from);
        if (const auto lsn = parse_lsn(rest)) history.push_back({Timeline{timeline}, *lsn});
    }
    return history;
}

}  // namespace pgcm::postgres
