#include "probe/ballot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace pgcm::probe {
namespace {

// pg_locks shows the keys as oids.
std::uint32_t oid(std::int32_t key) {
    return static_cast<std::uint32_t>(key);
}

}  // namespace

std::string vote_sql(const Ballot& ballot) {
    // Locks and sessions are not read at one moment: a lock whose session is gone is free. Only a prepared transaction
    // holds one without a session. Shared locks may have many holders; one is enough to tell.
    return fmt::format(
        R"((SELECT row_to_json(b) FROM (SELECT a.application_name, coalesce(a.usesysid = r.me, false) AS ours,
    (extract(epoch FROM clock_timestamp() - a.state_change) * 1000)::int8 AS silent_ms,
    (SELECT max(t.objid::int8) FROM pg_locks t WHERE t.locktype = 'advisory' AND t.database = l.database
      AND t.pid = l.pid AND t.classid = '{}'::oid AND t.objsubid = 2 AND t.granted) AS term
    FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND l.classid = '{}'::oid AND l.objid = '{}'::oid AND l.objsubid = 2 AND l.granted
      AND (l.pid IS NULL OR a.pid IS NOT NULL)
    LIMIT 1) b))",
        oid(ballot.keys.term_class), oid(ballot.keys.lease_class), oid(postgres::lease_object));
}

Vote read_vote(const nlohmann::json& value, const Ballot& ballot) {
    Vote vote;
    if (!value.is_object()) return vote;
    const auto known = [&](const char* key) { return value.contains(key) && !value[key].is_null(); };
    const bool ours = known("ours") && value["ours"].get<bool>();
    const auto name = known("application_name") ? value["application_name"].get<std::string>() : std::string{};
    const auto holder = std::find_if(ballot.nodes.begin(), ballot.nodes.end(),
                                     [&](const NodeName& node) { return postgres::session_name(node) == name; });
    vote.stranger = !ours || holder == ballot.nodes.end();
    if (!vote.stranger) vote.holder = *holder;
    if (!vote.stranger && known("term")) vote.term = value["term"].get<Term>();
    // A clock that was set back shows a session that will speak.
    if (known("silent_ms")) vote.silent = std::max(milliseconds{value["silent_ms"].get<std::int64_t>()}, 0ms);
    return vote;
}

}  // namespace pgcm::probe
