#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <csignal>

#include "act/process.hpp"
#include "act/server_processes.hpp"
#include "two_nodes.hpp"

namespace pgcm::act {
namespace {

using test::find;
using test::steps_of;
using test::TestServer;
using test::told;

class RejoinTest : public test::TwoNodes {};

TEST_F(RejoinTest, ClonesIntoAnEmptyPlace) {
    p1_alone();
    const auto report = rejoined(p2, to(p1));
    EXPECT_EQ(find(report, "pg_rewind")->state, StepState::skipped) << told(report);
    EXPECT_EQ(find(report, "pg_basebackup")->state, StepState::done) << told(report);
    EXPECT_GT(find(report, "pg_basebackup")->total_bytes.value_or(0), 1'000'000U);
    EXPECT_EQ(find(report, "prove_streaming")->state, StepState::done);
    EXPECT_TRUE(beside(p2).empty());
    p1.wait_for("SELECT application_name FROM pg_stat_replication", application_name(p2.node));
    EXPECT_EQ(p1.ask("SELECT active FROM pg_replication_slots WHERE slot_name = 'pgcm_slot'"), "t");
}

TEST_F(RejoinTest, ANewUpstreamIsAllThatAPrimaryNeedsThatWasShutDown) {
    hand_over();
    const auto planned = run_rejoin(p1, to(p2), true);
    ASSERT_TRUE(planned) << planned.error().what;
    const auto report = rejoined(p1, to(p2));
    EXPECT_EQ(steps_of(report),
              (std::vector<std::string>{"slot", "stop", "standby", "start", "prove_streaming", "drop_old"}))
        << told(report);
    EXPECT_EQ(steps_of(*planned), steps_of(report));
    expect_follows(p1, p2);
    EXPECT_EQ(p1.ask("SELECT count(*) FROM t WHERE x = 2"), "1");
}

TEST_F(RejoinTest, ACleanShutdownIsNotEnoughWhereTheHistoriesParted) {
    // It was started once more after the other one's promotion, and wrote no row at all.
    hand_over();
    p1.start();
    shut_down(p1);
    const auto report = rejoined(p1, to(p2));
    EXPECT_EQ(find(report, "pg_rewind")->state, StepState::done) << told(report);
    expect_follows(p1, p2);
}

TEST_F(RejoinTest, ACrashIsNeverTakenForACleanShutdown) {
    hand_over();
    p1.start();
    for (const int pid : server_processes(real_place(p1.data_dir))) ::kill(pid, SIGKILL);
    const auto report = rejoined(p1, to(p2));
    EXPECT_EQ(find(report, "pg_rewind")->state, StepState::done) << told(report);
    expect_follows(p1, p2);
}

TEST_F(RejoinTest, AnotherHistoryOfTheSameNumberIsSeenInItsLastRecord) {
    // Twins of timeline 2 that ended at the very same position, and p2 went on to timeline 3: by all numbers p1 is a
    // part of its history.
    clone_p2();
    shut_down(p1);
    shut_down(p2);
    ASSERT_TRUE(loop.wait(p1.data->prepare_standby(p1.data_dir, Upstream{})));
    ASSERT_TRUE(loop.wait(p2.data->prepare_standby(p2.data_dir, Upstream{})));
    for (auto* node : {&p1, &p2}) {
        node->start();
        promoted(*node);
        shut_down(*node);
    }
    ASSERT_TRUE(loop.wait(p2.data->prepare_standby(p2.data_dir, Upstream{})));
    p2.start();
    promoted(p2);
    const auto report = run_rejoin(p1, to(p2), true);
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_NE(find(*report, "pg_rewind"), nullptr) << told(*report);
}

TEST_F(RejoinTest, RewindsAFormerPrimary) {
    diverge();
    auto request = to(p2);
    p1.ask("SELECT pg_create_physical_replication_slot('pgcm_p2', true)");
    request.peer_slots = {"pgcm_p2", "pgcm_nobody"};
    const auto report = rejoined(p1, request);
    EXPECT_EQ(find(report, "pg_rewind")->state, StepState::done) << told(report);
    EXPECT_EQ(find(report, "pg_basebackup"), nullptr);
    EXPECT_EQ(p1.ask("SELECT count(*) FROM t WHERE x = 1000"), "0") << "what diverged is gone";
    expect_follows(p1, p2);
    EXPECT_EQ(p1.ask("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'pgcm_p2'"), "0");
}

TEST_F(RejoinTest, RewindsAfterACrash) {
    diverge();
    for (const int pid : server_processes(real_place(p1.data_dir))) ::kill(pid, SIGKILL);
    const auto report = rejoined(p1, to(p2));
    EXPECT_EQ(find(report, "recover")->detail, "recovered from its crash") << told(report);
    EXPECT_EQ(find(report, "pg_rewind")->state, StepState::done);
    expect_follows(p1, p2);
}

TEST_F(RejoinTest, ADeadRewindIsNeverTrusted) {
    diverge();
    p1.stop();
    ASSERT_TRUE(loop.wait(p1.data->save_configuration()));
    ASSERT_TRUE(loop.wait(p1.data->mark_rewinding("a test")));
    test::put(p1.data_dir + "/postgresql.conf", "port = 4711\n");
    EXPECT_FALSE(loop.wait(p1.server->start(true, 5s)));
    const auto only_rewind = run_rejoin(p1, to(p2, Method::rewind));
    ASSERT_FALSE(only_rewind);
    EXPECT_EQ(only_rewind.error().code, ErrorCode::refused);
    const auto report = rejoined(p1, to(p2));
    EXPECT_EQ(find(report, "pg_rewind")->detail, "an earlier pg_rewind ended half-way") << told(report);
    expect_follows(p1, p2);
    EXPECT_TRUE(beside(p1).empty());
}

TEST_F(RejoinTest, OneTimelineTwoHistoriesIsCloned) {
    // Both were promoted from timeline 1 to 2: pg_rewind would say that nothing is to be done (LESSONS 1).
    clone_p2();
    p1.stop();
    p2.stop();
    ASSERT_TRUE(loop.wait(p1.data->prepare_standby(p1.data_dir, Upstream{})));
    ASSERT_TRUE(loop.wait(p2.data->prepare_standby(p2.data_dir, Upstream{})));
    p1.start();
    p2.start();
    promoted(p1);
    promoted(p2);
    p1.ask("INSERT INTO t VALUES (1000)");
    const auto report = rejoined(p1, to(p2));
    EXPECT_NE(find(report, "pg_rewind")->detail.find("both have been on timeline 2"), std::string::npos)
        << told(report);
    EXPECT_EQ(find(report, "pg_basebackup")->state, StepState::done);
    EXPECT_EQ(p1.ask("SELECT count(*) FROM t WHERE x = 1000"), "0");
    expect_follows(p1, p2);
}

TEST_F(RejoinTest, ClonesWhereRewindIsNotPossible) {
    diverge();
    p1.stop();
    p1.settings.commands.rewind.argv = {"/bin/sh", "-c", "echo cannot rewind >&2; exit 1"};
    p1.rebuild();
    const auto report = rejoined(p1, to(p2));
    EXPECT_EQ(find(report, "pg_rewind")->state, StepState::failed) << told(report);
    EXPECT_EQ(find(report, "pg_rewind")->detail, "/bin/sh ended with status 1: cannot rewind");
    EXPECT_EQ(find(report, "pg_basebackup")->state, StepState::done);
    expect_follows(p1, p2);
}

TEST_F(RejoinTest, ClonesInPlace) {
    diverge();
    p1.settings.in_place = true;
    p1.rebuild();
    test::put(p1.data_dir + "/left-over", "x");
    const auto report = rejoined(p1, to(p2, Method::basebackup));
    EXPECT_NE(find(report, "remove"), nullptr) << told(report);
    EXPECT_FALSE(test::there(p1.data_dir + "/left-over"));
    expect_follows(p1, p2);
}

TEST_F(RejoinTest, TouchesNothingBeforeTheSourceIsRight) {
    clone_p2();
    TestServer other{directory, "other", 5503};
    other.initdb(true);
    other.start();
    const auto foreign = run_rejoin(other, to(p1));
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code, ErrorCode::refused);
    EXPECT_NE(foreign.error().what.find("of the system"), std::string::npos);
    EXPECT_EQ(other.ask("SELECT pg_is_in_recovery()"), "f");

