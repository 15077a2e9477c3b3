#include "config/units.hpp"

#include <gtest/gtest.h>

namespace pgcm::config {
namespace {

std::string what(const auto& result) {
    return result ? "no error" : result.error().what;
}

TEST(Units, DurationsAreRead) {
    EXPECT_EQ(parse_duration("250ms").value(), 250ms);
    EXPECT_EQ(parse_duration("1s").value(), 1s);
    EXPECT_EQ(parse_duration("5m").value(), 5min);
    EXPECT_EQ(parse_duration("5min").value(), 5min);
    EXPECT_EQ(parse_duration("1h").value(), 1h);
    EXPECT_EQ(parse_duration("2d").value(), 48h);
    EXPECT_EQ(parse_duration("0s").value(), 0ms);
    EXPECT_EQ(parse_duration("10 s").value(), 10s);
}

TEST(Units, WrongDurationsSayWhy) {
    EXPECT_EQ(what(parse_duration("10")), R"("10" has no unit)");
    EXPECT_EQ(parse_duration("10").error().hint, R"(write "10s"; the units are ms, s, m, h and d)");
    EXPECT_EQ(what(parse_duration("")), R"("" is not a duration)");
    EXPECT_EQ(what(parse_duration("soon")), R"("soon" is not a duration)");
    EXPECT_EQ(parse_duration("soon").error().hint, R"(write a whole number and a unit, such as "10s")");
    EXPECT_EQ(what(parse_duration("-1s")), R"("-1s" is not a duration)");
    EXPECT_EQ(what(parse_duration(" 1s")), R"(" 1s" is not a duration)");
    EXPECT_EQ(what(parse_duration("10x")), R"("10x" has the unit "x", which there is not)");
    EXPECT_EQ(what(parse_duration("10S")), R"("10S" has the unit "S", which there is not)");
    EXPECT_EQ(what(parse_duration("1.5s")), R"("1.5s" has the unit ".5s", which there is not)");
    EXPECT_EQ(what(parse_duration("10MB")), R"("10MB" has the unit "MB", which there is not)");
    EXPECT_EQ(what(parse_duration("99999999999999999999s")), R"("99999999999999999999s" is too large)");
    EXPECT_EQ(what(parse_duration("9223372036854775807s")), R"("9223372036854775807s" is too large)");
    EXPECT_EQ(parse_duration("10").error().code, ErrorCode::usage);
}

TEST(Units, SizesCountBy1024) {
    EXPECT_EQ(parse_size("1B").value(), 1U);
    EXPECT_EQ(parse_size("1kB").value(), 1024U);
    EXPECT_EQ(parse_size("16MB").value(), 16777216U);
    EXPECT_EQ(parse_size("1GB").value(), 1073741824U);
    EXPECT_EQ(parse_size("2TB").value(), 2199023255552U);
    EXPECT_EQ(what(parse_size("16")), R"("16" has no unit)");
    EXPECT_EQ(parse_size("16").error().hint, R"(write "16MB"; the units are B, kB, MB, GB and TB (1024 each))");
    EXPECT_EQ(what(parse_size("16mb")), R"("16mb" has the unit "mb", which there is not)");
    EXPECT_EQ(what(parse_size("big")), R"("big" is not a size)");
    EXPECT_EQ(what(parse_size("8388608TB")), R"("8388608TB" is too large)");
}

TEST(Units, PrintedInTheLargestUnitWithoutARest) {
    EXPECT_EQ(print_duration(0ms), "0s");
    EXPECT_EQ(print_duration(250ms), "250ms");
    EXPECT_EQ(print_duration(90s), "90s");
    EXPECT_EQ(print_duration(60s), "1m");
    EXPECT_EQ(print_duration(3600s), "1h");
    EXPECT_EQ(print_duration(24h), "1d");
    EXPECT_EQ(print_duration(1001ms), "1001ms");
    EXPECT_EQ(print_size(0), "0B");
    EXPECT_EQ(print_size(1025), "1025B");
    EXPECT_EQ(print_size(16777216), "16MB");
    EXPECT_EQ(print_size(1ULL << 40), "1TB");
}

TEST(Units, WhatIsPrintedIsReadBack) {
    for (std::int64_t ms = 0; ms < 10'000'000; ms = ms * 3 + 7)
        EXPECT_EQ(parse_duration(print_duration(milliseconds{ms})).value(), milliseconds{ms});
    for (std::uint64_t bytes = 0; bytes < (1ULL << 50); bytes = bytes * 5 + 512)
        EXPECT_EQ(parse_size(print_size(bytes)).value(), bytes);
}

}  // namespace
}  // namespace pgcm::config
