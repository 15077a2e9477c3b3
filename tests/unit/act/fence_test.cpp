// LocalServer::fence(), with stand-ins that take signals as they please, and with a real server.
#include <sys/wait.h>

#include <csignal>

#include "act/child.hpp"
#include "act/server.hpp"
#include "act/server_processes.hpp"
#include "stand_in.hpp"
#include "test_server.hpp"

namespace pgcm::act {
namespace {

using test::StandIn;

constexpr auto far = std::chrono::hours{1};

class FenceTest : public ::testing::Test {
  protected:
    FenceTest() {
        settings.data_dir = stand_in.data_dir;
        rebuild();
    }
    void rebuild() {
        // No child process is needed, so none can be made.
        data = std::make_unique<DataDirectory>(settings, directory / "state", clock, 20s, "/nowhere");
        server = std::make_unique<LocalServer>(*data, Placeholders{});
    }
    Result<void> fence(nanoseconds immediate, nanoseconds kill, nanoseconds give_up = far) {
        const auto now = clock.now();
        return loop.wait(server->fence(now + immediate, now + kill, now + give_up));
    }
    test::TemporaryDirectory directory;
    test::Loop loop;
    test::TestClock clock;
    StandIn stand_in{directory, "data"};
    ServerSettings settings;
    std::unique_ptr<DataDirectory> data;
    std::unique_ptr<LocalServer> server;
};

TEST_F(FenceTest, FastIsEnoughForOneThatHeedsIt) {
    stand_in.start({.heeds_immediate = false});
    EXPECT_TRUE(fence(far, far));
    EXPECT_TRUE(stand_in.gone());
    EXPECT_TRUE(fence(far, far)) << "there is nothing to stop";
}

TEST_F(FenceTest, ThenImmediate) {
    stand_in.start({.heeds_fast = false});
    const auto now = clock.now();
    EXPECT_TRUE(fence(50ms, far));
    EXPECT_GE(clock.now(), now + 50ms);
    EXPECT_TRUE(stand_in.gone());
}

TEST_F(FenceTest, ThenEveryProcessIsKilled) {
    stand_in.start({.heeds_fast = false, .heeds_immediate = false});
    const auto now = clock.now();
    EXPECT_TRUE(fence(20ms, 70ms));
    EXPECT_GE(clock.now(), now + 70ms);
    EXPECT_TRUE(stand_in.gone());
}

TEST_F(FenceTest, KillsWhatForksMeanwhile) {
    stand_in.start({.heeds_fast = false, .heeds_immediate = false, .goes_on_forking = true});
    EXPECT_TRUE(fence(0ms, 50ms));
    EXPECT_TRUE(stand_in.gone());
}

TEST_F(FenceTest, KillsWhatIsStopped) {
    stand_in.start();
    stand_in.stop_all();
    EXPECT_TRUE(fence(20ms, 40ms));
    EXPECT_TRUE(stand_in.gone());
}

TEST_F(FenceTest, WhatIsPastIsDoneAtOnce) {
    stand_in.start({.heeds_fast = false});
    EXPECT_TRUE(fence(-1s, far)) << "immediate";
    stand_in.start({.heeds_fast = false, .heeds_immediate = false});
    EXPECT_TRUE(fence(-2s, -1s)) << "kill";
    EXPECT_TRUE(stand_in.gone());
}

TEST_F(FenceTest, AnOrphanIsNoPostmaster) {
    // SIGINT would cancel its wait for a standby, and so acknowledge the commit.
    stand_in.start({.children = 1});
    ::kill(stand_in.postmaster, SIGKILL);
    EXPECT_TRUE(test::until([&] { return test::ended(stand_in.postmaster); }));
    EXPECT_EQ(server_processes(stand_in.data_dir), stand_in.children);
    EXPECT_TRUE(fence(far, far));
    // Alone, and deaf to SIGINT: only SIGQUIT ends it.
    stand_in.start({.children = 0, .heeds_fast = false});
    EXPECT_TRUE(fence(far, far));
    EXPECT_TRUE(stand_in.gone());
}

TEST_F(FenceTest, GivesUpAndSaysSo) {
    stand_in.start({.heeds_fast = false, .heeds_immediate = false});
    const auto fenced = fence(far, far, 50ms);
    ASSERT_FALSE(fenced);
    EXPECT_EQ(fenced.error().code, ErrorCode::timeout);
    EXPECT_EQ(fenced.error().what, "3 processes of the server are left in spite of all signals, one is " +
                                       std::to_string(server_processes(stand_in.data_dir).front()));
    EXPECT_TRUE(fence(-1s, -1s, 20s));
}

TEST_F(FenceTest, ACommandStopsWhatIsOutOfSight) {
    settings.commands.stop.shell = "touch " + shell_quoted(directory / "fenced");
    rebuild();
    EXPECT_TRUE(fence(far, far));
    EXPECT_TRUE(test::there(directory / "fenced"));
    settings.commands.stop.shell = "sleep 1000";
    rebuild();
    const auto late = fence(far, far, 50ms);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::timeout);
}

TEST_F(FenceTest, NoCommandStopsWhatIsInSight) {
    stand_in.start();
    settings.commands.stop.shell = "touch " + shell_quoted(directory / "fenced");
    rebuild();
    EXPECT_TRUE(fence(far, far));
    EXPECT_FALSE(test::there(directory / "fenced"));
}

TEST_F(FenceTest, ARealServerShutsDownCleanly) {
    if (test::bin_dir().empty()) FAIL() << "no PostgreSQL server is installed; .ci/packages server installs it";
    test::TestServer real{directory, "a", 5501};
    real.initdb();
    real.start();
    const auto now = clock.now();
    const auto fenced = loop.wait(real.server->fence(now + far, now + far, now + far));
    EXPECT_TRUE(fenced) << (fenced ? "" : fenced.error().what);
    EXPECT_TRUE(server_is_gone(real.data_dir));
    const auto host = loop.wait(real.data->inspect(10s));
    ASSERT_TRUE(host);
    EXPECT_EQ(host->cluster_state, "shut down");
}

}  // namespace
}  // namespace pgcm::act