    const auto standby = run_rejoin(p1, to(p2));
    ASSERT_FALSE(standby);
    EXPECT_EQ(standby.error().what, "the primary p%ü'2\" is a standby itself");
    p2.stop();
    EXPECT_FALSE(run_rejoin(p1, to(p2)));
    EXPECT_EQ(p1.ask("SELECT pg_is_in_recovery()"), "f");
    EXPECT_TRUE(beside(p1).empty());

    p1.ask("CREATE TABLESPACE elsewhere LOCATION '" + [&] {
        ::mkdir((p1.socket_dir + "/ts").c_str(), 0700);
        test::give_to_server_user(p1.socket_dir + "/ts");
        return p1.socket_dir + "/ts";
    }() + "'");
    p2.start();
    const auto tablespaces = run_rejoin(p2, to(p1, Method::basebackup));
    ASSERT_FALSE(tablespaces);
    EXPECT_NE(tablespaces.error().what.find("tablespaces"), std::string::npos);
    EXPECT_EQ(p2.ask("SELECT pg_is_in_recovery()"), "t");
}

TEST_F(RejoinTest, ADryRunTellsTheSameAndDoesNothing) {
    diverge();
    const auto before = test::shell("cd " + shell_quoted(p1.data_dir) +
                                    " && find . -newermt '1970-01-02' -name '*.conf' -o -name '*.signal' | sort");
    const auto report = run_rejoin(p1, to(p2), true);
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_TRUE(report->dry_run);
    std::vector<std::string> names;
    for (const auto& step : report->steps) {
        EXPECT_EQ(step.state, StepState::planned) << step.name;
        names.push_back(step.name);
    }
    EXPECT_EQ(p1.ask("SELECT pg_is_in_recovery()"), "f") << "it runs on";
    EXPECT_EQ(p2.ask("SELECT count(*) FROM pg_replication_slots"), "0");
    EXPECT_EQ(test::shell("cd " + shell_quoted(p1.data_dir) +
                          " && find . -newermt '1970-01-02' -name '*.conf' -o -name '*.signal' | sort"),
              before);
    EXPECT_EQ(steps_of(rejoined(p1, to(p2))), names);
}

// Killed at the beginning of a step, with whatever it was about to do undone or half done, and run again.
class KilledTest : public RejoinTest, public ::testing::WithParamInterface<std::pair<const char*, Method>> {};

TEST_P(KilledTest, GoesOn) {
    const auto [step, method] = GetParam();
    diverge();
    const int child = ::fork();
    if (child == 0) {
        test::Loop own;
        auto site = p1.site();
        site.progress = [name = std::string{step}](const Step& now) {
            if (now.name == name && now.state == StepState::running) ::kill(::getpid(), SIGKILL);
        };
        own.wait(rejoin(site, to(p2, method)));
        ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it never came to the step " << step;
    p1.rebuild();
    const auto report = rejoined(p1, to(p2, method == Method::rewind ? Method::automatic : method));
    expect_follows(p1, p2);
    EXPECT_TRUE(beside(p1).empty()) << told(report);
    EXPECT_EQ(p1.ask("SELECT count(*) FROM t WHERE x = 1000"), "0");
}

TEST_F(RejoinTest, ACancelledRejoinCanBeGoneOnWith) {
    diverge();
    asio::cancellation_signal cancel;
    auto site = p1.site();
    site.progress = [&](const Step& now) {
        if (now.name == "pg_basebackup" && now.total_bytes) cancel.emit(asio::cancellation_type::terminal);
    };
    bool ended = false;
    asio::co_spawn(loop.context(), rejoin(site, to(p2, Method::basebackup)),
                   asio::bind_cancellation_slot(
                       cancel.slot(), [&](const std::exception_ptr& thrown, Result<OperationReport> report) {
                           ended = true;
                           EXPECT_TRUE(thrown || (!report && report.error().code == ErrorCode::interrupted));
                       }));
    loop.context().restart();
    loop.context().run();
    ASSERT_TRUE(ended);
    const auto file = read_operation(p1.state_dir);
    ASSERT_TRUE(file && *file);
    EXPECT_EQ((*file)->step, "pg_basebackup");
    EXPECT_EQ((*file)->attempts, 1);
    EXPECT_EQ(p2.ask("SELECT count(*) FROM pg_stat_replication WHERE state = 'backup'"), "0");
    rejoined(p1, to(p2, Method::basebackup));
    expect_follows(p1, p2);
    EXPECT_TRUE(beside(p1).empty());
}

INSTANTIATE_TEST_SUITE_P(Steps, KilledTest,
                         ::testing::Values(std::pair{"pg_rewind", Method::rewind}, std::pair{"standby", Method::rewind},
                                           std::pair{"prove_streaming", Method::rewind},
                                           std::pair{"adopt", Method::basebackup},
                                           std::pair{"swap", Method::basebackup}),
                         [](const auto& instance) { return std::string{instance.param.first}; });

}  // namespace
}  // namespace pgcm::act
