#include "serve/page.hpp"

#include <fmt/core.h>
#include <map>
#include <utility>

#include "serve/page_files.hpp"

namespace pgcm::serve {

namespace {

using Gaps = std::map<std::string_view, std::string>;

std::string_view tone_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::healthy: return "good";
        case Verdict::degraded: return "warn";
        case Verdict::no_primary:
        case Verdict::many_primaries: return "bad";
    }
    return "bad";
}

std::string_view tone_of(Severity severity) {
    switch (severity) {
        case Severity::notice: return "note";
        case Severity::warning: return "warn";
        case Severity::critical: return "bad";
    }
    return "bad";
}

// The label is for narrow screens, where the table has no head.
std::string cell(std::string_view label, std::string_view value) {
    return fmt::format("<td data-label=\"{}\">{}</td>", label, value.empty() ? std::string("–") : escape_html(value));
}

std::string row(const NodeRow& node) {
    const std::pair<std::string_view, std::string_view> cells[] = {
        {"Role", name_of(node.role)},
        {"State", node.state},
        {"Timeline", node.timeline},
        {"LSN", node.lsn},
        {"Lag", node.lag},
        {"Sync", node.sync},
        {"Follows", node.follows},
    };
    std::string html =
        fmt::format("<tr class=\"{}\"><th scope=\"row\">{}</th>", name_of(node.role), escape_html(node.name.str()));
    for (const auto& [label, value] : cells) html += cell(label, value);
    return html + "</tr>\n";
}

std::string list_of_reasons(const Published& snapshot) {
    std::string html = "<ul class=\"reasons\">\n";
    for (const auto& reason : snapshot.seen().decision.reasons)
        html += "<li>" + escape_html(snapshot.renderer().words(reason)) + "</li>\n";
    return html + "</ul>\n";
}

std::string decision(const Published& snapshot) {
    std::string html;
    for (const auto& action : snapshot.seen().decision.actions)
        html += "<p><strong>" + escape_html(snapshot.renderer().words(action)) + "</strong></p>\n";
    if (html.empty()) html = "<p>No action now.</p>\n";
    return html + list_of_reasons(snapshot);
}

// The template with its gaps filled; what is not in the map stays empty.
std::string filled(std::string_view text, const Gaps& gaps) {
    std::string html;
    for (;;) {
        const auto begin = text.find("{{");
        const auto end = text.find("}}", begin);
        html += text.substr(0, begin);
        if (begin == std::string_view::npos || end == std::string_view::npos) return html;
        const auto gap = gaps.find(text.substr(begin + 2, end - begin - 2));
        if (gap != gaps.end()) html += gap->second;
        text.remove_prefix(end + 2);
    }
}

Gaps gaps_of(const Published& snapshot, BootTime now) {
    const auto& seen = snapshot.seen();
    const bool fresh = is_fresh(snapshot, now);
    const std::string age = fmt::format("{:.1f} s", std::chrono::duration<double>(age_of(snapshot, now)).count());
    const std::string verdict = snapshot.renderer().words(seen.verdict);
    Gaps gaps;
    gaps["title"] =
        escape_html(fmt::format("{}: {}", seen.view.cluster, fresh ? verdict : "last seen " + age + " ago"));
    gaps["cluster"] = escape_html(seen.view.cluster);
    gaps["by"] = seen.view.local ? "as seen by " + escape_html(seen.view.local->str())
                                 : std::string("as seen from a host without a node");
    gaps["tone"] = fresh ? tone_of(seen.verdict) : "bad";
    gaps["verdict"] = fresh ? escape_html(verdict)
                            : fmt::format(
                                  "Last seen {} ago: the agent has not looked since, and all below may have "
                                  "changed.",
                                  age);
    gaps["seen"] = "seen " + age + " ago";
    gaps["freshness"] = fresh ? "fresh" : "old";
    if (seen.alerts.empty()) gaps["no-alerts"] = " hidden";
    for (const auto& alert : seen.alerts)
        gaps["alerts"] += fmt::format("<li class=\"{}\"><strong>{}</strong> {}</li>\n", tone_of(alert.severity),
                                      name_of(alert.severity), escape_html(snapshot.renderer().words(alert)));
    for (const auto& node : snapshot.rows()) gaps["rows"] += row(node);
    gaps["decision"] = decision(snapshot);
    return gaps;
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string html;
    html.reserve(text.size() + 16);
    for (const char c : text) {
        switch (c) {
            case '&': html += "&amp;"; break;
            case '<': html += "&lt;"; break;
            case '>': html += "&gt;"; break;
            case '"': html += "&quot;"; break;
            case '\'': html += "&#39;"; break;
            case '\t':
            case '\n': html += c; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
                    html += "\uFFFD";
                else
                    html += c;
        }
    }
    return html;
}

std::string page(const Published* snapshot, BootTime now) {
    if (snapshot != nullptr) return filled(page_template(), gaps_of(*snapshot, now));
    return filled(page_template(), {{"title", "pgcm"},
                                    {"cluster", "pgcm"},
                                    {"tone", "warn"},
                                    {"verdict", "Nothing was observed yet."},
                                    {"freshness", "fresh"},
                                    {"no-alerts", " hidden"}});
}

}  // namespace pgcm::serve
