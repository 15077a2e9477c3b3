#include "serve/page.hpp"

#include <fmt/core.h>
#include <iterator>

namespace pgcm::serve {

namespace {

// Colours keep a contrast of 4.5 and more on their ground, light and dark; none of them is the only sign of anything.
constexpr std::string_view style = R"css(
:root { color-scheme: light dark; --ground: #fff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de;
  --good: #116329; --warn: #7d4e00; --bad: #a40e26; --shade: #f6f8fa; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0d1117; --text: #e6edf3; --soft: #9198a1; --line: #3d444d;
    --good: #56d364; --warn: #e3b341; --bad: #ff8182; --shade: #151b23; } }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
.soft { color: var(--soft); margin: 0 0 1rem; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.banner { border: 1px solid currentColor; border-radius: .4rem; padding: .5rem .8rem; font-weight: 600; }
ul { margin: 0; padding-left: 1.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { color: var(--soft); font-weight: 500; }
tbody th { font-weight: 600; }
tr.primary { background: var(--shade); }
.old { opacity: .75; }
)css";

std::string_view tone_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::healthy: return "good";
        case Verdict::degraded: return "warn";
        case Verdict::no_primary:
        case Verdict::many_primaries: return "bad";
    }
    return "bad";
}

std::string_view words(Verdict verdict) {
    switch (verdict) {
        case Verdict::healthy: return "healthy";
        case Verdict::degraded: return "degraded";
        case Verdict::no_primary: return "no primary";
        case Verdict::many_primaries: return "more than one primary";
    }
    return "unknown";
}

std::string_view tone_of(Severity severity) {
    switch (severity) {
        case Severity::notice: return "soft";
        case Severity::warning: return "warn";
        case Severity::critical: return "bad";
    }
    return "bad";
}

class Writer {
  public:
    std::string take() { return std::move(html_); }
    void raw(std::string_view html) { html_ += html; }
    void text(std::string_view text) { html_ += escape_html(text); }

    void head(std::string_view title) {
        raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta http-equiv=\"refresh\" content=\"2\">\n<title>");
        text(title);
        raw("</title>\n<style>");
        raw(style);
        raw("</style>\n</head>\n<body>\n<main>\n");
    }
    void foot() { raw("</main>\n</body>\n</html>\n"); }

    void alerts(const std::vector<AlertRow>& alerts) {
        if (alerts.empty()) return;
        raw("<h2>Alerts</h2>\n<ul>\n");
        for (const auto& alert : alerts) {
            fmt::format_to(std::back_inserter(html_), "<li class=\"{}\">{}: ", tone_of(alert.severity),
                           name_of(alert.severity));
            text(alert.text);
            raw("</li>\n");
        }
        raw("</ul>\n");
    }

    void nodes(const Published& snapshot) {
        raw("<h2>Nodes</h2>\n<div class=\"scroll\" role=\"region\" aria-label=\"Nodes\" tabindex=\"0\">\n<table>\n"
            "<caption>");
        if (snapshot.local) {
            raw("as seen by ");
            text(snapshot.local->str());
        } else {
            raw("as seen from a host without a node");
        }
        raw("</caption>\n<thead><tr>");
        for (const auto* const title : {"Node", "Role", "State", "Timeline", "LSN", "Lag", "Sync"})
            fmt::format_to(std::back_inserter(html_), "<th scope=\"col\">{}</th>", title);
        raw("</tr></thead>\n<tbody>\n");
        for (const auto& node : snapshot.nodes) row(node);
        raw("</tbody>\n</table>\n</div>\n");
    }

  private:
    void row(const NodeRow& node) {
        raw(node.role == Role::primary ? "<tr class=\"primary\"><th scope=\"row\">" : "<tr><th scope=\"row\">");
        text(node.name.str());
        raw("</th>");
        cell(name_of(node.role));
        for (const auto* const value : {&node.state, &node.timeline, &node.lsn, &node.lag, &node.sync}) cell(*value);
        raw("</tr>\n");
    }
    void cell(std::string_view value) {
        raw("<td>");
        value.empty() ? raw("–") : text(value);
        raw("</td>");
    }

    std::string html_;
};

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
    Writer writer;
    if (!snapshot) {
        writer.head("pgcm");
        writer.raw("<h1>pgcm</h1>\n<p class=\"banner warn\" role=\"status\">Nothing was observed yet.</p>\n");
        writer.foot();
        return writer.take();
    }
    const bool fresh = is_fresh(*snapshot, now);
    const std::string age = fmt::format("{:.1f} s", std::chrono::duration<double>(age_of(*snapshot, now)).count());
    writer.head(
        fmt::format("{}: {}", snapshot->cluster, fresh ? words(snapshot->verdict) : "last seen " + age + " ago"));
    writer.raw("<h1>");
    writer.text(snapshot->cluster);
    writer.raw("</h1>\n");
    if (fresh) {
        writer.raw(fmt::format("<p class=\"{}\" role=\"status\">{}</p>\n", tone_of(snapshot->verdict),
                               words(snapshot->verdict)));
        writer.raw(fmt::format("<p class=\"soft\">seen {} ago</p>\n", age));
    } else {
        writer.raw(
            fmt::format("<p class=\"banner bad\" role=\"status\">Last seen {} ago: the agent has not looked "
                        "since, and all below may have changed.</p>\n",
                        age));
    }
    writer.raw(fresh ? "<div>\n" : "<div class=\"old\">\n");
    writer.alerts(snapshot->alerts);
    writer.nodes(*snapshot);
    writer.raw("</div>\n");
    writer.foot();
    return writer.take();
}

}  // namespace pgcm::serve
