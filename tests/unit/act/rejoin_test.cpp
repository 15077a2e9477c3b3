#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <csignal>
#include <filesystem>

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
              (std::vector<std::string>{"find", "slot", "stop", "standby", "start", "prove_streaming", "drop_old"}))
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

TEST_F(RejoinTest, AMissingPgRewindIsKnownBeforeAnythingIsTouched) {
    diverge();
    const auto programs = directory / "programs without pg_rewind";
    std::filesystem::create_directory(programs);
    for (const auto& program : std::filesystem::directory_iterator(test::bin_dir()))
        if (const auto name = program.path().filename().string(); name != "pg_rewind")
            std::filesystem::create_symlink(program.path(), programs + "/" + name);
    p1.settings.bin_dir = programs;
    p1.rebuild();
    const auto why = "there is no pg_rewind in " + programs;
    const auto refused = run_rejoin(p1, to(p2, Method::rewind));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().what, "no way to rejoin: pg_rewind: " + why);
    EXPECT_EQ(p1.ask("SELECT pg_is_in_recovery()"), "f");
    const auto report = rejoined(p1, to(p2));
    EXPECT_EQ(find(report, "pg_rewind")->state, StepState::skipped) << told(report);
    EXPECT_EQ(find(report, "pg_rewind")->detail, why);
    EXPECT_EQ(find(report, "pg_basebackup")->state, StepState::done);
    expect_follows(p1, p2);
}

TEST_F(RejoinTest, WhatItFoundIsToldBeforeAnythingIsDone) {
    diverge();
    const auto plan = run_rejoin(p1, to(p2), true);
    ASSERT_TRUE(plan) << plan.error().what;
    ASSERT_NE(find(*plan, "find"), nullptr) << told(*plan);
    const auto& found = find(*plan, "find")->detail;
    for (const auto* part : {"here: timeline 1, running", "there: timeline 2", "1 until 0/",
                             "its history forks off at 0/", "wal_log_hints or checksums: yes", "full_page_writes: yes",
                             "free for a clone: ", "a new upstream alone is not enough: the local server runs"})
        EXPECT_NE(found.find(part), std::string::npos) << part << "\n" << found;
}

TEST_F(RejoinTest, AttemptsThatFailAreCountedOnDiskAndEnd) {
    diverge();
    p1.stop();
    p1.settings.methods = {RejoinMethod::rewind};
    p1.settings.commands.rewind.argv = {"/bin/sh", "-c", "echo cannot rewind >&2; exit 1"};
    p1.rebuild();
    EXPECT_FALSE(run_rejoin(p1, to(p2)));
    auto left = read_operation(p1.state_dir);
    ASSERT_TRUE(left && *left);
    EXPECT_EQ((*left)->step, "failed");
    EXPECT_NE((*left)->why.find("cannot rewind"), std::string::npos) << (*left)->why;
    EXPECT_EQ((*left)->attempts, 1);
    (*left)->attempts = 9;
    ASSERT_TRUE(write_operation(p1.state_dir, **left));
    test::give_to_server_user(p1.state_dir);
    const auto tenth = run_rejoin(p1, to(p2, Method::basebackup));
    EXPECT_TRUE(tenth) << "the tenth may still be tried";
    ASSERT_TRUE(write_operation(p1.state_dir, [&] {
        auto file = **left;
        file.attempts = 10;
        return file;
    }()));
    const auto refused = run_rejoin(p1, to(p2, Method::basebackup));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::refused);
    EXPECT_NE(refused.error().what.find("a person has to look"), std::string::npos) << refused.error().what;
    EXPECT_EQ(p1.ask("SELECT pg_is_in_recovery()"), "t") << "nothing was touched";
    EXPECT_TRUE(run_rejoin(p1, to(p2, Method::basebackup), true)) << "a plan may always be asked for";
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
    EXPECT_NE(foreign.error().what.find("belongs to another cluster"), std::string::npos);
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

// Killed at the beginning of each step, with whatever it was about to do undone or half done, and run again. The steps
// are those that the code itself plans, so that none can be forgotten.
class KilledTest : public RejoinTest {
  protected:
    // Both nodes from the beginning again.
    void prepare(bool apart) {
        for (auto* node : {&p1, &p2}) {
            node->stop();
            test::shell("rm -rf " + shell_quoted(node->data_dir) + " " + shell_quoted(node->state_dir) + "/*", false);
            node->rebuild();
        }
        if (apart)
            diverge();
        else
            hand_over();
    }
    // A data directory that holds all of a server's files; where none does, only the mark may say so.
    bool a_complete_copy_is_here() const {
        const auto names = *names_in(parent_of(p1.data_dir));
        for (const auto& name : names) {
            const bool counts = name == base_name(p1.data_dir) || name.find(".pgcm-ready") != std::string::npos ||
                                name.find(".pgcm-old-") != std::string::npos;
            if (counts && test::there(parent_of(p1.data_dir) + "/" + name + "/global/pg_control")) return true;
        }
        return false;
    }
    void kill_at(const std::string& step, const RejoinRequest& request) {
        const int child = ::fork();
        if (child == 0) {
            test::Loop own;
            auto site = p1.site();
            site.progress = [step](const Step& now) {
                if (now.name == step && now.state == StepState::running) ::kill(::getpid(), SIGKILL);
            };
            own.wait(rejoin(site, request));
            ::_exit(1);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "it never came to the step " << step;
    }
    // `apart`: the histories parted; else all is in the primary's. `always`: a complete copy stays here all the time.
    void each_step(bool apart, Method method, bool always) {
        prepare(apart);
        const auto plan = run_rejoin(p1, to(p2, method), true);
        ASSERT_TRUE(plan) << plan.error().what;
        for (const auto& step : steps_of(*plan)) {
            if (step == "find") continue;  // nothing is done there
            SCOPED_TRACE(step);
            prepare(apart);
            kill_at(step, to(p2, method));
            if (HasFatalFailure()) return;
            EXPECT_TRUE(!always || a_complete_copy_is_here());
            EXPECT_EQ(p2.ask("SELECT pg_is_in_recovery()"), "f") << "the primary has it all, and serves";
            p1.rebuild();
            const auto report = rejoined(p1, to(p2, method == Method::rewind ? Method::automatic : method));
            expect_follows(p1, p2);
            EXPECT_TRUE(beside(p1).empty()) << told(report);
            EXPECT_EQ(p1.ask("SELECT count(*) FROM t WHERE x = 1000"), "0");
        }
    }
};

TEST_F(KilledTest, AtEachStepOfReattaching) {
    each_step(false, Method::automatic, true);
}
TEST_F(KilledTest, AtEachStepOfRewinding) {
    each_step(true, Method::rewind, true);
}
TEST_F(KilledTest, AtEachStepOfCloning) {
    each_step(true, Method::basebackup, true);
}
TEST_F(KilledTest, AtEachStepOfCloningInPlace) {
    p1.settings.in_place = true;
    p1.rebuild();
    each_step(true, Method::basebackup, false);
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

}  // namespace
}  // namespace pgcm::act
