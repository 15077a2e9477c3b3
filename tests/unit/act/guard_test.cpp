#include "act/guard.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

#include "act/child.hpp"
#include "act/descriptor.hpp"
#include "act/guard_orders.hpp"
#include "act/server_processes.hpp"
#include "stand_in.hpp"
#include "test_server.hpp"

namespace pgcm::act {
namespace {

using test::boot_now;
using test::StandIn;
using test::until;

constexpr auto far = std::chrono::hours{1};

class GuardTest : public ::testing::Test {
  protected:
    static Guard guard_of(const std::string& data_dir) {
        auto guard = Guard::start(data_dir);
        EXPECT_TRUE(guard) << (guard ? "" : guard.error().what);
        EXPECT_TRUE(until([&] { return guard->looks() == 1; }));
        return std::move(guard.value());
    }
    // Lets it plan for a deadline, changes the order, and sees it do nothing when the deadline comes.
    void planned_and_then(const std::function<void(Guard&, BootTime)>& change) {
        StandIn server{directory, "a"};
        // A machine that stalls before the change gets another try.
        for (milliseconds margin = 100ms; margin < 20s; margin *= 2) {
            if (server.gone()) server.start();
            auto guard = guard_of(server.data_dir);
            const auto deadline = boot_now() + margin;
            guard.arm(deadline, deadline);
            EXPECT_TRUE(until([&] { return guard.looks() == 2; }));
            change(guard, deadline);
            if (boot_now() < deadline) {
                EXPECT_TRUE(until([&] { return guard.looks() == 3; })) << "it looks when it planned to";
                EXPECT_GE(boot_now(), std::chrono::floor<milliseconds>(deadline));
                EXPECT_EQ(guard.acted(), 0U);
                EXPECT_FALSE(server.gone());
                guard.disarm();
                return;
            }
            guard.disarm();
        }
        ADD_FAILURE() << "the machine stalls all the time";
    }
    void TearDown() override {
        EXPECT_TRUE(until([] {
            reap_ended();
            return ::waitpid(-1, nullptr, WNOHANG) == -1;
        })) << "a child is left";
    }
    test::TemporaryDirectory directory{"it's ü"};
};

TEST_F(GuardTest, ShutsDownImmediatelyAtItsDeadline) {
    StandIn server{directory, "a"};
    server.start();
    auto guard = guard_of(server.data_dir);
    EXPECT_FALSE(guard.armed());
    const auto deadline = boot_now() + 100ms;
    guard.arm(deadline, deadline + far);
    EXPECT_TRUE(guard.armed());
    EXPECT_TRUE(server.ends());
    EXPECT_GE(boot_now(), std::chrono::floor<milliseconds>(deadline));
    EXPECT_TRUE(until([&] { return !guard.armed(); })) << "done is disarmed";
    EXPECT_EQ(guard.acted(), 1U);
    EXPECT_TRUE(guard.alive()) << "as long as the agent";

    server.start();
    guard.arm(boot_now(), boot_now() + far);
    EXPECT_TRUE(server.ends());
    EXPECT_EQ(guard.acted(), 2U);
}

TEST_F(GuardTest, KillsTheServerOfADeadAgent) {
    StandIn server{directory, "a"};
    server.start({.heeds_immediate = false});
    const auto deadline = boot_now() + 500ms;
    test::StandInAgent agent{server.data_dir, deadline, deadline + 100ms};
    agent.kill();
    EXPECT_TRUE(server.ends());
    EXPECT_GE(boot_now(), std::chrono::floor<milliseconds>(deadline + 100ms));
    EXPECT_TRUE(until([&] { return test::ended(agent.guard_pid); })) << "nothing is left for it to do";
}

TEST_F(GuardTest, EndsWithItsAgentWhileDisarmed) {
    StandIn server{directory, "a"};
    server.start();
    test::StandInAgent agent{server.data_dir};
    EXPECT_FALSE(test::ended(agent.guard_pid));
    agent.kill();
    EXPECT_TRUE(until([&] { return test::ended(agent.guard_pid); }));
    EXPECT_FALSE(server.gone());
}

TEST_F(GuardTest, EndsWithItsObjectUnlessItIsArmed) {
    StandIn server{directory, "a"};
    server.start();
    int idle = 0, busy = 0;
    {
        const auto guard = guard_of(server.data_dir);
        idle = guard.pid();
    }
    EXPECT_TRUE(test::ended(idle));
    {
        auto guard = guard_of(server.data_dir);
        busy = guard.pid();
        const auto deadline = boot_now() + 200ms;
        guard.arm(deadline, deadline);
    }
    EXPECT_TRUE(server.ends());
    EXPECT_TRUE(until([&] { return test::ended(busy); }));
}

TEST_F(GuardTest, ADeadlineThatIsMovedOnDoesNotCount) {
    planned_and_then([](Guard& guard, BootTime deadline) { guard.arm(deadline + far, deadline + far); });
}

TEST_F(GuardTest, ADeadlineThatIsTakenBackDoesNotCount) {
    planned_and_then([](Guard& guard, BootTime) { guard.disarm(); });
}

TEST_F(GuardTest, KillsWhatIsStopped) {
    StandIn server{directory, "a"};
    server.start();
    server.stop_all();
    auto guard = guard_of(server.data_dir);
    guard.arm(boot_now(), boot_now() + far);
    EXPECT_TRUE(until([&] { return guard.acted() == 1; }));
    const auto before = guard.looks();
    EXPECT_TRUE(until([&] { return guard.looks() > before + 1; })) << "it looks again while something is left";
    EXPECT_EQ(test::state_of(server.postmaster), 'T') << "SIGQUIT waits";
    EXPECT_TRUE(guard.armed());
    guard.arm(boot_now(), boot_now());
    EXPECT_TRUE(server.ends());
    EXPECT_EQ(guard.acted(), 1U);
}

TEST_F(GuardTest, KillsWhatForksMeanwhile) {
    StandIn server{directory, "a"};
    server.start({.heeds_fast = false, .heeds_immediate = false, .goes_on_forking = true});
    auto guard = guard_of(server.data_dir);
    const auto now = boot_now();
    guard.arm(now, now + 50ms);
    EXPECT_TRUE(server.ends());
    EXPECT_TRUE(until([&] { return !guard.armed(); }));
    EXPECT_TRUE(server.gone());
}

TEST_F(GuardTest, OrphansAreShutDownWithoutAPostmaster) {
    StandIn server{directory, "a"};
    server.start();
    ::kill(server.postmaster, SIGKILL);
    EXPECT_TRUE(until([&] { return test::ended(server.postmaster); }));
    EXPECT_FALSE(server.gone());
    auto guard = guard_of(server.data_dir);
    guard.arm(boot_now(), boot_now() + far);
    EXPECT_TRUE(server.ends());
}

TEST_F(GuardTest, LeavesOtherServersAlone) {
    StandIn ours{directory, "a"}, other{directory, "a2"};
    ours.start();
    other.start();
    auto guard = guard_of(ours.data_dir);
    guard.arm(boot_now(), boot_now());
    EXPECT_TRUE(ours.ends());
    EXPECT_EQ(server_processes(other.data_dir).size(), 3U);
}

TEST_F(GuardTest, StandsAlone) {
    StandIn server{directory, "a"};
    server.start();
    // Whoever opened that forgot close-on-exec.
    const Descriptor leak{::open("/dev/zero", O_RDONLY)};
    auto guard = guard_of(server.data_dir);
    EXPECT_EQ(::getsid(guard.pid()), guard.pid());
    EXPECT_EQ(::getpgid(guard.pid()), guard.pid());
    const std::multiset<std::string> expected{
        "/dev/null", "/dev/null", "/dev/null", "anon_inode:[eventfd]", "anon_inode:[timerfd]", "anon_inode:[pidfd]"};
    std::multiset<std::string> open;
    EXPECT_TRUE(until([&] {
        open.clear();
        std::error_code ignored;
        for (const auto& entry : std::filesystem::directory_iterator{"/proc/" + std::to_string(guard.pid()) + "/fd"}) {
            auto target = std::filesystem::read_symlink(entry.path(), ignored).string();
            if (target.starts_with("pidfd:")) target = "anon_inode:[pidfd]";  // Linux 6.9 and later
            open.insert(target);
        }
        return open == expected;
    })) << ::testing::PrintToString(open);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGTSTP}) ::kill(guard.pid(), signal);
    guard.arm(boot_now(), boot_now());
    EXPECT_TRUE(server.ends());
    EXPECT_TRUE(guard.alive());
}

