#include "loop/resumed.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace pgcm::loop {
namespace {

class Resumed : public testing::Test {
  protected:
    Resumed() {
        std::string pattern = std::filesystem::temp_directory_path() / "pgcm-resumed-XXXXXX";
        directory_ = ::mkdtemp(pattern.data());
    }
    ~Resumed() override { std::filesystem::remove_all(directory_); }

    std::string directory_;
};

TEST_F(Resumed, the_last_pause_that_was_ended_comes_back) {
    EXPECT_FALSE(read_resumed(directory_));
    const WallTime first{milliseconds{1764158400123}}, second = first + 1h;
    ASSERT_TRUE(write_resumed(directory_, {"alice", "", first, std::nullopt}));
    EXPECT_EQ(read_resumed(directory_), first);
    ASSERT_TRUE(write_resumed(directory_, {"alice", "", second, second + 1h}));
    EXPECT_EQ(read_resumed(directory_), second);
}

TEST_F(Resumed, another_file_ends_nothing) {
    for (const auto* text : {"", "{", "{}", R"({"schema": "pgcm.resumed/1", "pause": {}})",
                             R"({"schema": "pgcm.resumed/2", "pause": {"by": "a", "why": "", "since_ms": 1}})"}) {
        std::ofstream(directory_ + "/resumed.json", std::ios::trunc) << text;
        EXPECT_FALSE(read_resumed(directory_)) << text;
    }
}

}  // namespace
}  // namespace pgcm::loop
