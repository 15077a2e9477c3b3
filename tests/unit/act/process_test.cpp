#include "act/process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include "support.hpp"

namespace pgcm::act {
namespace {

Invocation shell_of(const std::string& text) {
    Invocation invocation;
    invocation.argv = {"/bin/sh", "-c", text};
    invocation.timeout = 20s;
    return invocation;
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) ++count;
    return count;
}

// A zombie that init has not buried yet is dead enough.
bool alive(int pid) {
    const auto stat = test::get("/proc/" + std::to_string(pid) + "/stat");
    const auto bracket = stat.rfind(')');
    return bracket != std::string::npos && stat.size() > bracket + 2 && stat[bracket + 2] != 'Z';
}

bool ends(int pid) {
    for (int i = 0; i < 5000 && alive(pid); ++i) ::usleep(1000);
    return !alive(pid);
}

class ProcessTest : public ::testing::Test {
  protected:
    Outcome done(const Invocation& invocation) {
        auto result = loop.wait(run(invocation));
        EXPECT_TRUE(result) << (result ? "" : result.error().what);
        return result ? *result : Outcome{};
    }
    void TearDown() override {
        reap_ended();
        EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
        EXPECT_EQ(errno, ECHILD);
    }
    test::Loop loop;
};

TEST_F(ProcessTest, TellsStatusOutputAndErrors) {
    const auto outcome = done(shell_of("echo out; echo first >&2; echo last >&2; exit 7"));
    EXPECT_EQ(outcome.exit_status, 7);
    EXPECT_EQ(outcome.signal, 0);
    EXPECT_EQ(outcome.output, "out\n");
    EXPECT_EQ(outcome.errors, "first\nlast\n");
    EXPECT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.last_words(), "last");
    EXPECT_EQ(to_error(outcome, shell_of("")).what, "/bin/sh ended with status 7: last");
}

TEST_F(ProcessTest, TellsWhatAProgramDiedOfAndNotHowItTidiedUp) {
    const auto outcome = done(shell_of("echo hello >&2; echo 'sh: error: no space' >&2; echo tidying >&2; exit 1"));
    EXPECT_EQ(to_error(outcome, shell_of("")).what, "/bin/sh ended with status 1: sh: error: no space");
}

TEST_F(ProcessTest, TellsTheSignal) {
    const auto outcome = done(shell_of("kill -SEGV $$"));
    EXPECT_EQ(outcome.signal, SIGSEGV);
    EXPECT_EQ(outcome.exit_status, -1);
    EXPECT_FALSE(outcome.ok());
}

TEST_F(ProcessTest, GivesTheWholeInput) {
    auto invocation = shell_of("md5sum; echo done");
    invocation.input = std::string(3'000'000, 'x');
    EXPECT_EQ(done(invocation).output, "8e32e22642bddc89698e25a4e9bf528b  -\ndone\n");
}

TEST_F(ProcessTest, InputNobodyReadsHurtsNobody) {
    auto invocation = shell_of("exec true");
    invocation.input = std::string(3'000'000, 'x');
    EXPECT_TRUE(done(invocation).ok());
}

TEST_F(ProcessTest, WithoutInputThereIsNone) {
    EXPECT_EQ(done(shell_of("cat; echo end")).output, "end\n");
}

TEST_F(ProcessTest, KeepsTheEndOfALargeOutput) {
    const auto outcome = done(shell_of("head -c 5000000 /dev/zero | tr '\\0' a; echo; echo the end"));
    EXPECT_TRUE(outcome.ok());
    EXPECT_TRUE(outcome.truncated);
    EXPECT_EQ(outcome.output.size(), 65536U);
    EXPECT_EQ(outcome.output.substr(outcome.output.size() - 9), "\nthe end\n");
}

