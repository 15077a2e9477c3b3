#include "view/assess.hpp"

#include <algorithm>

#include "view/assess_votes.hpp"

namespace pgcm::view {
namespace {

std::int64_t figure(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}

class Assessment {
  public:
    Assessment(const View& view, const Policy& policy, const Thresholds& thresholds)
        : view_(view),
          policy_(policy),
          limits_(thresholds),
          system_(cluster_system(view)),
          serving_(primaries(view, system_)) {}

    Alerts run() {
        cluster();
        for (const auto& node : view_.nodes) {
            if (node.reach != Reach::accepting) {
                unreachable(node);
                continue;
            }
            identity(node);
            if (node.role == Role::standby) standby(node);
            if (node.role == Role::primary && !other_system(node, system_)) synchronous(node);
            if (node.inventory) inventory(node);
            clock(node);
            grants(node);
        }
        for (auto& alert : assess_votes(view_, policy_, serving_)) alerts_.push_back(std::move(alert));
        host();
        pause();
        std::stable_sort(alerts_.begin(), alerts_.end(),
                         [](const Alert& a, const Alert& b) { return a.severity > b.severity; });
        return std::move(alerts_);
    }

  private:
    void raise(AlertCode code, Severity severity, std::optional<NodeName> node = {}, Facts facts = {}) {
        alerts_.push_back({code, severity, std::move(node), std::move(facts)});
    }

    const Observation* primary() const { return serving_.size() == 1 ? serving_.front() : nullptr; }

    void cluster() {
        if (serving_.empty()) raise(AlertCode::no_primary, Severity::critical);
        if (serving_.size() > 1) {
            std::string names;
            for (const auto* node : serving_) names += (names.empty() ? "" : ", ") + node->node.str();
            raise(AlertCode::many_primaries, Severity::critical, {}, {{"names", names}});
        }
        const bool any = std::any_of(view_.nodes.begin(), view_.nodes.end(), [&](const Observation& node) {
            return accepts_as(Role::standby, node) && !other_system(node, system_);
        });
        if (!any && view_.nodes.size() > 1) raise(AlertCode::no_standby, Severity::warning);
    }

    void unreachable(const Observation& node) {
        raise(AlertCode::node_unreachable, Severity::warning, node.node, facts_of_silence(node));
    }

    void identity(const Observation& node) {
        if (!other_system(node, system_)) return;
        raise(AlertCode::system_differs, Severity::critical, node.node,
              {{"system_identifier", std::to_string(*node.system_identifier)}, {"expected", std::to_string(*system_)}});
    }

    void standby(const Observation& node) {
        if (node.replay_paused.value_or(false)) raise(AlertCode::replay_paused, Severity::warning, node.node);
        const auto* source = primary();
        if (source == nullptr || other_system(node, source->system_identifier)) return;
        if (diverged(node, *source).value_or(false)) {
            Facts facts{{"timeline", to_string(*node.timeline)},
                        {"primary_timeline", to_string(*source->timeline)},
                        {"lsn", to_string(*position(node))}};
            // Two promotions to one timeline: the numbers alone look right (LESSONS 1).
            if (other_mark(node.mark, source->mark)) facts.push_back({"promotion", node.mark->id});
            raise(AlertCode::diverged, Severity::critical, node.node, std::move(facts));
        } else if (!streams(node, *source, policy_)) {
            Facts facts;
            if (node.upstream)
                facts.push_back({"upstream", node.upstream->host + ":" + std::to_string(node.upstream->port)});
            raise(AlertCode::not_following, Severity::warning, node.node, std::move(facts));
        }
        if (!source->written || !position(node)) return;
        const auto lag = bytes_between(node.replayed.value_or(*position(node)), *source->written);
        if (lag > limits_.lag_bytes) raise(AlertCode::lag, Severity::warning, node.node, {{"lag_bytes", figure(lag)}});
    }

