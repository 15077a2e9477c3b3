#include <fmt/format.h>

#include <algorithm>

#include "report/glance.hpp"
#include "report/human.hpp"
#include "report/units.hpp"
#include "report/words.hpp"

namespace pgcm::report {
namespace {

std::string_view plugin_state(Verdict verdict) {
    switch (verdict) {
        case Verdict::healthy: return "OK";
        case Verdict::degraded: return "WARNING";
        case Verdict::no_primary:
        case Verdict::many_primaries: return "CRITICAL";
    }
    return "UNKNOWN";
}

std::string replaced(std::string text, char from, char to) {
    std::replace(text.begin(), text.end(), from, to);
    return text;
}

// The first '|' of the line begins the performance data, so the text before has none.
std::string plain(const std::string& text) {
    return replaced(text, '|', '/');
}

// A label may hold neither '=' nor the quote that encloses it.
std::string label(const std::string& text) {
    return "'" + replaced(replaced(plain(text), '=', '_'), '\'', '_') + "'";
}

}  // namespace

std::string plugin_line(const View& view, const Alerts& alerts, Verdict verdict) {
    std::string names;
    const auto serving = primaries_of(view);
    for (const auto* node : serving) names += (names.empty() ? "" : ", ") + printable(node->node.str());
    std::size_t streaming = 0;
    std::string lags;
    for (const auto& node : view.nodes) {
        const auto seen = glance(view, node);
        streaming += seen.streaming ? 1 : 0;
        if (seen.lag_bytes) lags += fmt::format(" {}={}B", label("lag_" + printable(node.node.str())), *seen.lag_bytes);
    }
    std::string text = fmt::format("{} - {}: {}", plugin_state(verdict), printable(view.cluster), words(verdict));
    if (!names.empty()) text += fmt::format(", {} {}", serving.size() > 1 ? "primaries" : "primary", names);
    text += fmt::format(", {} standby{} streaming", streaming, streaming == 1 ? "" : "s");
    const auto worst = std::max_element(alerts.begin(), alerts.end(), [](const Alert& a, const Alert& b) {
        return a.severity < b.severity;  // of equals the first
    });
    if (worst != alerts.end() && worst->severity != Severity::notice) text += "; " + words(*worst);
    for (const auto& alert : alerts)
        if (alert.code == AlertCode::paused) text += "; " + words(alert);
    return fmt::format("PGCM {} | primaries={} streaming={}{}", plain(text), serving.size(), streaming, lags);
}

}  // namespace pgcm::report