TEST_F(ProcessTest, GivesLinesAsTheyCome) {
    auto invocation = shell_of("printf 'one\\rtwo\\n\\nthree'; printf 'four\\n' >&2");
    std::vector<std::string> lines;
    invocation.on_line = [&](std::string_view line) { lines.emplace_back(line); };
    EXPECT_TRUE(done(invocation).ok());
    std::sort(lines.begin(), lines.end());
    EXPECT_EQ(lines, (std::vector<std::string>{"four", "one", "three", "two"}));
}

TEST_F(ProcessTest, NamesAMissingBinary) {
    Invocation invocation;
    invocation.argv = {"/nowhere/bin/pg_rewind"};
    const auto result = loop.wait(run(invocation));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().what, "cannot run /nowhere/bin/pg_rewind: No such file or directory");
    EXPECT_FALSE(result.error().hint.empty());
    invocation.argv = {"no-such-program-in-path"};
    EXPECT_FALSE(loop.wait(run(invocation)));
    invocation.argv = {};
    EXPECT_FALSE(loop.wait(run(invocation)));
    invocation.argv = {"/etc/passwd"};
    const auto denied = loop.wait(run(invocation));
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().what, "cannot run /etc/passwd: Permission denied");
}

TEST_F(ProcessTest, FindsProgramsInPath) {
    Invocation invocation;
    invocation.argv = {"true"};
    EXPECT_TRUE(done(invocation).ok());
}

TEST_F(ProcessTest, EndsTheWholeGroupAtTheDeadline) {
    auto invocation = shell_of("sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1; done' & wait");
    invocation.timeout = 300ms;
    invocation.grace = 100ms;
    const auto outcome = done(invocation);
    EXPECT_TRUE(outcome.timed_out);
    EXPECT_FALSE(outcome.ok());
    const int inner = std::stoi(outcome.output);
    EXPECT_TRUE(ends(inner));
    EXPECT_EQ(to_error(outcome, invocation).code, ErrorCode::timeout);
}

TEST_F(ProcessTest, TermComesBeforeKill) {
    auto invocation = shell_of("trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.01; done");
    invocation.timeout = 500ms;
    const auto outcome = done(invocation);
    EXPECT_TRUE(outcome.timed_out);
    EXPECT_EQ(outcome.exit_status, 3);
    EXPECT_EQ(outcome.output, "ready\nasked\n");
}

TEST_F(ProcessTest, KillsWhatIgnoresTerm) {
    auto invocation = shell_of("trap '' TERM; while :; do sleep 0.01; done");
    invocation.timeout = 100ms;
    invocation.grace = 100ms;
    const auto outcome = done(invocation);
    EXPECT_TRUE(outcome.timed_out);
    EXPECT_EQ(outcome.signal, SIGKILL);
}

TEST_F(ProcessTest, SilenceHasALimitOfItsOwn) {
    auto invocation = shell_of("for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done; sleep 30");
    invocation.silence = 400ms;
    const auto outcome = done(invocation);
    EXPECT_TRUE(outcome.timed_out);
    EXPECT_EQ(outcome.output, "1\n2\n3\n4\n5\n6\n");
}

TEST_F(ProcessTest, KillsWhatIsLeftInTheGroup) {
    const auto outcome = done(shell_of("sleep 1000 & echo $!"));
    EXPECT_TRUE(outcome.ok());
    EXPECT_TRUE(ends(std::stoi(outcome.output)));
}

TEST_F(ProcessTest, DetachedChildrenLiveOn) {
    auto invocation = shell_of("sleep 1000 & echo $!; ps -o sid= $$");
    invocation.detached_children = true;
    const auto outcome = done(invocation);
    ASSERT_TRUE(outcome.ok()) << outcome.errors;
    const int pid = std::stoi(outcome.output);
    EXPECT_TRUE(alive(pid));
    EXPECT_NE(std::stoi(outcome.output.substr(outcome.output.find('\n'))), ::getsid(0));
    ::kill(pid, SIGKILL);
    EXPECT_TRUE(ends(pid));
}

