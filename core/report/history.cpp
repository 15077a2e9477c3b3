#include "report/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "report/units.hpp"
#include "report/words.hpp"

namespace pgcm::report {
namespace {

constexpr std::size_t indent = 20;
constexpr std::size_t label_width = 12;

milliseconds between(WallTime from, WallTime to) {
    return std::chrono::duration_cast<milliseconds>(std::max(to - from, std::chrono::microseconds{0}));
}

std::string outage(const Incident& incident) {
    const auto name = [](const std::optional<NodeName>& node) { return node ? printable(node->str()) : "nobody"; };
    const auto began = incident.last_heard.value_or(incident.detected);
    return fmt::format("{} without a primary: {}, then {}", duration(between(began, incident.over.value_or(began))),
                       name(incident.before), name(incident.after));
}

// What is asked for first, before all the lines.
std::string summary(const History& history, const Style& style) {
    constexpr std::size_t most = 10;
    const auto line = [&](const Incident& incident, Paint paint, const std::string& what) {
        const auto began = incident.last_heard.value_or(incident.detected);
        return labelled("outage", paint, time(began) + "  " + what, style);
    };
    const auto left_out = history.incidents.size() - std::min(history.incidents.size(), most);
    std::string out;
    if (left_out > 0) out += labelled("", Paint::plain, fmt::format("{} before these", left_out), style);
    for (std::size_t i = left_out; i < history.incidents.size(); ++i)
        out += line(history.incidents[i], Paint::bold, outage(history.incidents[i]));
    if (const auto& now = history.ongoing)
        out +=
            line(*now, Paint::bad,
                 "without a primary since then" + (now->before ? ", before it " + printable(now->before->str()) : ""));
    return out.empty() ? out : "\n" + out;
}

class Report {
  public:
    explicit Report(const Style& style) : style_(style) {}

    void entry(const Chapter& chapter) {
        if (!chapter.changed && chapter.seen.empty() && chapter.raised.empty() && chapter.over.empty()) return;
        begin(chapter.at, fmt::format("#{}", chapter.number));
        for (const auto& sight : chapter.seen)
            line("saw", words(sight), sight.reach == Reach::accepting ? Paint::plain : Paint::warn);
        for (const auto& alert : chapter.raised)
            line(std::string(name_of(alert.severity)), fmt::format("{} [{}]", words(alert), name_of(alert.code)),
                 alert.severity == Severity::critical  ? Paint::bad
                 : alert.severity == Severity::warning ? Paint::warn
                                                       : Paint::dim);
        for (const auto& alert : chapter.over)
            line(
                "over",
                std::string(name_of(alert.code)) + (alert.node ? " of " + printable(alert.node->str()) : std::string{}),
                Paint::good);
        if (!chapter.changed) return;
        for (const auto& action : chapter.decision.actions) line("decided", words(action), Paint::bold);
        if (chapter.decision.actions.empty()) line("decided", "nothing", Paint::dim);
        for (const auto& reason : chapter.decision.reasons) line("because", words(reason), Paint::dim);
    }

    void entry(const Deed& deed) {
        begin(deed.at, "");
        if (deed.action == agent_deed) return line("agent", printable(deed.text), Paint::bold);
        const auto took = deed.state == DeedState::begins ? std::string{} : fmt::format(" ({})", duration(deed.took));
        auto text = printable(deed.step.empty() ? deed.action : deed.step) + took;
        if (!deed.text.empty()) text += ": " + told(deed);
        if (!deed.user.empty()) text += fmt::format(", by {}", printable(deed.user));
        const bool ill = deed.state == DeedState::failed || deed.state == DeedState::interrupted;
        line((deed.step.empty() ? "" : " ") + std::string(name_of(deed.state)), text,
             ill                 ? Paint::bad
             : deed.step.empty() ? Paint::good
                                 : Paint::dim);
    }

    void entry(const Forced& forced) {
        begin(forced.at, "");
        line("forced",
             fmt::format("{} promoted {} by force{}", printable(forced.user), printable(forced.node.str()),
                         forced.why.empty() ? "" : ": " + printable(forced.why)),
             Paint::bad);
        for (const auto& rule : forced.overridden) line("although", printable(rule), Paint::dim);
    }

    void entry(const Damage& damage) {
        margin_ = std::string(indent, ' ');
        line("damaged", fmt::format("line {} of the journal: {}", damage.line, printable(damage.what)), Paint::warn);
    }

    void incident(const Incident& over) {
        margin_ = std::string(indent, ' ');
        line("outage", outage(over), Paint::bold);
        for (const auto& phase : phases(over))
            line("", fmt::format("{:<12} {:>7}, until {}", phase.name, duration(phase.took), clock_time(phase.until)),
                 Paint::plain);
    }

    std::string text() const { return out_; }

  private:
    void begin(WallTime at, const std::string& number) {
        const auto day = time(at).substr(0, 10);
        if (day != day_) out_ += fmt::format("\n{}\n", painted(day + " UTC", Paint::bold, style_));
        day_ = day;
        margin_ = fmt::format("{}  {:<{}}", clock_time(at), number, indent - 14);
    }

