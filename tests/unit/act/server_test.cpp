#include "act/server.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <csignal>

#include "act/auto_conf.hpp"
#include "act/files.hpp"
#include "act/process.hpp"
#include "act/server_processes.hpp"
#include "act/wait_for.hpp"
#include "test_server.hpp"

namespace pgcm::act {
namespace {

using test::TestServer;

class ServerTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (test::bin_dir().empty()) FAIL() << "no PostgreSQL server is installed; .ci/packages server installs it";
    }
    LocalHost look(TestServer& server) {
        const auto host = loop.wait(server.data->inspect(10s));
        EXPECT_TRUE(host) << (host ? "" : host.error().what);
        return host.value_or(LocalHost{});
    }
    int child_named(const TestServer& server, const std::string& name) {
        const auto pid = server.ask("SELECT pid FROM pg_stat_activity WHERE backend_type = '" + name + "'");
        return std::atoi(pid.c_str());
    }
    test::TemporaryDirectory directory{"it's ü"};
    test::Loop loop;
};

TEST_F(ServerTest, StartsStopsAndIsSeen) {
    TestServer server{directory, "a", 5501};
    server.initdb();
    EXPECT_EQ(look(server).process, Process::stopped);
    const int pid = server.start();
    const auto host = look(server);
    EXPECT_EQ(host.process, Process::running);
    EXPECT_EQ(host.postmaster_pid, pid);
    EXPECT_EQ(host.lineup, Lineup::primary);
    EXPECT_EQ(host.cluster_state, "in production");
    EXPECT_EQ(host.timeline, Timeline{1});
    EXPECT_EQ(std::to_string(host.system_identifier.value_or(0)),
              server.ask("SELECT system_identifier FROM pg_control_system()"));
    EXPECT_EQ(host.message, "");
    EXPECT_EQ(loop.wait(server.server->status(10s)), Process::running);

    const auto again = loop.wait(server.server->start(true, 5s));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::refused);

    server.stop();
    EXPECT_TRUE(server_processes(real_place(server.data_dir)).empty());
    EXPECT_EQ(look(server).cluster_state, "shut down");
    EXPECT_TRUE(loop.wait(server.server->stop(StopMode::fast, 1s))) << "there is nothing to stop";
    reap_ended();
    EXPECT_NE(::kill(pid, 0), 0) << "a zombie is left";
}

// Backends come and go while they are counted. Were one taken for an orphan, a fast shutdown would become a crash.
TEST_F(ServerTest, OneThatEndedMeanwhileIsNoOrphan) {
    TestServer server{directory, "a", 5501};
    server.initdb();
    const int pid = server.start();
    auto processes = server_processes(real_place(server.data_dir));
    ASSERT_GT(processes.size(), 1U);
    EXPECT_EQ(postmaster_among(processes), pid);
    const int ended = ::fork();
    if (ended == 0) ::_exit(0);
    ASSERT_EQ(::waitpid(ended, nullptr, 0), ended);
    processes.push_back(ended);
    std::sort(processes.begin(), processes.end());
    EXPECT_EQ(postmaster_among(processes), pid);
    std::erase(processes, pid);
    EXPECT_EQ(postmaster_among(processes), std::nullopt) << "several that have lost theirs";
}

// A process of the user that the server runs as; to PostgreSQL nobody else's counts.
int forked_as_server_user(bool lives) {
    const auto* user = test::server_user().empty() ? nullptr : ::getpwnam(test::server_user().c_str());
    const int pid = ::fork();
    if (pid != 0) return pid;
    if (user != nullptr && ::setuid(user->pw_uid) != 0) ::_exit(1);
    while (lives) ::pause();
    ::_exit(0);
}

