#include "report/symptoms.hpp"

#include <gtest/gtest.h>

#include "golden.hpp"
#include "report/findings.hpp"

using namespace pgcm;
using namespace pgcm::report;

namespace {

const auto a = NodeName::make("a").value();

// One of every code that a server can give, with the facts that view/diagnose gives it.
const Symptoms all{
    {FindingCode::voters_few, Severity::notice, {}, {{"voters", std::int64_t{2}}}},
    {FindingCode::unreachable,
     Severity::critical,
     a,
     {{"reach", "rejecting"}, {"message", "no."}, {"sqlstate", "28000"}}},
    {FindingCode::examination_failed, Severity::warning, a, {{"message", "permission denied"}}},
    {FindingCode::database_differs, Severity::critical, a, {{"database", "x"}, {"expected", "y"}, {"there", "b"}}},
    {FindingCode::system_differs, Severity::critical, a, {{"system_identifier", "8"}, {"expected", "7"}}},
    {FindingCode::version_differs,
     Severity::critical,
     a,
     {{"version", std::int64_t{16}}, {"expected", std::int64_t{15}}}},
    {FindingCode::clock_skew, Severity::warning, a, {{"skew_ms", std::int64_t{-3000}}}},
    {FindingCode::listens_locally, Severity::critical, a, {{"value", ""}, {"address", "10.0.0.1"}}},
    {FindingCode::replication_refused,
     Severity::critical,
     a,
     {{"user", "r"}, {"message", "no entry"}, {"sqlstate", "28000"}}},
    {FindingCode::replication_refused,
     Severity::critical,
     a,
     {{"user", "r"}, {"message", "wrong"}, {"sqlstate", "28P01"}}},
    {FindingCode::replication_refused,
     Severity::critical,
     a,
     {{"user", "r"}, {"message", "full"}, {"sqlstate", "53300"}}},
    {FindingCode::hba_refuses,
     Severity::critical,
     a,
     {{"from", "b"}, {"user", "r"}, {"database", "replication"}, {"address", "10.0.0.2"}}},
    {FindingCode::hba_refuses,
     Severity::critical,
     a,
     {{"from", "b"}, {"user", "pgcm"}, {"database", "postgres"}, {"address", "fd00::2"}}},
    {FindingCode::hba_unseen, Severity::notice, a, {{"role", "pgcm"}}},
    {FindingCode::wal_level_low, Severity::critical, a, {{"value", "minimal"}}},
    {FindingCode::hot_standby_off, Severity::critical, a, {}},
    {FindingCode::wal_senders_few, Severity::critical, a, {{"value", std::int64_t{1}}, {"wanted", std::int64_t{4}}}},
    {FindingCode::standby_setting_low,
     Severity::critical,
     a,
     {{"setting", "max_connections"}, {"value", std::int64_t{1}}, {"wanted", std::int64_t{100}}}},
    {FindingCode::retry_interval_long, Severity::warning, a, {{"value_ms", std::int64_t{5000}}}},
    {FindingCode::slots_few, Severity::critical, a, {{"value", std::int64_t{1}}, {"wanted", std::int64_t{3}}}},
    {FindingCode::slot_lost, Severity::warning, a, {{"slot", "pgcm_b"}, {"ours", true}}},
    {FindingCode::slot_lost, Severity::warning, a, {{"slot", "backup_x"}, {"ours", false}}},
    {FindingCode::slot_retains_wal,
     Severity::warning,
     a,
     {{"slot", "backup_x"}, {"retained_bytes", std::int64_t{3} << 30}}},
    {FindingCode::slot_wal_unlimited, Severity::warning, a, {}},
    {FindingCode::changes_untraced, Severity::warning, a, {}},
    {FindingCode::full_page_writes_off, Severity::critical, a, {}},
    {FindingCode::wal_not_kept, Severity::notice, a, {{"setting", "wal_keep_size"}}},
    {FindingCode::wal_not_kept, Severity::notice, a, {{"setting", "wal_keep_segments"}}},
    {FindingCode::archiver_idle, Severity::warning, a, {{"archive_mode", "always"}}},
    {FindingCode::archiver_fails, Severity::warning, a, {{"segment", "000000010000000000000007"}}},
    {FindingCode::program_version,
     Severity::critical,
     a,
     {{"program", "pg_rewind"}, {"version", std::int64_t{16}}, {"expected", std::int64_t{15}}}},
    {FindingCode::tablespaces, Severity::warning, a, {{"names", "fast, slow"}}},
    {FindingCode::clone_hindered, Severity::warning, a, {{"message", "/d is a mount point"}}},
    {FindingCode::clone_no_room,
     Severity::warning,
     a,
     {{"free_bytes", std::int64_t{1} << 30}, {"wanted_bytes", std::int64_t{2} << 30}}},
    {FindingCode::not_replication_role, Severity::critical, a, {{"role", "pg\"cm"}}},
    {FindingCode::grant_missing,
     Severity::critical,
     a,
     {{"grant", "EXECUTE ON FUNCTION pg_reload_conf()"},
      {"purpose", "letting a changed setting take effect"},
      {"role", "pgcm"}}},
    {FindingCode::superuser_needed, Severity::critical, a, {{"role", "pgcm"}}},
    {FindingCode::connect_public, Severity::notice, a, {{"database", "postgres"}, {"role", "pgcm"}}},
    {FindingCode::statement_timeout_short,
     Severity::warning,
     a,
     {{"value_ms", std::int64_t{5000}}, {"database", "postgres"}, {"role", "pgcm"}}},
    {FindingCode::idle_timeout_short,
     Severity::warning,
     a,
     {{"value_ms", std::int64_t{500}}, {"database", "postgres"}, {"role", "pgcm"}}},
    {FindingCode::fsync_off, Severity::critical, a, {}},
    {FindingCode::synchronous_commit_low, Severity::warning, a, {{"value", "off"}}},
    {FindingCode::sync_name_unknown, Severity::warning, a, {{"names", "b, x"}}},
    {FindingCode::sync_count_high,
     Severity::critical,
     a,
     {{"names", "ANY 3 (b)"}, {"count", std::int64_t{3}}, {"standbys", std::int64_t{1}}}},
    {FindingCode::sync_strict_short,
     Severity::warning,
     {},
     {{"standbys", std::int64_t{1}}, {"wanted", std::int64_t{1}}}},
    {FindingCode::sync_star_stranger, Severity::warning, a, {{"name", "pg_receivewal"}}},
    {FindingCode::no_candidate, Severity::critical, {}, {}},
    {FindingCode::one_candidate, Severity::warning, a, {}},
    {FindingCode::restart_pending, Severity::notice, a, {{"settings", "max_connections"}}},
};

std::vector<Finding> told_all() {
    std::vector<Finding> findings;
    for (const auto& symptom : all) findings.push_back(told(symptom));
    return findings;
}

TEST(Symptoms, InWords) {
    golden::expect("symptoms.txt", findings_text("/etc/pgcm/pgcm.toml", true, told_all(), {}));
}

TEST(Symptoms, EveryOneSaysWhatWhyAndHow) {
    for (const auto& finding : told_all()) {
        const auto name = name_of(finding.code);
        EXPECT_FALSE(finding.what.empty()) << name;
        EXPECT_FALSE(why(finding.code).empty()) << name;
        EXPECT_FALSE(finding.sql.empty() && finding.remedy.empty()) << name;
    }
}

TEST(Symptoms, EveryCodeOfAServerIsHere) {
    for (const auto& [code, name] : enum_names<FindingCode>) {
        EXPECT_FALSE(why(code).empty()) << name;
        const bool of_the_file = code < FindingCode::unreachable && code != FindingCode::voters_few;
        bool here = of_the_file;
        for (const auto& symptom : all) here = here || symptom.code == code;
        EXPECT_TRUE(here) << name;
    }
}

}  // namespace