    void line(const std::string& label, const std::string& text, Paint paint) {
        const auto from = indent + label_width;
        const auto terminal = static_cast<std::size_t>(std::max(style_.width, 0));
        bool first = true;
        for (const auto& part : wrapped(text, terminal > from + 24 ? terminal - from : 0)) {
            out_ += std::exchange(margin_, std::string(indent, ' '));
            const auto shown = first ? label : std::string{};
            out_ += painted(shown, paint, style_) + std::string(label_width - std::min(shown.size(), label_width), ' ');
            out_ += part + "\n";
            first = false;
        }
    }

    const Style& style_;
    std::string out_, day_, margin_ = std::string(indent, ' ');
};

}  // namespace

std::string state_text(const State& state, BootTime at, const Style& style) {
    std::string out;
    const auto line = [&](std::string_view label, const std::string& text) {
        out += painted(fmt::format("{:<16}", label), Paint::dim, style) + text + "\n";
    };
    const auto since = [&](std::string_view label, const std::optional<BootTime>& moment) {
        if (moment) line(label, "for " + duration(at - *moment));
    };
    if (state.last_primary)
        line("last primary", fmt::format("{}, timeline {} at {}", printable(state.last_primary->str()),
                                         state.last_timeline ? to_string(*state.last_timeline) : "?",
                                         state.last_lsn ? to_string(*state.last_lsn) : "?"));
    if (state.memory_lost) line("memory", "lost with its file");
    since("no primary", state.no_primary_since);
    since("two primaries", state.conflict_since);
    since("rejecting", state.rejecting_since);
    since("local down", state.local_down_since);
    since("started", state.local_started_at);
    since("unsynced", state.unsynced_since);
    since("not following", state.not_following_since);
    since("serving", state.serving_since);
    since("without lease", state.unleased_since);
    since("fencing", state.fencing_since);
    for (const auto& [action, moment] : state.not_before)
        if (moment > at) line("held back", fmt::format("{}, for {} more", printable(action), duration(moment - at)));
    if (state.vetoed) line("vetoed", printable(*state.vetoed));
    if (state.operation) line("operation", printable(*state.operation));
    return (out.empty() ? "" : painted("remembered", Paint::bold, style) + "\n") + out;
}

std::string words(const Sight& sight) {
    std::string text = printable(sight.node.str()) + " ";
    if (sight.reach != Reach::accepting) {
        text += sight.reach == Reach::unknown ? "was not looked at yet" : "does not accept";
        if (sight.reach != Reach::unknown) text += fmt::format(" ({})", name_of(sight.reach));
        return text + (sight.message.empty() ? "" : ": " + printable(sight.message));
    }
    text += sight.role == Role::unknown ? "accepts" : fmt::format("is {}", name_of(sight.role));
    return text + (sight.timeline ? ", timeline " + to_string(*sight.timeline) : "");
}

std::string clock_time(WallTime moment) {
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::hh_mm_ss clock{std::chrono::floor<milliseconds>(moment - day)};
    return fmt::format("{:02}:{:02}:{:02}.{:03}", clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count(), clock.subseconds().count());
}

std::vector<Phase> phases(const Incident& incident) {
    std::vector<Phase> phases;
    const auto add = [&](std::string name, WallTime from, WallTime until) {
        phases.push_back({std::move(name), between(from, until), until});
    };
    if (incident.last_heard) add("detection", *incident.last_heard, incident.detected);
    if (!incident.decided) return phases;
    add("election", incident.detected, *incident.decided);
    if (incident.done) add(incident.action == "promote" ? "promotion" : "start", *incident.decided, *incident.done);
    if (incident.over) add("first write", incident.done.value_or(*incident.decided), *incident.over);
    return phases;
}

std::string told(const Deed& deed) {
    constexpr std::string_view done = "done: ";  // the state says so
    const bool twice = deed.state == DeedState::done && deed.text.starts_with(done);
    return printable(twice ? std::string_view{deed.text}.substr(done.size()) : deed.text);
}

std::string history_text(const History& history, const Style& style) {
    std::string head =
        painted(printable(history.cluster.empty() ? "an empty journal" : history.cluster), Paint::bold, style);
    if (history.node) head += "  " + printable(history.node->str());
    if (history.begins)
        head += fmt::format("  {} decision{}, {} to {}", history.decisions, history.decisions == 1 ? "" : "s",
                            time(*history.begins), time(*history.ends));
    Report report(style);
    auto next = history.incidents.begin();
    for (const auto& entry : history.entries) {
        std::visit([&](const auto& known) { report.entry(known); }, entry);
        const auto* chapter = std::get_if<Chapter>(&entry);
        while (chapter != nullptr && next != history.incidents.end() && next->over && *next->over <= chapter->at)
            report.incident(*next++);
    }
    const auto text = report.text();
    return head + "\n" + summary(history, style) + (text.empty() ? "\nnothing to tell of that time\n" : text);
}

}  // namespace pgcm::report
