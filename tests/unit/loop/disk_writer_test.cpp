#include "loop/disk_writer.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace pgcm::loop {
namespace {

class Lines : public ::testing::Test {
  protected:
    Lines() {
        auto pattern = (std::filesystem::temp_directory_path() / "pgcm-lines-XXXXXX").string();
        directory = mkdtemp(pattern.data());
        path = directory + "/journal";
    }
    ~Lines() override { std::filesystem::remove_all(directory); }

    std::string directory, path;
};

TEST_F(Lines, stand_one_below_the_other) {
    ASSERT_TRUE(append_line(path, "a"));
    ASSERT_TRUE(append_line(path, "b"));
    EXPECT_EQ(read_file(path), "a\nb\n");
}

TEST_F(Lines, behind_one_that_was_cut_short_begin_anew) {
    std::ofstream(path) << "a\n{\"cut";
    ASSERT_TRUE(append_line(path, "b"));
    ASSERT_TRUE(append_line(path, "c"));
    EXPECT_EQ(read_file(path), "a\n{\"cut\nb\nc\n");
}

TEST_F(Lines, tell_why_they_cannot_be_written) {
    const auto written = append_line(directory, "a");
    ASSERT_FALSE(written);
    EXPECT_NE(written.error().what.find(directory), std::string::npos);
}

}  // namespace
}  // namespace pgcm::loop
