#include <fmt/format.h>

#include <algorithm>

#include "report/glance.hpp"
#include "report/human.hpp"
#include "report/tally.hpp"
#include "report/units.hpp"
#include "report/words.hpp"

namespace pgcm::report {
namespace {

constexpr std::uint64_t noticeable_lag = 64ULL << 20;

Paint paint_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::healthy: return Paint::good;
        case Verdict::degraded: return Paint::warn;
        case Verdict::no_primary:
        case Verdict::many_primaries: return Paint::bad;
    }
    return Paint::plain;
}

Paint paint_of(Severity severity) {
    switch (severity) {
        case Severity::notice: return Paint::dim;
        case Severity::warning: return Paint::warn;
        case Severity::critical: return Paint::bad;
    }
    return Paint::plain;
}

Paint paint_of(Reach reach) {
    switch (reach) {
        case Reach::accepting: return Paint::plain;
        case Reach::unknown: return Paint::dim;
        case Reach::rejecting: return Paint::warn;
        case Reach::refused:
        case Reach::silent:
        case Reach::stalled:
        case Reach::unresolved: return Paint::bad;
    }
    return Paint::plain;
}

std::string role_text(Role role) {
    return role == Role::unknown ? "" : std::string{name_of(role)};
}

std::string head_line(const View& view, Verdict verdict, const Style& style) {
    std::string names;
    for (const auto* node : primaries_of(view)) names += (names.empty() ? "" : ", ") + printable(node->node.str());
    std::string out = painted(printable(view.cluster), Paint::bold, style);
    out += "  " + painted(words(verdict), paint_of(verdict), style);
    if (!names.empty()) out += (verdict == Verdict::many_primaries ? "  primaries " : "  primary ") + names;
    return out + "  " + painted(time(view.taken_at), Paint::dim, style) + "\n";
}

std::string nodes_table(const View& view, const Style& style) {
    Table table{{{"NODE"},
                 {"ROLE"},
                 {"STATE"},
                 {"TL", Align::right},
                 {"LSN"},
                 {"LAG", Align::right},
                 {"REPLAY", Align::right},
                 {"SYNC"},
                 {"FOLLOWS"}}};
    for (const auto& row : status_rows(view)) {
        const auto& node = *view.find(row.name);
        const auto seen = glance(view, node);
        const bool astray = seen.copies_from || (accepts_as(Role::standby, node) && !row.streaming);
        const bool lags = seen.lag_bytes.value_or(0) >= noticeable_lag;
        table.add({{printable(row.name.str()), Paint::plain},
                   {role_text(row.role), row.role == Role::primary ? Paint::good : Paint::plain},
                   {row.state, node.replay_paused.value_or(false) ? Paint::warn : paint_of(row.reach)},
                   {row.timeline},
                   {row.lsn},
                   {row.lag, lags ? Paint::warn : Paint::plain},
                   {row.replay},
                   {row.sync},
                   {row.follows, astray ? Paint::warn : Paint::plain}},
                  row.local);
    }
    return table.str(style);
}

std::string inventory_tables(const View& view, const Style& style) {
    Table sizes{{{"NODE"},
                 {"DATABASES", Align::right},
                 {"PG_WAL", Align::right},
                 {"FILES", Align::right},
                 {"SLOTS", Align::right}}};
    Table slots{{{"NODE"}, {"SLOT"}, {"KIND"}, {"ACTIVE"}, {"WAL"}, {"RETAINED", Align::right}}};
    const auto size_text = [](const std::optional<std::uint64_t>& bytes) { return bytes ? size(*bytes) : ""; };
    for (const auto& node : view.nodes) {
        if (!node.inventory) continue;
        const auto& [taken_at, database_bytes, wal_bytes, wal_files, of_node] = *node.inventory;
        const bool local = view.local == node.node;
        const auto name = printable(node.node.str());
        sizes.add({{name},
                   {size_text(database_bytes)},
                   {size_text(wal_bytes)},
                   {wal_files ? std::to_string(*wal_files) : ""},
                   {of_node ? std::to_string(of_node->size()) : ""}},
                  local);
        for (const auto& slot : of_node.value_or(std::vector<Slot>{}))
            slots.add({{name},
                       {printable(slot.name)},
                       {slot.physical ? "physical" : "logical"},
                       {slot.active ? "yes" : "no", slot.active ? Paint::plain : Paint::warn},
                       {printable(slot.wal_status.value_or("")), slot.wal_status == "lost" ? Paint::bad : Paint::plain},
                       {size_text(slot.retained_bytes)}},
                      local);
    }
    return (sizes.empty() ? "" : "\n" + sizes.str(style)) + (slots.empty() ? "" : "\n" + slots.str(style));
}