    void synchronous(const Observation& node) {
        if (policy_.sync_mode == SyncMode::off || view_.nodes.size() < 2) return;
        const auto streaming = std::count_if(view_.nodes.begin(), view_.nodes.end(), [&](const Observation& other) {
            return other.node != node.node && streams(other, node, policy_);
        });
        const int wanted = policy_.sync_mode == SyncMode::automatic ? 1 : policy_.sync_count;
        const bool named = !node.synchronous_standby_names.value_or("").empty();
        if (named && streaming >= wanted) return;
        raise(AlertCode::sync_degraded, Severity::warning, node.node,
              {{"streaming", static_cast<std::int64_t>(streaming)},
               {"wanted", std::int64_t{wanted}},
               {"names", node.synchronous_standby_names.value_or("")}});
    }

    void inventory(const Observation& node) {
        for (const auto& slot : node.inventory->slots.value_or(std::vector<Slot>{})) {
            if (slot.wal_status == "lost")
                raise(AlertCode::slot_lost, Severity::warning, node.node, {{"slot", slot.name}});
            else if (slot.retained_bytes.value_or(0) > limits_.retained_bytes)
                raise(AlertCode::slot_retains_wal, Severity::warning, node.node,
                      {{"slot", slot.name}, {"retained_bytes", figure(*slot.retained_bytes)}});
        }
        if (node.inventory->wal_bytes.value_or(0) > limits_.wal_bytes)
            raise(AlertCode::wal_grows, Severity::warning, node.node,
                  {{"wal_bytes", figure(*node.inventory->wal_bytes)},
                   {"wal_files", figure(node.inventory->wal_files.value_or(0))}});
    }

    void clock(const Observation& node) {
        if (!node.clock_skew || std::chrono::abs(*node.clock_skew) < limits_.clock_skew) return;
        raise(AlertCode::clock_skew, Severity::warning, node.node,
              {{"skew_ms", std::int64_t{node.clock_skew->count()}}});
    }

    void grants(const Observation& node) {
        if (node.missing.empty()) return;
        std::string fields;
        std::string wanted;
        for (const auto& [field, grant] : node.missing) {
            fields += (fields.empty() ? "" : ", ") + field;
            if (wanted.find(grant) == std::string::npos) wanted += (wanted.empty() ? "" : ", ") + grant;
        }
        raise(AlertCode::missing_grant, Severity::notice, node.node, {{"fields", fields}, {"grant", wanted}});
    }

    void pause() {
        const auto pause = pause_of(view_);
        if (!pause || !holds(*pause, view_)) return;
        const auto ms = [](auto span) { return std::chrono::duration_cast<milliseconds>(span).count(); };
        Facts facts{{"by", pause->by}, {"since_ms", std::int64_t{ms(view_.taken_at - pause->since)}}};
        if (pause->until) facts.push_back({"left_ms", std::int64_t{ms(*pause->until - view_.taken_at)}});
        if (!pause->why.empty()) facts.push_back({"why", pause->why});
        raise(AlertCode::paused, Severity::notice, {}, std::move(facts));
    }

    void host() {
        if (!view_.host) return;
        if (view_.host->disk_stalled) raise(AlertCode::disk_stalled, Severity::critical, view_.local);
        if (view_.host->network == Network::down)
            raise(AlertCode::network_down, Severity::critical, view_.local, {{"message", view_.host->network_message}});
    }

    const View& view_;
    const Policy& policy_;
    const Thresholds& limits_;
    std::optional<std::uint64_t> system_;
    std::vector<const Observation*> serving_;
    Alerts alerts_;
};

}  // namespace

Alerts assess(const View& view, const Policy& policy, const Thresholds& thresholds) {
    return Assessment(view, policy, thresholds).run();
}

Verdict verdict(const View& view, const Alerts& alerts) {
    const auto serving = primaries(view, cluster_system(view)).size();
    if (serving > 1) return Verdict::many_primaries;
    if (serving == 0) return Verdict::no_primary;
    const bool degraded = std::any_of(alerts.begin(), alerts.end(),
                                      [](const Alert& alert) { return alert.severity != Severity::notice; });
    return degraded ? Verdict::degraded : Verdict::healthy;
}

}  // namespace pgcm::view
