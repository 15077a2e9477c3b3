#include "loop/signals.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <vector>

namespace pgcm::loop {
namespace {

std::vector<int> taken(Signals& signals) {
    std::vector<int> all;
    while (const auto signal = signals.take()) all.push_back(*signal);
    return all;
}

// How a child of its own ends that sends itself the signal; 0: it survives.
int ends_by(void (*prepare)(), int signal) {
    const auto child = ::fork();
    if (child == 0) {
        prepare();
        ::raise(signal);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST(Signals, AreTakenOnceAndInTheirOrder) {
    Signals signals;
    EXPECT_EQ(taken(signals), std::vector<int>{});
    for (const int signal : {SIGHUP, SIGTERM, SIGHUP, SIGINT}) ::raise(signal);
    EXPECT_EQ(taken(signals), (std::vector<int>{SIGHUP, SIGTERM, SIGHUP, SIGINT}));
    EXPECT_EQ(taken(signals), std::vector<int>{});
}

TEST(Signals, AreTheSystemsAgainAfterwards) {
    EXPECT_EQ(ends_by([] { Signals().take(); }, SIGTERM), SIGTERM);
    EXPECT_EQ(ends_by([] { Signals().take(); }, SIGHUP), SIGHUP);
}

TEST(Signals, EndAProcessThatIsEndingButForALateReload) {
    const auto end = [] {
        Signals signals;
        signals.let_end();
    };
    EXPECT_EQ(ends_by(end, SIGTERM), SIGTERM);
    EXPECT_EQ(ends_by(end, SIGINT), SIGINT);
    EXPECT_EQ(ends_by(end, SIGHUP), 0);
}

}  // namespace
}  // namespace pgcm::loop
