#include "serve/recent.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace pgcm::serve {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::hours kept{1};
constexpr std::size_t most_events = 400;
constexpr std::size_t longest_text = 1000;

Json of(const Event& event) {
    Json out{{"number", event.number},
             {"at", rfc3339(event.at)},
             {"kind", event.kind},
             {"severity", event.severity},
             {"text", event.text}};
    if (!event.reasons.empty()) out["reasons"] = event.reasons;
    return out;
}

std::string print(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json of(const std::optional<std::uint64_t>& figure) {
    return figure ? Json(*figure) : Json(nullptr);
}

std::string identity(const Alert& alert) {
    return fmt::format("{} {}", name_of(alert.code), alert.node ? alert.node->str() : "");
}

Severity severity_of(Verdict verdict) {
    if (verdict == Verdict::healthy) return Severity::notice;
    return verdict == Verdict::degraded ? Severity::warning : Severity::critical;
}

}  // namespace

std::string rfc3339(WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<milliseconds>(time - day));
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::vector<Event> Recent::add(const Published& snapshot) {
    std::vector<Event> fresh;
    sample(snapshot);
    watch_primary(snapshot, fresh);
    watch_alerts(snapshot, fresh);
    watch_decision(snapshot, fresh);
    for (const auto& event : fresh) events_.push_back(event);
    while (events_.size() > most_events) events_.pop_front();
    return fresh;
}

void Recent::note(std::vector<Event>& out, const Published& snapshot, std::string kind, Severity severity,
                  std::string text) {
    if (text.size() > longest_text) text.resize(longest_text);
    out.push_back({++numbered_,
                   snapshot.seen().view.taken_at,
                   std::move(kind),
                   std::string(name_of(severity)),
                   std::move(text),
                   {}});
}

void Recent::sample(const Published& snapshot) {
    const auto at = snapshot.seen().turned_at;
    if (sampled_at_ && at - *sampled_at_ < step_) return;
    sampled_at_ = at;
    std::vector<std::string> names;
    Sample taken{snapshot.seen().view.taken_at, {}, {}};
    for (const auto& row : snapshot.rows()) {
        names.push_back(row.name.str());
        taken.lags.push_back(row.lag_bytes);
        const auto* node = snapshot.seen().view.find(row.name);
        const auto reached = node == nullptr ? std::nullopt : position(*node);
        taken.positions.push_back(reached ? std::optional(reached->value) : std::nullopt);
    }
    // Another configuration: what was sampled before belongs to other nodes.
    if (names != names_) samples_.clear();
    names_ = std::move(names);
    samples_.push_back(std::move(taken));
    while (samples_.size() > static_cast<std::size_t>(kept / step_)) samples_.pop_front();
}

void Recent::watch_primary(const Published& snapshot, std::vector<Event>& out) {
    const auto& seen = snapshot.seen();
    const auto serving = primaries(seen.view, cluster_system(seen.view));
    if (serving.size() != 1) {
        if (!lost_at_) lost_at_ = seen.turned_at;
    } else {
        const auto& now = serving.front()->node;
        const nanoseconds outage = lost_at_ ? seen.turned_at - *lost_at_ : nanoseconds{0};
        if (primary_ && *primary_ != now) {
            ++failovers_;
            last_outage_ = outage;
            note(out, snapshot, "primary", Severity::warning,
                 fmt::format("{} is the primary now, after {}; there was none for {}", now.str(), primary_->str(),
                             snapshot.renderer().words(outage)));
        } else if (!primary_) {
            note(out, snapshot, "primary", Severity::notice, fmt::format("{} is the primary", now.str()));
        } else if (lost_at_) {
            note(out, snapshot, "primary", Severity::notice,
                 fmt::format("{} is the primary again, after {}", now.str(), snapshot.renderer().words(outage)));
        }
        primary_ = now;
        lost_at_.reset();
    }
    if (verdict_ != seen.verdict)
        note(out, snapshot, "verdict", severity_of(seen.verdict), snapshot.renderer().words(seen.verdict));
    verdict_ = seen.verdict;
}

void Recent::watch_alerts(const Published& snapshot, std::vector<Event>& out) {
    std::vector<std::pair<std::string, std::string>> standing;
    const auto knows = [](const auto& list, const std::string& id) {
        return std::ranges::any_of(list, [&](const auto& entry) { return entry.first == id; });
    };
    for (const auto& alert : snapshot.seen().alerts) {
        const auto id = identity(alert);
        const auto before = std::ranges::find(standing_, id, &std::pair<std::string, std::string>::first);
        const auto text = before == standing_.end() ? snapshot.renderer().words(alert) : before->second;
        if (before == standing_.end()) note(out, snapshot, "alert", alert.severity, text);
        standing.emplace_back(id, text);
    }
    for (const auto& [id, text] : standing_)
        if (!knows(standing, id)) note(out, snapshot, "over", Severity::notice, "over: " + text);
    standing_ = std::move(standing);
}

void Recent::watch_decision(const Published& snapshot, std::vector<Event>& out) {
    const auto& decision = snapshot.seen().decision;
    std::string key;
    for (const auto& action : decision.actions)
        key += fmt::format("{} {} {};", name_of(action.kind), action.node ? action.node->str() : "", action.value);
    if (key == decided_) return;
    decided_ = key;
    for (const auto& action : decision.actions) {
        note(out, snapshot, "decision", Severity::notice, snapshot.renderer().words(action));
        for (const auto& reason : decision.reasons) out.back().reasons.push_back(snapshot.renderer().words(reason));
    }
}

std::string Recent::json(const Event& event) {
    return print(of(event));
}

std::string Recent::json() const {
    Json out{{"schema", "pgcm.recent/1"}, {"events", Json::array()}};
    for (const auto& event : events_) out["events"].push_back(of(event));
    Json at = Json::array(), nodes = Json::object();
    for (const auto& sample : samples_)
        at.push_back(std::chrono::floor<std::chrono::seconds>(sample.at).time_since_epoch().count());
    for (std::size_t i = 0; i < names_.size(); ++i) {
        Json lags = Json::array(), positions = Json::array();
        for (const auto& sample : samples_) {
            lags.push_back(of(sample.lags[i]));
            positions.push_back(of(sample.positions[i]));
        }
        nodes[names_[i]] = {{"lag_bytes", std::move(lags)}, {"lsn_bytes", std::move(positions)}};
    }
    out["samples"] = {{"step_ms", step_.count()}, {"at", std::move(at)}, {"nodes", std::move(nodes)}};
    return print(out);
}

}  // namespace pgcm::serve