// In a container nobody may ever take leave of a postmaster that was killed, and to PostgreSQL its number is alive.
TEST_F(ServerTest, StartsBesideAPostmasterThatNobodyBuries) {
    TestServer server{directory, "a", 5501};
    server.initdb();
    const auto lock = server.socket_dir + "/.s.PGSQL.5501.lock";
    const int zombie = forked_as_server_user(false), living = forked_as_server_user(true);
    siginfo_t ended{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(zombie), &ended, WEXITED | WNOWAIT), 0);
    const auto start_after = [&](int owner_of_the_lock) {
        test::put(server.data_dir + "/postmaster.pid", std::to_string(zombie) + "\n" + server.data_dir +
                                                           "\n1700000000\n5501\n" + server.socket_dir +
                                                           "\n\n  5432001     98304\nready   \n");
        test::put(lock, std::to_string(owner_of_the_lock) + "\n");
        return loop.wait(server.server->start(true, 10s));
    };
    const auto refused = start_after(living);
    ::kill(living, SIGKILL);
    ASSERT_EQ(::waitpid(living, nullptr, 0), living);
    ASSERT_FALSE(refused) << "another server's socket";
    EXPECT_NE(refused.error().what.find(".s.PGSQL.5501.lock"), std::string::npos) << refused.error().what;

    const auto started = start_after(zombie);
    EXPECT_TRUE(started) << started.error().what;
    server.wait_for("SELECT 1", "1");
    server.stop();
    EXPECT_EQ(::waitpid(zombie, nullptr, 0), zombie);
}

TEST_F(ServerTest, TellsWhyItEndedAtOnce) {
    TestServer server{directory, "a", 5501};
    server.initdb();
    test::put(server.data_dir + "/postgresql.auto.conf", "shared_buffers = 'nonsense'\n");
    const auto started = loop.wait(server.server->start(true, 10s));
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().what.find("FATAL:"), std::string::npos) << started.error().what;
    EXPECT_NE(started.error().what.find("ended with status 1"), std::string::npos) << started.error().what;
    server.settings.bin_dir = "/nowhere";
    server.rebuild();
    const auto missing = loop.wait(server.server->start(true, 10s));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().what, "cannot run /nowhere/postgres: No such file or directory");
}

TEST_F(ServerTest, StopsEvenWithAStoppedBackend) {
    // Neither fast nor immediate gets past it (LESSONS 27).
    TestServer server{directory, "a", 5501};
    server.initdb();
    const int postmaster = server.start();
    const int checkpointer = child_named(server, "checkpointer");
    ASSERT_GT(checkpointer, 0);
    ::kill(checkpointer, SIGSTOP);
    ::kill(postmaster, SIGSTOP);
    EXPECT_TRUE(loop.wait(server.server->stop(StopMode::fast, 1500ms)));
    EXPECT_TRUE(server_processes(real_place(server.data_dir)).empty());
    server.start();
}

TEST_F(ServerTest, DownMeansThatNoProcessIsLeft) {
    TestServer server{directory, "a", 5501};
    server.initdb();
    const int postmaster = server.start();
    const int writer = child_named(server, "background writer");
    ASSERT_GT(writer, 0);
    ::kill(writer, SIGSTOP);  // it will not notice that its postmaster died
    ::kill(postmaster, SIGKILL);
    loop.wait([&]() -> asio::awaitable<bool> {
        co_await server.server->death_watch(postmaster);
        co_return true;
    }());
    const auto host = look(server);
    EXPECT_EQ(host.process, Process::running);
    EXPECT_FALSE(loop.wait(server.server->wait_gone(50ms)));
    EXPECT_FALSE(loop.wait(server.server->start(true, 5s)));
    EXPECT_TRUE(loop.wait(server.server->stop(StopMode::fast, 1500ms)));
    EXPECT_EQ(look(server).process, Process::stopped);
    EXPECT_GT(server.start(), 0);
}

TEST_F(ServerTest, NoticesADeathAtOnce) {
    TestServer server{directory, "a", 5501};
    server.initdb();
    const int postmaster = server.start();
    using namespace asio::experimental::awaitable_operators;
    const auto watched = loop.wait([&]() -> asio::awaitable<bool> {
        const auto kill = [&]() -> asio::awaitable<void> {
            co_await pause_for(50ms);
            ::kill(postmaster, SIGKILL);
        };
        co_await (server.server->death_watch(postmaster) && kill());
        co_return true;
    }());
    EXPECT_TRUE(watched);
    EXPECT_NE(::kill(postmaster, 0), 0) << "reaped as well";
}