// What its wake-up is holding, seen while it is stopped.
int wake_ups() {
    int sum = 0;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fdinfo"}) {
        std::ifstream file{entry.path()};
        for (std::string word; file >> word;)
            if (word == "eventfd-count:" && file >> word) sum += std::stoi(word, nullptr, 16);
    }
    return sum;
}

TEST_F(GuardTest, IsWokenOnlyToLookEarlierThanItPlanned) {
    auto guard = guard_of(directory / "none");
    ::kill(guard.pid(), SIGSTOP);
    ASSERT_TRUE(until([&] { return test::state_of(guard.pid()) == 'T'; }));
    const auto time = boot_now() + far;
    const int before = wake_ups();
    const auto woken_by = [&](nanoseconds immediate, nanoseconds kill) {
        const int held = wake_ups();
        guard.arm(time + immediate, time + kill);
        return wake_ups() - held;
    };
    EXPECT_EQ(woken_by(10s, 20s), 1) << "it was disarmed";
    EXPECT_EQ(woken_by(10s, 20s), 0);
    EXPECT_EQ(woken_by(11s, 21s), 0);
    EXPECT_EQ(woken_by(12s, 20s), 1) << "the second deadline came nearer";
    EXPECT_EQ(woken_by(11s, 25s), 1) << "the first one did";
    guard.disarm();
    EXPECT_EQ(wake_ups() - before, 3);
    EXPECT_EQ(woken_by(30s, 40s), 1);
    EXPECT_TRUE(guard.alive()) << "stopped is not ended";
    guard.disarm();
}

