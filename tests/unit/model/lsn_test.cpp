#include "model/lsn.hpp"

#include <gtest/gtest.h>

namespace pgcm {
namespace {

TEST(Lsn, is_printed_as_postgresql_prints_it) {
    EXPECT_EQ(to_string(Lsn{0}), "0/0");
    EXPECT_EQ(to_string(Lsn{0x16B374D848}), "16/B374D848");
    EXPECT_EQ(to_string(Lsn{0x100000000}), "1/0");
    EXPECT_EQ(to_string(Lsn{UINT64_MAX}), "FFFFFFFF/FFFFFFFF");
}

TEST(Lsn, comes_back_from_text) {
    for (const auto lsn : {Lsn{0}, Lsn{1}, Lsn{0xFFFFFFFF}, Lsn{0x100000000}, Lsn{UINT64_MAX}})
        EXPECT_EQ(parse_lsn(to_string(lsn)), lsn) << to_string(lsn);
    EXPECT_EQ(parse_lsn("a/b0"), (Lsn{0xA000000B0}));
    EXPECT_EQ(parse_lsn("00000016/00000000"), (Lsn{0x1600000000}));
}

TEST(Lsn, is_the_whole_text_or_nothing) {
    for (const auto* text :
         {"",     "/",    "0",     "0/",    "/0",  "0/0/0", " 0/0",        "0/0 ",        "0 /0",  "0/ 0", "-1/0",
          "+1/0", "0/-1", "0x1/0", "0/0x1", "G/0", "0/g",   "123456789/0", "0/123456789", "0/0\n", "0,0"})
        EXPECT_FALSE(parse_lsn(text)) << '"' << text << '"';
    EXPECT_FALSE(parse_lsn(std::string_view("0/0\0", 4)));
}

TEST(Lsn, orders_by_position) {
    EXPECT_LT((Lsn{0xFFFFFFFF}), (Lsn{0x100000000}));
    EXPECT_EQ(bytes_between(Lsn{0x4000}, Lsn{0x5000}), 0x1000u);
    EXPECT_EQ(bytes_between(Lsn{0x5000}, Lsn{0x4000}), 0u) << "nobody is behind by a negative number of bytes";
    EXPECT_EQ(bytes_between(Lsn{0}, Lsn{UINT64_MAX}), UINT64_MAX);
}

TEST(Timeline, is_read_from_a_wal_file_name) {
    EXPECT_EQ(timeline_of_wal_file("000000010000000000000003"), Timeline{1});
    EXPECT_EQ(timeline_of_wal_file("0000000A0000000000000003"), Timeline{10});
    EXPECT_EQ(timeline_of_wal_file("FFFFFFFF0000000000000003"), Timeline{0xFFFFFFFF});
    EXPECT_EQ(timeline_of_wal_file("000000020000000000000003.partial"), Timeline{2});
}

TEST(Timeline, is_not_read_from_anything_else) {
    for (const auto* name : {"", "00000002", "00000002.history", "00000001000000000000000", "0000000G0000000000000003",
                             "000000000000000000000003", " 00000100000000000000003x"})
        EXPECT_FALSE(timeline_of_wal_file(name)) << '"' << name << '"';
    EXPECT_EQ(to_string(Timeline{4294967295}), "4294967295");
}

}  // namespace
}  // namespace pgcm
