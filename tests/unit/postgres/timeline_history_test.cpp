#include "postgres/timeline_history.hpp"

#include <gtest/gtest.h>

namespace pgcm::postgres {
namespace {

TEST(TimelineHistory, LinesOfTheFile) {
    const auto history = read_history("1\t0/3000148\tno recovery target specified\n\n2\t0/5000000\tbefore 2024\nx\n");
    const std::vector<TimelineSwitch> expected = {{Timeline{1}, Lsn{0x3000148}}, {Timeline{2}, Lsn{0x5000000}}};
    EXPECT_EQ(history, expected);
    EXPECT_TRUE(read_history("").empty());
}

}  // namespace
}  // namespace pgcm::postgres
