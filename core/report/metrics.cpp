#include "report/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <utility>

#include "report/glance.hpp"
#include "report/tally.hpp"

namespace pgcm::report {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

double seconds(nanoseconds span) {
    return std::chrono::duration<double>(span).count();
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

class Writer {
  public:
    explicit Writer(const View& view)
        : always_(fmt::format("scope=\"{}\",name=\"{}\"", escaped(view.cluster),
                              view.local ? escaped(view.local->str()) : "")) {}
    std::string take() { return std::move(text_); }

    // All samples of one name follow it.
    void begin(std::string_view name, std::string_view kind, std::string_view help) {
        name_ = name;
        fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, kind);
    }
    template <class T>
    void sample(T value, Labels labels = {}, std::string_view suffix = "") {
        fmt::format_to(std::back_inserter(text_), "{}{}{{{}", name_, suffix, always_);
        for (const auto& [key, text] : labels)
            fmt::format_to(std::back_inserter(text_), ",{}=\"{}\"", key, escaped(text));
        fmt::format_to(std::back_inserter(text_), "}} {}\n", value);
    }
    template <class T>
    void gauge(std::string_view name, std::string_view help, T value) {
        begin(name, "gauge", help);
        sample(value);
    }
    template <class T>
    void known(std::string_view name, std::string_view help, const std::optional<T>& value) {
        if (value) gauge(name, help, *value);
    }

  private:
    std::string always_, text_, name_;
};

std::optional<std::uint64_t> number_of(const std::optional<Lsn>& lsn) {
    return lsn ? std::optional(lsn->value) : std::nullopt;
}

// Patroni's, of the local node.
void put_node(Writer& out, const View& view, const Figures& figures) {
    const auto* node = view.local && figures.fresh ? view.find(*view.local) : nullptr;
    const bool runs = node != nullptr && node->reach == Reach::accepting;
    const bool standby = runs && node->role == Role::standby;
    const auto seen = standby ? glance(view, *node) : Glance{};
    out.gauge("patroni_postgres_running", "1 while the local server accepts connections.", int{runs});
    out.gauge("patroni_primary", "1 while the local server is the primary, with the lease where there is one.",
              int{figures.leads});
    out.gauge("patroni_replica", "1 while the local server is a standby.", int{standby});
    out.gauge("patroni_sync_standby", "1 while commits may wait for the local standby, by FIRST or a name.",
              int{seen.sync == "sync"});
    out.gauge("patroni_quorum_standby", "1 while commits may wait for the local standby, by ANY.",
              int{seen.sync == "quorum"});
    out.gauge("patroni_postgres_streaming", "1 while the local standby streams.", int{seen.streaming});
    const auto primary = primaries_of(view);
    out.gauge("patroni_cluster_unlocked", "1 while no primary is in view.", int{!figures.fresh || primary.empty()});
    out.gauge("patroni_is_paused", "1 while the cluster is paused.", int{figures.paused});
    if (!runs) return;
    out.known("patroni_postgres_server_version", "Version of the local server, as server_version_num.",
              node->server_version);
    if (node->timeline) out.gauge("patroni_postgres_timeline", "Timeline of the local server.", node->timeline->value);
    if (!standby)
        return out.known("patroni_xlog_location", "Position that the local primary has written to, in bytes.",
                         number_of(node->written));
    out.known("patroni_xlog_received_location", "Position that the local standby has received, in bytes.",
              number_of(node->received));
    out.known("patroni_xlog_replayed_location", "Position that the local standby has replayed, in bytes.",
              number_of(node->replayed));
    out.gauge("patroni_xlog_paused", "1 while replay is paused on the local standby.",
              int{node->replay_paused.value_or(false)});
}

void put_cluster(Writer& out, const View& view, const Alerts& alerts, Verdict verdict) {
    out.begin("pgcm_verdict", "gauge", "1 for the cluster's state, 0 for the others.");
    for (const auto& [value, name] : enum_names<Verdict>) out.sample(int{value == verdict}, {{"verdict", name}});
    out.gauge("pgcm_primaries_in_view", "Accepting primaries of the cluster; 1 in a healthy one.",
              primaries_of(view).size());
    out.begin("pgcm_alerts", "gauge", "Standing alerts.");
    for (const auto& [value, name] : enum_names<Severity>)
        out.sample(std::ranges::count(alerts, value, &Alert::severity), {{"severity", name}});
    if (alerts.empty()) return;
    out.begin("pgcm_alert", "gauge", "1 for each standing alert.");
    // Two alerts of one code may stand for one node (two slots), and a sample may come once.
    std::vector<std::pair<AlertCode, std::string>> told;
    for (const auto& alert : alerts) {
        std::pair<AlertCode, std::string> key{alert.code, alert.node ? alert.node->str() : ""};
        if (std::ranges::find(told, key) != told.end()) continue;
        out.sample(1, {{"code", name_of(alert.code)}, {"severity", name_of(alert.severity)}, {"node", key.second}});
        told.push_back(std::move(key));
    }
}

void put_nodes(Writer& out, const View& view) {
    const auto all = [&](const auto& put) {
        for (const auto& node : view.nodes) put(node);
    };
    out.begin("pgcm_node_accepting", "gauge", "1 for a node that accepts connections.");
    all([&](const Observation& node) { out.sample(int{node.reach == Reach::accepting}, {{"node", node.node.str()}}); });
    out.begin("pgcm_probe_seconds", "gauge", "How long the last look at a node took.");
    all([&](const Observation& node) { out.sample(seconds(node.took), {{"node", node.node.str()}}); });
    out.begin("pgcm_lag_bytes", "gauge", "WAL that a standby is behind its primary.");
    all([&](const Observation& node) {
        if (const auto lag = glance(view, node).lag_bytes) out.sample(*lag, {{"node", node.node.str()}});
    });
    out.begin("pgcm_slot_retained_bytes", "gauge", "WAL that a replication slot keeps.");
    all([&](const Observation& node) {
        if (!node.inventory || !node.inventory->slots) return;
        for (const auto& slot : *node.inventory->slots)
            if (slot.retained_bytes) out.sample(*slot.retained_bytes, {{"node", node.node.str()}, {"slot", slot.name}});
    });
}

void put_lease(Writer& out, const View& view, const Figures& figures) {
    if (figures.lease_left)
        out.gauge("pgcm_lease_left_seconds", "How long the local agent's lease still lasts.",
                  seconds(*figures.lease_left));
    if (!view.lease) return;
    const auto votes = tally(view, view.nodes.size() + view.witnesses.size());
    out.gauge("pgcm_votes_needed", "Votes that make a lease.", votes.needed);
    out.begin("pgcm_votes", "gauge", "Votes that each node holds.");
    for (const auto& node : view.nodes) {
        const auto held = votes.held.find(node.node);
        out.sample(held == votes.held.end() ? 0 : held->second, {{"node", node.node.str()}});
    }
}

void put_agent(Writer& out, const Figures& figures) {
    out.gauge("pgcm_fresh", "1 while the agent's loop turns; without it no role is told.", int{figures.fresh});
    if (figures.age) out.gauge("pgcm_turn_age_seconds", "Age of the loop's last turn.", seconds(*figures.age));
    out.begin("pgcm_turn_seconds", "histogram", "How long the turns of the loop took.");
    for (std::size_t i = 0; i < Histogram::bounds.size(); ++i)
        out.sample(figures.turns.at_most[i], {{"le", fmt::format("{}", seconds(Histogram::bounds[i]))}}, "_bucket");
    out.sample(figures.turns.count, {{"le", "+Inf"}}, "_bucket");
    out.sample(seconds(figures.turns.sum), {}, "_sum");
    out.sample(figures.turns.count, {}, "_count");
    out.begin("pgcm_failovers_total", "counter", "Changes of the primary that this agent saw.");
    out.sample(figures.failovers);
    if (figures.last_outage)
        out.gauge("pgcm_last_failover_seconds", "How long the cluster had no primary at the last change.",
                  seconds(*figures.last_outage));
    out.gauge("pgcm_operation_running", "1 while an operation runs on the local node.",
              int{figures.operation.has_value()});
    out.known("pgcm_operation_done_bytes", "Bytes that the running copy has done.", figures.done_bytes);
    out.known("pgcm_operation_total_bytes", "Bytes that the running copy has to do.", figures.total_bytes);
    out.begin("pgcm_http_requests_total", "counter", "Requests that were answered.");
    out.sample(figures.requests);
    out.gauge("pgcm_http_connections", "Open connections.", figures.connections);
    out.gauge("pgcm_http_streams", "Open event streams.", figures.streams);
}

}  // namespace

std::string metrics(const View& view, const Alerts& alerts, Verdict verdict, const Figures& figures) {
    Writer out(view);
    put_node(out, view, figures);
    if (figures.fresh) {
        put_cluster(out, view, alerts, verdict);
        put_nodes(out, view);
        put_lease(out, view, figures);
    }
    put_agent(out, figures);
    return out.take();
}

}  // namespace pgcm::report