// Empty where no votes are cast.
std::string votes_table(const View& view, const Policy& policy, const Style& style) {
    if (policy.quorum != Quorum::majority) return "";
    Table table{{{"VOTER"},
                 {"KIND"},
                 {"STATE"},
                 {"VOTE"},
                 {"TERM", Align::right},
                 {"SILENT", Align::right},
                 {"LASTS", Align::right}}};
    for (const auto& row : voter_rows(view, policy.lease_ttl))
        table.add({{printable(row.name.str())},
                   {row.witness ? "witness" : "node"},
                   {std::string{name_of(row.reach)}, paint_of(row.reach)},
                   {row.vote, row.stranger ? Paint::bad : Paint::plain},
                   {row.term},
                   {row.silent},
                   {row.lasts, row.lasts == "over" ? Paint::warn : Paint::plain}},
                  view.local == row.name);
    const auto counted = tally(view, policy.voters());
    return "\n" + table.str(style) + "\n  " + painted("lease", holder_of(counted) ? Paint::good : Paint::warn, style) +
           "     " + words(counted) + "\n";
}

std::string operation_line(const View& view, const Style& style) {
    if (!view.operation) return "";
    return "\n" + labelled("operation", Paint::warn, words(*view.operation, view.taken_at), style);
}

std::string alert_lines(const Alerts& alerts, const Style& style) {
    std::string out;
    for (const auto& alert : alerts)
        out += labelled(name_of(alert.severity), paint_of(alert.severity), words(alert), style);
    return out.empty() ? out : "\n" + out;
}

}  // namespace

std::string status_table(const View& view, const Alerts& alerts, Verdict verdict, const Policy& policy,
                         const Style& style) {
    return head_line(view, verdict, style) + "\n" + nodes_table(view, style) + votes_table(view, policy, style) +
           operation_line(view, style) + inventory_tables(view, style) + alert_lines(alerts, style);
}

std::string probe_table(const View& view, const Policy& policy, const Style& style) {
    Table table{{{"NODE"},
                 {"HOST"},
                 {"PORT", Align::right},
                 {"REACH"},
                 {"SQLSTATE"},
                 {"TOOK", Align::right},
                 {"ROLE"},
                 {"VERSION"},
                 {"SKEW", Align::right},
                 {"MESSAGE"}}};
    const auto add = [&](const Observation& node, const std::string& role) {
        table.add({{printable(node.node.str())},
                   {printable(node.host)},
                   {std::to_string(node.port)},
                   {std::string{name_of(node.reach)}, paint_of(node.reach)},
                   {printable(node.sqlstate)},
                   {duration(node.took)},
                   {role, role == "primary" ? Paint::good : Paint::plain},
                   {node.server_version ? version(*node.server_version) : ""},
                   {node.clock_skew ? duration(*node.clock_skew) : ""},
                   {printable(node.message)}},
                  view.local == node.node);
    };
    for (const auto& node : view.nodes) add(node, role_text(node.role));
    for (const auto& witness : view.witnesses) add(witness, "witness");
    Table grants{{{"NODE"}, {"NOT READABLE"}, {"NEEDS"}}};
    for (const auto& node : view.nodes)
        for (const auto& [field, grant] : node.missing)
            grants.add({{printable(node.node.str())}, {printable(field)}, {printable(grant)}}, view.local == node.node);
    const auto head =
        painted(printable(view.cluster), Paint::bold, style) + "  " + painted(time(view.taken_at), Paint::dim, style);
    return head + "\n\n" + table.str(style) + votes_table(view, policy, style) +
           (grants.empty() ? "" : "\n" + grants.str(style));
}

}  // namespace pgcm::report