TEST_F(ProcessTest, WritesToALogFileInstead) {
    const test::TemporaryDirectory directory;
    auto invocation = shell_of("echo out; echo err >&2");
    invocation.log_file = directory / "server's log";
    const auto outcome = done(invocation);
    EXPECT_TRUE(outcome.ok());
    EXPECT_EQ(outcome.output + outcome.errors, "");
    done(invocation);
    EXPECT_EQ(test::get(invocation.log_file), "out\nerr\nout\nerr\n");
    invocation.log_file = directory / "missing/log";
    EXPECT_FALSE(loop.wait(run(invocation)));
}

TEST_F(ProcessTest, EnvironmentIsAddedAndCleaned) {
    ::setenv("NOTIFY_SOCKET", "/run/x", 1);
    ::setenv("PGCM_TEST_KEPT", "kept", 1);
    ::setenv("PGCM_TEST_GONE", "gone", 1);
    auto invocation = shell_of("echo \"$NOTIFY_SOCKET,$PGCM_TEST_KEPT,$PGCM_TEST_GONE,$SECRET,$LC_ALL,$(pwd)\"");
    invocation.environment = {{"SECRET", "it's"}, {"PGCM_TEST_GONE", ""}};
    invocation.c_locale = true;
    EXPECT_EQ(done(invocation).output, ",kept,,it's,C,/\n");
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("PGCM_TEST_KEPT");
    ::unsetenv("PGCM_TEST_GONE");
}

TEST_F(ProcessTest, InheritsNoDescriptorsAndNoSignalMask) {
    const int leaky = ::open("/dev/null", O_RDONLY);  // without close-on-exec, as a library might
    sigset_t blocked, before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    auto* ignored = ::signal(SIGPIPE, SIG_IGN);
    const auto outcome =
        done(shell_of("ls /proc/self/fd | sort -n | tr '\\n' ' '; grep -E 'Sig(Blk|Ign)' /proc/self/status"));
    ::signal(SIGPIPE, ignored);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::close(leaky);
    EXPECT_EQ(outcome.output.substr(0, 8), "0 1 2 3 ") << outcome.output;  // 3 is ls's own
    EXPECT_NE(outcome.output.find("SigBlk:\t0000000000000000"), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("SigIgn:\t0000000000000000"), std::string::npos) << outcome.output;
}

TEST_F(ProcessTest, LeaksNoDescriptors) {
    done(shell_of("true"));
    const auto before = open_descriptors();
    for (int i = 0; i < 20; ++i) done(shell_of("echo x"));
    Invocation missing;
    missing.argv = {"/nowhere"};
    loop.wait(run(missing));
    EXPECT_EQ(open_descriptors(), before);
}

TEST_F(ProcessTest, CancellingKillsAndWaits) {
    const test::TemporaryDirectory directory;
    auto invocation = shell_of("trap 'echo term > \"$OUT\"; exit' TERM; echo $$; while :; do sleep 0.01; done");
    invocation.environment = {{"OUT", directory / "out"}};
    asio::cancellation_signal cancel;
    int pid = 0;
    invocation.on_line = [&](std::string_view line) {
        if (pid != 0) return;
        pid = std::stoi(std::string{line});
        cancel.emit(asio::cancellation_type::terminal);
    };
    std::optional<Result<Outcome>> result;
    asio::co_spawn(
        loop.context(), run(invocation),
        asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& thrown, Result<Outcome> ended) {
            EXPECT_FALSE(thrown);
            EXPECT_FALSE(alive(pid)) << "it came back before the child was gone";
            result = std::move(ended);
        }));
    loop.context().run();
    ASSERT_TRUE(result);
    ASSERT_FALSE(*result);
    EXPECT_EQ(result->error().code, ErrorCode::interrupted);
    EXPECT_GT(pid, 0);
    EXPECT_EQ(test::get(directory / "out"), "term\n");
}

