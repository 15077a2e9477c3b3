#include "loop/run_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace pgcm::loop {
namespace {

NodeName called(std::string_view text) {
    return NodeName::make(text).value();
}

class RunFiles : public ::testing::Test {
  protected:
    RunFiles() {
        auto pattern = (std::filesystem::temp_directory_path() / "pgcm-run-XXXXXX").string();
        directory = mkdtemp(pattern.data());
    }
    ~RunFiles() override { std::filesystem::remove_all(directory); }

    std::string directory;
};

TEST_F(RunFiles, come_back_as_they_were) {
    RunFile file{{4, 77, {{called("a"), BootTime{6s}}, {called("b"), BootTime{7s}}}}, 12, 345};
    file.record.votes[1].heard =
        lease::Record::Heard{WallTime{std::chrono::microseconds{1700000000000001}}, BootTime{5s}};
    ASSERT_TRUE(store_run_file(directory, run_document(file, "this boot")));
    const auto read = load_run_file(directory, "this boot");
    EXPECT_EQ(read.record, file.record);
    EXPECT_EQ(read.guard_pid, 12);
    EXPECT_EQ(read.guard_start_ticks, 345U);
}

TEST_F(RunFiles, of_another_boot_mean_nothing) {
    ASSERT_TRUE(
        store_run_file(directory, run_document({{4, 77, {{called("a"), BootTime{6s}}}}, 12, 345}, "that boot")));
    const auto read = load_run_file(directory, "this boot");
    EXPECT_TRUE(read.record.votes.empty());
    EXPECT_EQ(read.guard_pid, 0);
}

TEST_F(RunFiles, that_make_no_sense_mean_nothing) {
    const auto whole = run_document({{4, 77, {{called("a"), BootTime{6s}}}}, 12, 345}, "this boot");
    for (const std::size_t length : {std::size_t{0}, whole.size() / 2}) {
        ASSERT_TRUE(store_run_file(directory, whole.substr(0, length)));
        EXPECT_TRUE(load_run_file(directory, "this boot").record.votes.empty());
    }
}

}  // namespace
}  // namespace pgcm::loop
