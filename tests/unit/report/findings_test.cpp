#include "report/findings.hpp"

#include <gtest/gtest.h>

#include "golden.hpp"

using namespace pgcm;
using namespace pgcm::report;

namespace {

constexpr Style plain{};
constexpr Style color{true, 0};
const std::string file = "/etc/pgcm/pgcm.toml";

const std::vector<Finding> three{
    {Severity::critical, "postgres.bin_dir", "/usr/lib/postgresql/19/bin/pg_rewind is not there",
     "install the server's programs, or name their directory"},
    {Severity::warning, "node.conninfo", "the password of größe stands in a file\nthat \x1b[1mothers\x1b[0m may read",
     "chmod 0640, or a passfile"},
    {Severity::notice, "rejoin.methods", "pg_basebackup is left out", ""}};

TEST(Findings, Several) {
    golden::expect("findings.txt", findings_text(file, three, plain));
    golden::expect("findings-color.txt", findings_text(file, three, color));
    golden::expect("findings.json", findings_json(file, three, Layout::indented));
}

TEST(Findings, OneIsSingular) {
    golden::expect("findings-one.txt", findings_text(file, {three.back()}, plain));
}

TEST(Findings, None) {
    golden::expect("findings-none.txt", findings_text(file, {}, plain));
    golden::expect("findings-none.json", findings_json(file, {}, Layout::indented));
}

TEST(Findings, OneLineIsOneLine) {
    EXPECT_EQ(findings_json("/a\nb", three, Layout::line).find('\n'), std::string::npos);
    EXPECT_NE(findings_json("/a\xff", three, Layout::line).find("\xEF\xBF\xBD"), std::string::npos);
}

}  // namespace