TEST_F(ProcessTest, ALoopThatEndsTakesItsChildrenAlong) {
    int pid = 0;
    {
        test::Loop short_lived;
        auto invocation = shell_of("echo $$; sleep 1000");
        invocation.on_line = [&](std::string_view line) {
            pid = std::stoi(std::string{line});
            short_lived.context().stop();
        };
        asio::co_spawn(short_lived.context(), run(invocation), [](const std::exception_ptr&, Result<Outcome>) {});
        short_lived.context().run();
    }
    ASSERT_GT(pid, 0);
    EXPECT_FALSE(alive(pid));
}

TEST_F(ProcessTest, DiesWithItsParent) {
    // A grandchild's parent is this shell's child: killed hard, it must not leave its own child behind.
    auto invocation = shell_of("echo started; sleep 1000");
    int inner = 0;
    int ends_of[2];
    ASSERT_EQ(::pipe(ends_of), 0);
    const int parent = ::fork();
    if (parent == 0) {
        test::Loop other;
        auto told = shell_of("echo $$; exec sleep 1000");
        told.on_line = [&](std::string_view line) {
            const int pid = std::stoi(std::string{line});
            [[maybe_unused]] const auto wrote = ::write(ends_of[1], &pid, sizeof pid);
        };
        other.wait(run(told));
        ::_exit(0);
    }
    ASSERT_EQ(::read(ends_of[0], &inner, sizeof inner), static_cast<ssize_t>(sizeof inner));
    ::close(ends_of[0]);
    ::close(ends_of[1]);
    EXPECT_TRUE(alive(inner));
    ::kill(parent, SIGKILL);
    ::waitpid(parent, nullptr, 0);
    EXPECT_TRUE(ends(inner));
}

TEST_F(ProcessTest, RunsAsAnotherUser) {
    if (::geteuid() != 0) {
        auto invocation = shell_of("id -un");
        invocation.run_as = "root";
        const auto refused = loop.wait(run(invocation));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::usage);
        return;
    }
    auto invocation = shell_of("id -un; id -gn; echo $HOME; id -G; grep CapEff /proc/self/status");
    invocation.run_as = "nobody";
    EXPECT_EQ(done(invocation).output, "nobody\nnogroup\n/nonexistent\n65534\nCapEff:\t0000000000000000\n");
    invocation.run_as = "no such user";
    const auto unknown = loop.wait(run(invocation));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().what, "there is no user \"no such user\" on this host");
}

TEST_F(ProcessTest, LaunchedOnesAreSeenToEnd) {
    const test::TemporaryDirectory directory;
    auto invocation = shell_of("echo here; exit 5");
    invocation.detached_children = true;
    invocation.log_file = directory / "log";
    auto launched = launch(invocation);
    ASSERT_TRUE(launched);
    std::optional<Error> error;
    for (int i = 0; i < 5000 && !error; ++i, ::usleep(1000)) error = launched->ended();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->what, "/bin/sh ended with status 5");
    EXPECT_EQ(test::get(directory / "log"), "here\n");
    invocation.argv = {"/nowhere/postgres"};
    auto missing = launch(invocation);
    ASSERT_TRUE(missing);
    error.reset();
    for (int i = 0; i < 5000 && !error; ++i, ::usleep(1000)) error = missing->ended();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->what, "cannot run /nowhere/postgres: No such file or directory");
}

TEST_F(ProcessTest, LaunchedOnesAreReapedWhenNobodyAsks) {
    const test::TemporaryDirectory directory;
    auto invocation = shell_of("true");
    invocation.detached_children = true;
    invocation.log_file = directory / "log";
    int pid = 0;
    {
        auto launched = launch(invocation);
        ASSERT_TRUE(launched);
        pid = launched->pid();
    }
    for (int i = 0; i < 5000 && ::kill(pid, 0) == 0; ++i, ::usleep(1000)) reap_ended();
    EXPECT_NE(::kill(pid, 0), 0) << "a zombie, which a postmaster would take for a living one";
}

}  // namespace
}  // namespace pgcm::act