TEST_F(GuardTest, SaysWhenItHasEnded) {
    auto guard = guard_of(directory / "none");
    EXPECT_TRUE(guard.alive());
    ::kill(guard.pid(), SIGKILL);
    EXPECT_TRUE(until([&] { return !guard.alive(); }));
    guard = guard_of(directory / "none");
    EXPECT_TRUE(guard.alive());
    EXPECT_EQ(guard.acted(), 0U);
}

TEST_F(GuardTest, RetiresAPredecessor) {
    StandIn server{directory, "a"};
    server.start();
    const auto deadline = boot_now() + far;
    test::StandInAgent agent{server.data_dir, deadline, deadline};
    agent.kill();
    EXPECT_FALSE(test::ended(agent.guard_pid)) << "it is armed";
    const auto retired = [](int pid, std::uint64_t start) {
        const auto done = retire_guard(pid, start);
        EXPECT_TRUE(done) << (done ? "" : done.error().what);
        return done.value_or(false);
    };
    EXPECT_FALSE(retired(agent.guard_pid, agent.guard_start + 1)) << "the number belongs to another by now";
    EXPECT_FALSE(retired(server.postmaster, start_ticks(server.postmaster).value_or(0))) << "no guard";
    EXPECT_FALSE(test::ended(agent.guard_pid));
    EXPECT_TRUE(retired(agent.guard_pid, agent.guard_start));
    EXPECT_TRUE(test::ended(agent.guard_pid));
    EXPECT_FALSE(retired(agent.guard_pid, agent.guard_start)) << "there is none any more";
    EXPECT_FALSE(retired(0, 0));
    EXPECT_FALSE(server.gone());
}

TEST_F(GuardTest, TellsWhyItDidNotStart) {
    const auto missing = Guard::start("/nowhere", "/nowhere/pgcm");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().what, "cannot start the guard: cannot run pgcm: No such file or directory");
    const auto other = Guard::start("/nowhere", "/bin/true");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().what, "cannot start the guard: it ended at once");
}

TEST_F(GuardTest, StopsARealServerWithAStoppedBackend) {
    if (test::bin_dir().empty()) FAIL() << "no PostgreSQL server is installed; .ci/packages server installs it";
    test::TestServer server{directory, "a", 5501};
    server.initdb();
    server.start();
    const auto pid = server.ask("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'");
    ::kill(std::stoi(pid), SIGSTOP);
    auto guard = guard_of(server.data_dir);
    const auto now = boot_now();
    guard.arm(now, now + 200ms);
    EXPECT_TRUE(until([&] { return server_is_gone(server.data_dir); }));
    EXPECT_EQ(guard.acted(), 1U);
    EXPECT_TRUE(until([&] { return !guard.armed(); }));
    EXPECT_GT(server.start(), 0) << "it recovers, and the guard lets it";
}

TEST(Deadlines, AreOneWord) {
    const auto at = [](milliseconds time) { return BootTime{time}; };
    const auto word = deadlines::pack(at(1234567ms) + 999us, at(1239999ms) + 1us);
    EXPECT_EQ(deadlines::immediate_at(word), at(1234567ms)) << "earlier is safer";
    EXPECT_EQ(deadlines::kill_at(word), at(1239999ms));
    EXPECT_EQ(deadlines::kill_at(deadlines::pack(at(5000ms), at(1000ms))), at(5000ms)) << "never before the other";
    const auto past = deadlines::pack(BootTime::min(), BootTime::min());
    EXPECT_EQ(deadlines::immediate_at(past), BootTime{});
    const auto last = deadlines::pack(BootTime::max(), BootTime::max());
    EXPECT_NE(last, deadlines::none);
    EXPECT_GT(deadlines::immediate_at(last), at(std::chrono::hours{24 * 365 * 30}));
    EXPECT_EQ(deadlines::kill_at(deadlines::pack(at(0ms), BootTime::max())),
              at(milliseconds{deadlines::longest_delay}));
}

}  // namespace
}  // namespace pgcm::act