TEST_F(ServerTest, StartsAsAStandbyThatCanBeRead) {
    TestServer server{directory, "a", 5501};
    server.initdb();
    server.start();
    server.ask("CREATE TABLE t AS SELECT 1 AS x");
    server.stop();
    test::put(server.data_dir + "/promote", "");
    ASSERT_TRUE(loop.wait(server.server->start(false, 10s)));
    server.wait_for("SELECT pg_is_in_recovery()", "t");
    EXPECT_EQ(server.ask("SELECT x FROM t"), "1");
    EXPECT_FALSE(test::there(server.data_dir + "/promote"));
    EXPECT_EQ(look(server).lineup, Lineup::standby);
}

TEST_F(ServerTest, ReadsBackWhatTheCarefulWriterWrote) {
    TestServer server{directory, "a", 5501};
    server.initdb();
    const std::string conninfo = "host='a b' password='it''s \\\\\\\\ %x ü' application_name='n \"1\"'";
    ASSERT_TRUE(loop.wait(server.data->prepare_standby(server.data_dir, Upstream{conninfo, "slot_1"})));
    const auto program = shell_quoted(server.settings.bin_dir + "/postgres") + " -D " + shell_quoted(server.data_dir);
    EXPECT_EQ(test::shell(program + " -C primary_conninfo"), conninfo + "\n");
    EXPECT_EQ(test::shell(program + " -C primary_slot_name"), "slot_1\n");
    const auto survey = loop.wait(server.data->survey());
    ASSERT_TRUE(survey);
    EXPECT_EQ(survey->primary_conninfo, conninfo);
}

TEST_F(ServerTest, AHungDiskIsAnObservation) {
    TestServer server{directory, "a", 5501};
    server.initdb();
    const int postmaster = server.start();
    look(server);  // learns the real place
    test::put(directory / "hangs", "#!/bin/sh\nexec sleep 1000\n");
    ::chmod((directory / "hangs").c_str(), 0755);
    DataDirectory stalled{server.settings, server.state_dir, server.clock, 300ms, directory / "hangs"};
    const auto host = loop.wait(stalled.inspect(200ms));
    ASSERT_TRUE(host);
    EXPECT_TRUE(host->disk_stalled);
    EXPECT_EQ(host->process, Process::running) << "/proc needs no disk";
    EXPECT_EQ(host->postmaster_pid, postmaster);
    const auto survey = loop.wait(stalled.survey());
    ASSERT_FALSE(survey);
    EXPECT_EQ(survey.error().code, ErrorCode::timeout);
    // And it can still be stopped.
    LocalServer fenced{stalled, {}};
    EXPECT_TRUE(loop.wait(fenced.stop(StopMode::immediate, 9s)));
    EXPECT_TRUE(server_processes(real_place(server.data_dir)).empty());
}

TEST_F(ServerTest, CommandsTakeTheirPlace) {
    TestServer server{directory, "a", 5501};
    server.initdb();
    const auto pg_ctl = shell_quoted(server.settings.bin_dir + "/pg_ctl");
    const std::string as = test::server_user().empty() ? "" : "runuser -u postgres -- ";
    server.settings.commands.start.shell = as + pg_ctl + " start -W -D {data_dir}";
    server.settings.commands.stop.shell = as + pg_ctl + " stop -m fast -D \"{data_dir}\"";
    server.settings.commands.status.shell = as + pg_ctl + " status -D {data_dir}";
    server.settings.commands.status.expect = "is running";
    server.rebuild();
    EXPECT_EQ(loop.wait(server.server->status(10s)), Process::stopped);
    ASSERT_TRUE(loop.wait(server.server->start(true, 10s)));
    server.wait_for("SELECT 1", "1");
    EXPECT_EQ(loop.wait(server.server->status(10s)), Process::running);
    server.stop();
    EXPECT_TRUE(server_processes(real_place(server.data_dir)).empty());
    server.stop();  // pg_ctl fails: nothing runs. Which is what was wanted.
    EXPECT_EQ(look(server).cluster_state, "shut down");
}

}  // namespace
}  // namespace pgcm::act
