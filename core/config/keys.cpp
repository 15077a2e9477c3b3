#include "config/keys.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace pgcm::config {
namespace {

using Names = std::string_view;

constexpr Names cluster_keys[] = {"name", "local", "dbname"};
constexpr Names node_keys[] = {"name", "conninfo", "local_conninfo", "priority", "nofailover"};
constexpr Names witness_keys[] = {"name", "conninfo"};
constexpr Names postgres_keys[] = {"data_dir", "bin_dir", "config_file", "run_as", "replication_conninfo",
                                   "slot",     "managed"};
constexpr Names timing_keys[] = {"scan_period",           "probe_timeout",      "failover_after", "conflict_after",
                                 "primary_start_timeout", "follow_check_after", "command_timeout"};
constexpr Names failover_keys[] = {"mode", "quorum", "on_crash", "max_lag"};
constexpr Names lease_keys[] = {"ttl",  "fence_margin", "trust_refused", "port", "watchdog",
                                "etcd", "ca",           "cert",          "key"};
constexpr Names conflict_keys[] = {"keep"};
constexpr Names sync_keys[] = {"mode", "count", "strict", "degrade_after"};
constexpr Names rejoin_keys[] = {"methods", "keep_old", "in_place"};
constexpr Names network_keys[] = {"interface", "command", "expect", "arbiters"};
constexpr Names serve_keys[] = {"listen", "cert", "key", "token"};
constexpr Names log_keys[] = {"format"};
constexpr Names state_keys[] = {"dir"};
constexpr Names commands_keys[] = {"status", "status_expect", "start",       "stop",        "promote",
                                   "rewind", "basebackup",    "create_dirs", "remove_dirs", "network"};
constexpr Names hooks_keys[] = {"on_event", "before_promote", "timeout"};

constexpr std::array sections = {
    SectionKeys{"cluster", cluster_keys},
    SectionKeys{"node", node_keys, true},
    SectionKeys{"witness", witness_keys, true},
    SectionKeys{"postgres", postgres_keys},
    SectionKeys{"timing", timing_keys},
    SectionKeys{"failover", failover_keys},
    SectionKeys{"lease", lease_keys},
    SectionKeys{"conflict", conflict_keys},
    SectionKeys{"sync", sync_keys},
    SectionKeys{"rejoin", rejoin_keys},
    SectionKeys{"network", network_keys},
    SectionKeys{"serve", serve_keys},
    SectionKeys{"log", log_keys},
    SectionKeys{"state", state_keys},
    SectionKeys{"commands", commands_keys},
    SectionKeys{"hooks", hooks_keys},
};

bool has(const SectionKeys& section, std::string_view key) {
    return std::find(section.keys.begin(), section.keys.end(), key) != section.keys.end();
}

}  // namespace

std::span<const SectionKeys> known_sections() {
    return sections;
}

const SectionKeys* known_section(std::string_view section) {
    for (const auto& known : sections)
        if (known.section == section) return &known;
    return nullptr;
}

std::string header_of(const SectionKeys& section) {
    const std::string name{section.section};
    return section.repeated ? "[[" + name + "]]" : "[" + name + "]";
}

std::string nearest_key(const SectionKeys& section, std::string_view key) {
    for (const auto& other : sections)
        if (has(other, key)) return std::string{other.section} + "." + std::string{key};
    return std::string{*std::min_element(section.keys.begin(), section.keys.end(), [&](Names a, Names b) {
        return edit_distance(a, key) < edit_distance(b, key);
    })};
}

std::string nearest_section(std::string_view name) {
    for (const auto& section : sections)
        if (has(section, name)) return std::string{section.section} + "." + std::string{name};
    const auto nearest = std::min_element(sections.begin(), sections.end(), [&](const auto& a, const auto& b) {
        return edit_distance(a.section, name) < edit_distance(b.section, name);
    });
    return header_of(*nearest);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Three rows of the table of distances between prefixes; a swap looks two rows back.
    std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_last = last;
        last = row;
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row[b.size()];
}

}  // namespace pgcm::config
