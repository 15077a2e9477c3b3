#include "loop/progress_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "act/operation_log.hpp"

namespace pgcm::loop {
namespace {

struct SetClock : Clock {
    BootTime time{std::chrono::hours{1}};
    BootTime now() const override { return time; }
    WallTime wall() const override { return WallTime{std::chrono::hours{24}} + to_ms(time.time_since_epoch()); }
};

struct Progress : ::testing::Test {
    Progress() {
        auto pattern = (std::filesystem::temp_directory_path() / "pgcm-progress-XXXXXX").string();
        directory = mkdtemp(pattern.data());
        operation.step = copying.name = "pg_basebackup";
        copying.state = StepState::running;
        copying.total_bytes = 1000;
    }
    ~Progress() override { std::filesystem::remove_all(directory); }

    std::optional<Copied> told() const { return act::read_progress(directory, operation); }
    void tell_at(ProgressFile& file, std::uint64_t done) {
        copying.done_bytes = done;
        file.tell(copying);
    }

    std::string directory;
    OperationFile operation;
    Step copying;
    SetClock clock;
};

TEST_F(Progress, is_there_while_a_copy_runs) {
    {
        DiskWriter disk;
        ProgressFile file(disk, clock, directory);
        tell_at(file, 100);
    }
    EXPECT_EQ(told(), (Copied{100, 1000, 0ms, clock.wall()}));
    {
        DiskWriter disk;
        ProgressFile file(disk, clock, directory);
        auto next = copying;
        next.name = "adopt";
        next.done_bytes = next.total_bytes = std::nullopt;
        file.tell(next);
    }
    EXPECT_EQ(told(), std::nullopt) << "what a killed one left goes with the first step of the next";
}

TEST_F(Progress, is_written_about_once_a_second) {
    {
        DiskWriter disk;
        ProgressFile file(disk, clock, directory);
        tell_at(file, 100);
        clock.time += 100ms;
        tell_at(file, 200);
    }
    EXPECT_EQ(told()->done_bytes, 100U);
}

TEST_F(Progress, counts_from_the_beginning_of_the_copy) {
    DiskWriter disk;
    ProgressFile file(disk, clock, directory);
    tell_at(file, 100);
    for (int i = 0; i < 500 && !told(); ++i) std::this_thread::sleep_for(10ms);
    for (int i = 0; i < 500 && told()->done_bytes == 100; ++i) {
        clock.time += 1s;
        tell_at(file, 900);
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(told()->done_bytes, 900U);
    EXPECT_GE(told()->took, 1s);
}

}  // namespace
}  // namespace pgcm::loop
