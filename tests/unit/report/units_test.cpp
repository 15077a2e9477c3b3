#include "report/units.hpp"

#include <gtest/gtest.h>

#include "report/table.hpp"

using namespace pgcm;
using namespace pgcm::report;

namespace {

TEST(Units, Sizes) {
    EXPECT_EQ(size(0), "0 B");
    EXPECT_EQ(size(1023), "1023 B");
    EXPECT_EQ(size(1024), "1.0 KiB");
    EXPECT_EQ(size(10188), "9.9 KiB");
    EXPECT_EQ(size(10200), "10 KiB");
    EXPECT_EQ(size((1ULL << 20) - 1), "1.0 MiB");
    EXPECT_EQ(size(16ULL << 20), "16 MiB");
    EXPECT_EQ(size(5ULL << 29), "2.5 GiB");
    EXPECT_EQ(size(UINT64_MAX), "16 EiB");
}

TEST(Units, Durations) {
    EXPECT_EQ(duration(0s), "0 ms");
    EXPECT_EQ(duration(1834us), "1.8 ms");
    EXPECT_EQ(duration(9960us), "10 ms");
    EXPECT_EQ(duration(999400us), "999 ms");
    EXPECT_EQ(duration(999600us), "1.0 s");
    EXPECT_EQ(duration(9949ms), "9.9 s");
    EXPECT_EQ(duration(9960ms), "10 s");
    EXPECT_EQ(duration(59600ms), "1 min");
    EXPECT_EQ(duration(200s), "3 min 20 s");
    EXPECT_EQ(duration(2h + 5min + 9s), "2 h 5 min");
    EXPECT_EQ(duration(99h), "4 d 3 h");
    EXPECT_EQ(duration(-250ms), "-250 ms");
    EXPECT_FALSE(duration(nanoseconds::min()).empty());
}

TEST(Units, TimesAndVersions) {
    EXPECT_EQ(time(WallTime{std::chrono::microseconds{1714567890999999}}), "2024-05-01 12:51:30 UTC");
    EXPECT_EQ(time(WallTime{std::chrono::microseconds{-1}}), "1969-12-31 23:59:59 UTC");
    EXPECT_EQ(version(150008), "15.8");
    EXPECT_EQ(version(120022), "12.22");
}

TEST(Units, PrintableLeavesNothingToTheTerminal) {
    EXPECT_EQ(printable("größe 東京 \"x\" '%' \\"), "größe 東京 \"x\" '%' \\");
    EXPECT_EQ(printable(" one\r\n\ttwo  three \v\f\n"), "one two three");
    EXPECT_EQ(printable("\x1b[31mred\x1b[0m\x07\x7f"), "\\x1B[31mred\\x1B[0m\\x07\\x7F");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m"),
              "\\xC2\\x9B31m");  // CSI as one C1 character
    EXPECT_EQ(printable("\xE2\x80\xAE"
                        "abc"),
              "\\xE2\\x80\\xAEabc");
    EXPECT_EQ(printable("\xff\xC3(\xE4\xB8\xF0\x9F\x98"), "\\xFF\\xC3(\\xE4\\xB8\\xF0\\x9F\\x98");
    EXPECT_EQ(printable("\xC0\xAF\xED\xA0\x80"), "\\xC0\\xAF\\xED\\xA0\\x80");  // overlong, surrogate
    EXPECT_EQ(printable(std::string_view{"a\0b", 3}), "a\\x00b");
    for (int byte = 0; byte < 256; ++byte)
        for (int next = 0; next < 256; ++next)
            for (const char c : printable(std::string{static_cast<char>(byte), static_cast<char>(next), 'x'})) {
                const auto out = static_cast<unsigned char>(c);
                ASSERT_TRUE(out >= 0x20 && out != 0x7F);
            }
}

TEST(Units, ColumnsOfATerminal) {
    EXPECT_EQ(columns(""), 0U);
    EXPECT_EQ(columns("größe"), 5U);
    EXPECT_EQ(columns("東京"), 4U);
    EXPECT_EQ(columns("e\xCC\x81"), 1U);
    EXPECT_EQ(columns("🐘"), 2U);
}

TEST(Table, WrapsItsLastColumn) {
    Table table{{{"A"}, {"B", Align::right}, {"WORDS"}}};
    table.add({{"x"}, {"1"}, {"one two three four five six seven eight"}}, true);
    table.add({{"long"}, {"100"}, {""}});
    EXPECT_EQ(table.str({}),
              "  A       B  WORDS\n"
              "* x       1  one two three four five six seven eight\n"
              "  long  100  -\n");
    EXPECT_EQ(table.str({false, 40}),
              "  A       B  WORDS\n"
              "* x       1  one two three four five six\n"
              "             seven eight\n"
              "  long  100  -\n");
    EXPECT_EQ(table.str({false, 20}), table.str({})) << "too narrow to wrap anything";
}

TEST(Table, WrappedKeepsWordsWhole) {
    EXPECT_EQ(wrapped("", 10), std::vector<std::string>{""});
    EXPECT_EQ(wrapped("a b\nc d", 0), (std::vector<std::string>{"a b", "c d"}));
    EXPECT_EQ(wrapped("incomprehensibilities of it", 10), (std::vector<std::string>{"incomprehensibilities", "of it"}));
}

}  // namespace
