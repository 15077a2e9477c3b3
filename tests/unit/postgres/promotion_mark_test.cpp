#include "postgres/promotion_mark.hpp"

#include <gtest/gtest.h>

using namespace pgcm;
using namespace pgcm::postgres;

namespace {

TEST(PromotionMarkText, ComesBack) {
    const PromotionMark mark{"0b5e-77", Timeline{4294967295U}, 12};
    EXPECT_EQ(mark_text(mark, Lsn{0x16B374D848}), "0b5e-77/4294967295/16/B374D848/12");
    EXPECT_EQ(parse_mark(mark_text(mark, Lsn{0x16B374D848})), mark);
}

TEST(PromotionMarkText, TheTermMayBeAbsent) {
    EXPECT_EQ(parse_mark("x/2/0/0"), (PromotionMark{"x", Timeline{2}, 0}));
}

TEST(PromotionMarkText, WhatIsNoMarkIsNothing) {
    for (const char* text :
         {"", "/", "x", "x/2", "x/2/0", "/2/0/0/1", "x/0/0/0/1", "x/-2/0/0/1", "x/2/0/G/1", "x/2/0/0/", "x/2/0/0/y",
          "x/2/0/0/1/1", "x/2//0/1", "x/4294967296/0/0/1", "x/2/0/0/4294967296", "x/2/0/123456789/1", "x/2 /0/0/1"})
        EXPECT_FALSE(parse_mark(text)) << text;
}

}  // namespace
