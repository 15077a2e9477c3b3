#include "report/findings.hpp"

#include <gtest/gtest.h>

#include "golden.hpp"

using namespace pgcm;
using namespace pgcm::report;

namespace {

constexpr Style plain{};
constexpr Style color{true, 0};
const std::string file = "/etc/pgcm/pgcm.toml";

const std::vector<Finding> three{{Severity::critical,
                                  FindingCode::programs,
                                  {},
                                  "postgres.bin_dir",
                                  "/usr/lib/postgresql/19/bin/pg_rewind is not there",
                                  "install the server's programs, or name their directory",
                                  {}},
                                 {Severity::warning,
                                  FindingCode::node_address,
                                  {},
                                  "node.conninfo",
                                  "the password of größe stands in a file\nthat \x1b[1mothers\x1b[0m may read",
                                  "chmod 0640, or a passfile",
                                  {}},
                                 {Severity::notice,
                                  FindingCode::wal_not_kept,
                                  NodeName::make("p1").value(),
                                  "",
                                  "wal_keep_size is 0",
                                  "or more",
                                  {"ALTER SYSTEM SET wal_keep_size = '1GB'", "SELECT pg_reload_conf()"}}};
constexpr Style narrow{false, 60};

TEST(Findings, Several) {
    golden::expect("findings.txt", findings_text(file, true, three, plain));
    golden::expect("findings-60.txt", findings_text(file, true, three, narrow));
    golden::expect("findings-color.txt", findings_text(file, true, three, color));
    golden::expect("findings.json", findings_json(file, true, three, Layout::indented));
}

TEST(Findings, OneIsSingular) {
    golden::expect("findings-one.txt", findings_text(file, true, {three.back()}, plain));
}

TEST(Findings, None) {
    golden::expect("findings-none.txt", findings_text(file, true, {}, plain));
    golden::expect("findings-offline.txt", findings_text(file, false, {}, plain));
    golden::expect("findings-none.json", findings_json(file, true, {}, Layout::indented));
}

TEST(Findings, OneLineIsOneLine) {
    EXPECT_EQ(findings_json("/a\nb", true, three, Layout::line).find('\n'), std::string::npos);
    EXPECT_NE(findings_json("/a\xff", true, three, Layout::line).find("\xEF\xBF\xBD"), std::string::npos);
}

}  // namespace
