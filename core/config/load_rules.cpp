#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "config/loading.hpp"
#include "config/toml_text.hpp"
#include "postgres/lock_keys.hpp"

namespace pgcm::config {
namespace {

using std::chrono::hours;
constexpr milliseconds day = hours{24};

std::size_t voters(const Config& config) {
    return config.nodes.size() + config.witnesses.size();
}

void read_max_lag(Section& section, std::optional<std::uint64_t>& out) {
    const auto* value = section.find("max_lag");
    if (value == nullptr) return;
    if (const auto* number = std::get_if<std::int64_t>(&value->data))
        return section.fail("max_lag", fmt::format("{} has no unit", *number),
                            "write \"16MB\" or the like; the units are B, kB, MB, GB and TB (1024 each)");
    std::string text;
    if (!section.text("max_lag", text) || text == "none") return;
    const auto bytes = parse_size(text);
    if (!bytes) return section.fail("max_lag", bytes.error());
    out = *bytes;
}

void check_etcd(Section& section, const std::vector<std::string>& urls) {
    for (const auto& url : urls) {
        const auto scheme = url.starts_with("https://") ? 8U : url.starts_with("http://") ? 7U : 0U;
        if (url.find('@') != std::string::npos)
            return section.fail("etcd", "a URL holds a user name or a password", "use a client certificate: cert, key");
        if (scheme == 0 || url.size() == scheme || url.find_first_of(" \t\n\"") != std::string::npos)
            return section.fail("etcd", toml_string(url) + " is not a URL of etcd", "write \"https://host:2379\"");
    }
}

// Advisory locks belong to one database (LESSONS 26).
void check_one_database(Reader& reader, const Config& config) {
    std::optional<std::string> first;
    const auto check = [&](Section& section, const Conninfo& conninfo) {
        const auto dbname = conninfo.get("dbname").value_or(config.dbname);
        if (!first) first = dbname;
        if (dbname != *first)
            section.fail("conninfo",
                         fmt::format("the database is {} here and {} on the first node; a majority of locks needs one "
                                     "database of one name",
                                     toml_string(dbname), toml_string(*first)),
                         "leave dbname out of the connection strings and set cluster.dbname");
    };
    auto nodes = reader.sections("node");
    for (std::size_t i = 0; i < nodes.size() && i < config.nodes.size(); ++i) check(nodes[i], config.nodes[i].conninfo);
    auto witnesses = reader.sections("witness");
    for (std::size_t i = 0; i < witnesses.size() && i < config.witnesses.size(); ++i)
        check(witnesses[i], config.witnesses[i].conninfo);
}

// A voter knows the holder by its application_name, which the server cuts.
void check_holders(Reader& reader, const Config& config) {
    auto sections = reader.sections("node");
    for (std::size_t i = 0; i < sections.size() && i < config.nodes.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const auto& [one, other] = std::pair{config.nodes[j].name, config.nodes[i].name};
            if (postgres::session_name(one) != postgres::session_name(other)) continue;
            sections[i].fail(
                "name",
                fmt::format("as holders of the lease {} and {} look the same: voters show the first {} "
                            "bytes of {}",
                            toml_string(one.str()), toml_string(other.str()), postgres::session_name(other).size(),
                            toml_string("pgcm/" + application_name(other))),
                "give one of them another name");
        }
}

}  // namespace

void read_timing(Reader& reader, Config& config) {
    auto section = reader.section("timing");
    auto& policy = config.policy;
    section.duration("scan_period", policy.scan_period, 20ms, hours{1});
    section.duration("probe_timeout", policy.probe_timeout, 20ms, hours{1});
    section.duration("failover_after", policy.failover_after, 0ms, day);
    section.duration("conflict_after", policy.conflict_after, 0ms, day);
    section.duration("primary_start_timeout", policy.primary_start_timeout, 0ms, day);
    section.duration("follow_check_after", policy.follow_check_after, 0ms, day);
    section.duration("command_timeout", config.command_timeout, 100ms, day);
}

void read_failover(Reader& reader, Config& config) {
    auto section = reader.section("failover");
    auto& policy = config.policy;
    policy.quorum = voters(config) >= 3 ? Quorum::majority : Quorum::any;
    section.one_of("mode", policy.mode);
    section.one_of("quorum", policy.quorum);
    section.one_of("on_crash", policy.on_crash);
    read_max_lag(section, policy.max_lag_bytes);
    reader.section("conflict").one_of("keep", policy.keep);
}

void read_lease(Reader& reader, Config& config) {
    auto section = reader.section("lease");
    auto& lease = config.lease;
    section.duration("ttl", lease.ttl, 0ms, hours{1});
    section.duration("fence_margin", lease.fence_margin, 1ms, hours{1});
    section.flag("trust_refused", lease.trust_refused);
    if (int port = 0; section.number("port", port, 1, 65535)) lease.port = static_cast<std::uint16_t>(port);
    section.path("watchdog", lease.watchdog);
    section.texts("etcd", lease.etcd);
    check_etcd(section, lease.etcd);
    section.path("ca", lease.etcd_ca);
    section.path("cert", lease.etcd_cert);
    section.path("key", lease.etcd_key);
    if (lease.etcd_cert.empty() != lease.etcd_key.empty())
        section.fail(lease.etcd_cert.empty() ? "key" : "cert", "lease.cert and lease.key go together");
}

void read_sync(Reader& reader, Config& config) {
    auto section = reader.section("sync");
    auto& policy = config.policy;
    section.one_of("mode", policy.sync_mode);
    section.number("count", policy.sync_count, 1, 1000);
    section.flag("strict", policy.sync_strict);
    section.duration("degrade_after", policy.sync_degrade_after, 0ms, day);

    const bool named = policy.sync_mode == SyncMode::quorum || policy.sync_mode == SyncMode::priority;
    const auto standbys = static_cast<int>(config.nodes.size()) - 1;
    // The default of 1 may stand in a cluster of one node, where no mode uses it.
    if (policy.sync_count > (named ? standbys : std::max(standbys, 1)))
        section.fail("count", fmt::format("{} is more than the standbys there are ({} nodes - 1 primary = {})",
                                          policy.sync_count, config.nodes.size(), standbys));
}

void check_combinations(Reader& reader, const Config& config) {
    const auto& policy = config.policy;
    const auto& lease = config.lease;
    auto section = reader.section("lease");
    const auto ttl = print_duration(lease.ttl);
    const auto margin = print_duration(lease.fence_margin);
    if (lease.ttl < 2s) section.fail("ttl", fmt::format("lease.ttl ({}) must be at least 2s", ttl));
    if (lease.fence_margin >= lease.ttl)
        section.fail("fence_margin", fmt::format("lease.fence_margin ({}) must be under lease.ttl ({})", margin, ttl));
    if (policy.quorum == Quorum::etcd && lease.etcd.empty())
        section.missing("etcd", "failover.quorum is \"etcd\": list its addresses, [\"https://host:2379\"]");
    if (policy.quorum != Quorum::majority) return;
    if (policy.scan_period + policy.probe_timeout >= lease.ttl - lease.fence_margin)
        section.fail(
            "ttl",
            fmt::format("timing.scan_period ({}) + timing.probe_timeout ({}) = {} must be under lease.ttl ({}) "
                        "- lease.fence_margin ({}) = {}",
                        print_duration(policy.scan_period), print_duration(policy.probe_timeout),
                        print_duration(policy.scan_period + policy.probe_timeout), ttl, margin,
                        print_duration(lease.ttl - lease.fence_margin)),
            "raise lease.ttl, or lower the two; failover.quorum is \"majority\", the default with three voters "
            "or more");
    if (!config.server.managed)
        reader.section("postgres")
            .fail("managed",
                  "false, and failover.quorum is \"majority\": a server that pgcm may not stop cannot be fenced",
                  "leave postgres.managed at true, or set failover.quorum = \"any\"");
    check_one_database(reader, config);
    check_holders(reader, config);
}

}  // namespace pgcm::config
