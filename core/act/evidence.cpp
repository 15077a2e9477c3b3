// What a rejoin found before it chose its way.
#include <fmt/format.h>

#include <algorithm>

#include "act/rejoin.hpp"

namespace pgcm::act {
namespace {

std::string text_of(const std::optional<Timeline>& timeline) {
    return timeline ? to_string(*timeline) : "unknown";
}

// "1 until 0/3000148, 2 until 0/5000000"
std::string text_of(const std::vector<TimelineSwitch>& history) {
    std::string text;
    for (const auto& [timeline, end] : history)
        text += fmt::format("{}{} until {}", text.empty() ? "" : ", ", to_string(timeline), to_string(end));
    return text;
}

}  // namespace

std::string Rejoin::local_end() const {
    const auto& host = survey_.host;
    if (host.rewinding) return "a pg_rewind or a clone ended half-way here";
    std::string text =
        fmt::format("here: timeline {}, {}", text_of(survey_.timeline),
                    host.process == Process::running ? "running" : host.cluster_state.value_or("unknown"));
    if (survey_.wal_tail) text += ", WAL up to " + to_string(survey_.wal_tail->end);
    return text;
}

std::string Rejoin::evidence() const {
    if (!visible()) return "no data directory in sight";
    std::string text = local_end();
    text += fmt::format("; there: timeline {}", to_string(*facts_.timeline));
    if (facts_.lsn) text += ", at " + to_string(*facts_.lsn);
    if (!history_.empty()) text += fmt::format(" ({})", text_of(history_));
    const auto part = std::find_if(history_.begin(), history_.end(),
                                   [&](const TimelineSwitch& entry) { return entry.timeline == survey_.timeline; });
    if (part != history_.end()) text += "; its history forks off at " + to_string(part->end);
    if (!mark_.empty()) text += "; its promotion: " + mark_;
    text += fmt::format("; wal_log_hints or checksums: {}, full_page_writes: {}, restore_command: {}",
                        survey_.traces_changes ? "yes" : "no", survey_.full_page_writes ? "yes" : "no",
                        survey_.restore_command ? "yes" : "no");
    if (survey_.free_bytes) text += fmt::format("; free for a clone: {} bytes", *survey_.free_bytes);
    return text;
}

}  // namespace pgcm::act
