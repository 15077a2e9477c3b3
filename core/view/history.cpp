#include "view/history.hpp"

#include <algorithm>

#include "view/assess.hpp"

namespace pgcm::view {
namespace {

Sight sight_of(const Observation& node) {
    return {node.node, node.reach, node.role, node.timeline, node.reach == Reach::accepting ? "" : node.message};
}

bool looks_as_before(const Sight& a, const Sight& b) {
    return a.node == b.node && a.reach == b.reach && a.role == b.role && a.timeline == b.timeline;
}

bool same_alert(const Alert& a, const Alert& b) {
    return a.code == b.code && a.node == b.node;
}

// Those of `of` that are not in `other`.
Alerts without(const Alerts& of, const Alerts& other) {
    Alerts left;
    for (const auto& alert : of)
        if (std::none_of(other.begin(), other.end(), [&](const Alert& known) { return same_alert(alert, known); }))
            left.push_back(alert);
    return left;
}

// What was decided, without its figures.
std::string gist(const Decision& decision) {
    std::string text;
    for (const auto& action : decision.actions) text += std::string(name_of(action.kind)) + " " + action.value + ";";
    for (const auto& reason : decision.reasons) text += std::string(name_of(reason.rule)) + ";";
    return text;
}

bool makes_a_primary(ActionKind kind) {
    return kind == ActionKind::promote || kind == ActionKind::start;
}

}  // namespace

HistoryReader::HistoryReader(std::optional<WallTime> since, std::size_t wanted) : since_(since), wanted_(wanted) {}

void HistoryReader::add(WallTime at, Entry entry) {
    if (!history_.begins) history_.begins = at;
    history_.ends = at;
    if (!since_ || at >= *since_) history_.entries.push_back(std::move(entry));
}

void HistoryReader::damage(std::string what) {
    // It has no time of its own; it belongs to what stands around it.
    if (!since_ || (history_.ends && *history_.ends >= *since_))
        history_.entries.push_back(Damage{lines_, std::move(what)});
}

void HistoryReader::take(std::string_view line, bool whole) {
    ++lines_;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    const auto schema = schema_of(line);
    if (schema == bundle_schema) return;
    if (!whole && line.back() != '}') return damage("it is cut short");
    if (schema == deed_schema) {
        auto deed = read_deed(line);
        if (!deed) return damage(deed.error().what);
        const bool out_of_recovery = deed->step == "wait" || (deed->step.empty() && deed->action == "start");
        if (incident_ && incident_->decided && out_of_recovery && deed->state == DeedState::done)
            incident_->done = deed->at;
        return add(deed->at, std::move(*deed));
    }
    if (schema == forced_schema) {
        auto forced = read_forced(line);
        if (!forced) return damage(forced.error().what);
        return add(forced->at, std::move(*forced));
    }
    auto record = read_record(line);
    if (!record) return damage(record.error().what);
    take(std::move(*record));
}

std::vector<Sight> HistoryReader::news(const View& view) {
    std::vector<Sight> now, changed;
    for (const auto* voters : {&view.nodes, &view.witnesses})
        for (const auto& node : *voters) now.push_back(sight_of(node));
    for (const auto& sight : now)
        if (std::none_of(seen_.begin(), seen_.end(), [&](const Sight& old) { return looks_as_before(sight, old); }))
            changed.push_back(sight);
    seen_ = std::move(now);
    return changed;
}

void HistoryReader::follow_incident(const Record& record, WallTime at) {
    const auto serving = primaries(record.view, cluster_system(record.view, record.state.system_identifier));
    if (serving.empty() && !incident_ && (primary_ || record.state.last_primary)) {
        incident_.emplace();
        incident_->before = primary_ ? primary_ : record.state.last_primary;
        incident_->detected = at;
        const auto* lost = record.view.find(*incident_->before);
        if (lost != nullptr && lost->last_contact)
            incident_->last_heard =
                at - std::chrono::duration_cast<std::chrono::microseconds>(record.view.at - *lost->last_contact);
    }
    if (incident_ && !incident_->decided)
        for (const auto& action : record.decision.actions)
            if (makes_a_primary(action.kind)) {
                incident_->decided = at;
                incident_->action = name_of(action.kind);
            }
    if (serving.size() != 1) return;
    primary_ = serving.front()->node;
    if (!incident_) return;
    incident_->after = primary_;
    incident_->over = at;
    // What follows a promotion, slots and a checkpoint, may take longer than until it accepts.
    if (incident_->decided && !incident_->done && primary_ == record.view.local) incident_->done = at;
    if (!since_ || at >= *since_) history_.incidents.push_back(*incident_);
    incident_.reset();
}

void HistoryReader::take(Record record) {
    Chapter chapter;
    chapter.number = ++history_.decisions;
    chapter.at = record.view.taken_at;
    chapter.event = record.event;
    history_.cluster = record.view.cluster;
    if (record.view.local) history_.node = record.view.local;
    follow_incident(record, chapter.at);
    history_.ongoing = incident_;
    chapter.seen = news(record.view);
    auto alerts = assess(record.view, record.policy);
    chapter.raised = without(alerts, standing_);
    chapter.over = without(standing_, alerts);
    standing_ = std::move(alerts);
    auto now = gist(record.decision);
    chapter.changed = now != decided_;
    decided_ = std::move(now);
    chapter.decision = record.decision;
    if (chapter.number == wanted_) found_ = std::move(record);
    const auto at = chapter.at;
    add(at, std::move(chapter));
}

}  // namespace pgcm::view
