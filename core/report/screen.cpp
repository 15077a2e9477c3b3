#include "report/screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "report/glance.hpp"
#include "report/history.hpp"
#include "report/human.hpp"
#include "report/units.hpp"
#include "report/words.hpp"

namespace pgcm::report {
namespace {

using Lines = std::vector<std::string>;

void add_text(Lines& lines, std::string_view text) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

View sorted(const Screen& screen) {
    auto view = screen.view;
    const auto lag = [&](const Observation& node) { return glance(screen.view, node).lag_bytes.value_or(0); };
    const auto before = [&](const Observation& a, const Observation& b) {
        switch (screen.sort) {
            case SortBy::file: return false;
            case SortBy::name: return a.node.str() < b.node.str();
            case SortBy::role: return (a.role == Role::primary) > (b.role == Role::primary);
            case SortBy::lag: return lag(a) > lag(b);
        }
        return false;
    };
    std::stable_sort(view.nodes.begin(), view.nodes.end(), before);
    if (screen.reversed) std::reverse(view.nodes.begin(), view.nodes.end());
    view.operation.reset();  // it has a place of its own
    return view;
}

std::string titled(std::string_view title, const Style& style) {
    return "\n  " + painted(title, Paint::dim, style) + "\n";
}

std::string decision_of(const Chapter& last, const Style& style) {
    auto out = titled("DECISION #" + std::to_string(last.number) + " AT " + clock_time(last.at), style);
    for (const auto& action : last.decision.actions) out += labelled("do", Paint::bold, words(action), style);
    if (last.decision.actions.empty()) out += labelled("do", Paint::dim, "nothing", style);
    for (const auto& reason : last.decision.reasons) out += labelled("because", Paint::dim, words(reason), style);
    return out;
}

// What was begun and has not ended, by the journal: as a whole, and the last of its steps that is over.
struct Running {
    const Deed* begun = nullptr;
    const Deed* step = nullptr;
};
Running running(const History& history) {
    Running now;
    for (const auto& told : history.entries) {
        const auto* deed = std::get_if<Deed>(&told);
        if (deed == nullptr) continue;
        if (!deed->step.empty())
            now.step = deed;
        else
            now = {deed->state == DeedState::begins ? deed : nullptr, nullptr};
    }
    return now;
}

std::string bar(const Copied& copied) {
    constexpr std::size_t width = 24;
    if (copied.total_bytes == 0) return {};
    const auto part = std::min(static_cast<double>(copied.done_bytes) / static_cast<double>(copied.total_bytes), 1.0);
    const auto full = static_cast<std::size_t>(part * width);
    return "[" + std::string(full, '#') + std::string(width - full, '.') + "] ";
}

// Nobody says for certain who works on it; the journal has a beginning, and another of the agent that goes on.
std::string_view how_it_is(const Screen& screen, const OperationFile& file, bool begun) {
    if (file.step == failed_step) return "failed";
    if (begun || (file.copied && is_fresh(*file.copied, screen.view.taken_at))) return "running";
    return screen.without_agent.empty() ? "cut short" : "begun";
}

std::string operation_of(const Screen& screen, const Style& style) {
    const auto now = screen.view.taken_at;
    const auto [begun, step] = running(screen.history);
    std::string out;
    if (auto file = screen.view.operation) {
        const auto state = how_it_is(screen, *file, begun != nullptr);
        const auto copied = std::exchange(file->copied, std::nullopt);
        out += labelled(state, state == "failed" ? Paint::bad : Paint::bold, words(*file, now), style);
        if (copied) out += labelled("copied", Paint::dim, bar(*copied) + words(*copied, now), style);
    } else if (begun != nullptr) {
        const auto since = duration(std::max<nanoseconds>(now - begun->at, nanoseconds{0}));
        out += labelled("running", Paint::bold, fmt::format("{}, for {} now", printable(begun->action), since), style);
    }
    if (out.empty()) return out;
    if (begun != nullptr && step != nullptr)
        out += labelled(name_of(step->state), Paint::dim, printable(step->text), style);
    return titled("OPERATION", style) + out;
}

void add_event(Lines& events, WallTime at, std::string_view what, const std::string& text, Paint paint,
               const Style& style) {
    const std::string pad(9 - std::min<std::size_t>(what.size(), 9), ' ');
    events.push_back("  " + painted(clock_time(at), Paint::dim, style) + "  " + painted(what, paint, style) + pad +
                     text);
}

Lines events_of(const History& history, const Style& style) {
    Lines events;
    for (const auto& told : history.entries) {
        if (const auto* deed = std::get_if<Deed>(&told)) {
            const bool ill = deed->state == DeedState::failed || deed->state == DeedState::interrupted;
            if (!ill && !deed->step.empty()) continue;  // history has them all
            if (deed->action == agent_deed) {
                add_event(events, deed->at, "agent", printable(deed->text), Paint::bold, style);
                continue;
            }
            const auto name = deed->step.empty() ? deed->action : deed->step;
            add_event(events, deed->at, name_of(deed->state),
                      printable(name) + (deed->text.empty() ? "" : ": " + report::told(*deed)),
                      ill ? Paint::bad : Paint::good, style);
        } else if (const auto* forced = std::get_if<Forced>(&told)) {
            add_event(events, forced->at, "forced", "a promotion of " + printable(forced->node.str()), Paint::bad,
                      style);
        } else if (const auto* chapter = std::get_if<Chapter>(&told)) {
            for (const auto& sight : chapter->seen)
                add_event(events, chapter->at, "saw", words(sight),
                          sight.reach == Reach::accepting ? Paint::plain : Paint::warn, style);
            for (const auto& action : chapter->decision.actions)
                if (chapter->changed) add_event(events, chapter->at, "decided", words(action), Paint::bold, style);
        }
    }
    return events;
}

std::string keys(const Screen& screen, const Style& style) {
    const auto key = [&](std::string_view letter, std::string_view meaning, bool chosen) {
        return painted(letter, Paint::bold, style) + " " + painted(meaning, chosen ? Paint::good : Paint::dim, style) +
               "   ";
    };
    const auto by = screen.sort;
    return "  " + key("q", "quit", false) + painted("sort by", Paint::dim, style) + "  " +
           key("f", "file", by == SortBy::file) + key("n", "name", by == SortBy::name) +
           key("r", "role", by == SortBy::role) + key("l", "lag", by == SortBy::lag) +
           painted("again: reversed", Paint::dim, style);
}

}  // namespace

std::string screen_text(const Screen& screen, const Policy& policy, const Style& style, int rows) {
    const auto view = sorted(screen);
    Lines lines;
    add_text(lines, status_table(view, screen.alerts, screen.verdict, policy, style));
    const auto& entries = screen.history.entries;
    const auto last = std::find_if(entries.rbegin(), entries.rend(),
                                   [](const Entry& told) { return std::holds_alternative<Chapter>(told); });
    if (!screen.without_agent.empty())
        add_text(lines, titled("AGENT", style) + labelled("none", Paint::dim, printable(screen.without_agent), style));
    else if (last != entries.rend())
        add_text(lines, decision_of(std::get<Chapter>(*last), style));
    add_text(lines, operation_of(screen, style));

    const auto room = static_cast<std::size_t>(std::max(rows, 2)) - 1;  // the keys have the last one
    const auto events = events_of(screen.history, style);
    if (lines.size() + 3 <= room && !events.empty()) {
        add_text(lines, titled("EVENTS", style));
        const auto shown = std::min(events.size(), room - lines.size());
        lines.insert(lines.end(), events.end() - static_cast<std::ptrdiff_t>(shown), events.end());
    }
    lines.resize(room);
    std::string out;
    for (const auto& line : lines) out += line + "\n";
    return out + keys(screen, style);
}

}  // namespace pgcm::report
