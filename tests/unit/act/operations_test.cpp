#include "act/operations.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "act/auto_conf.hpp"
#include "act/clone_directory.hpp"
#include "act/files.hpp"
#include "act/process.hpp"
#include "act/server_processes.hpp"
#include "test_server.hpp"

namespace pgcm::act {
namespace {

using test::TestServer;

const Step* find(const OperationReport& report, const std::string& name) {
    for (const auto& step : report.steps)
        if (step.name == name) return &step;
    return nullptr;
}

std::string told(const OperationReport& report) {
    std::string text;
    for (const auto& step : report.steps)
        text += std::to_string(step.took.count()) + " ms " + step.name + " " + std::string{name_of(step.state)} + " (" + step.detail + ")\n";
    return text;
}

// Two nodes: p1, a primary; p2, nothing yet.
class OperationsTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (test::bin_dir().empty()) GTEST_SKIP() << "no PostgreSQL server is installed";
        p2.configure_elsewhere(directory / "p2's postgresql.conf");
    }

    RejoinRequest to(const TestServer& primary, Method method = Method::automatic) {
        RejoinRequest request;
        request.to = primary.node;
        request.upstream = primary.conninfo();
        request.slot = "pgcm_slot";
        request.method = method;
        return request;
    }
    Result<OperationReport> run_rejoin(TestServer& node, RejoinRequest request, bool dry_run = false) {
        auto site = node.site(dry_run);
        return loop.wait(rejoin(site, std::move(request)));
    }
    OperationReport rejoined(TestServer& node, RejoinRequest request) {
        const auto report = run_rejoin(node, std::move(request));
        EXPECT_TRUE(report) << (report ? "" : report.error().what + " -- " + report.error().hint) << "\n"
                            << test::get(node.state_dir + "/server.log");
        if (report && std::getenv("TELL")) std::fprintf(stderr, "%s\n", told(*report).c_str());
        return report.value_or(OperationReport{});
    }
    OperationReport promoted(TestServer& node, std::vector<std::string> slots = {}) {
        auto site = node.site();
        PromoteRequest request;
        request.slots = std::move(slots);
        const auto report = loop.wait(promote(site, std::move(request)));
        EXPECT_TRUE(report) << (report ? "" : report.error().what);
        return report.value_or(OperationReport{});
    }
    void p1_alone() {
        p1.initdb();
        p1.start();
        p1.ask("CREATE TABLE t AS SELECT 1 AS x");
    }
    // Both as they once were in another test; false when none has come that far yet.
    bool restored(const std::string& stage) {
        const auto from = test::shared_directory() + "/" + stage;
        if (!test::there(from + " p2")) return false;
        p1.copy_from(from + " p1");
        p2.copy_from(from + " p2");
        return true;
    }
    void keep(const std::string& stage) {
        p2.stop();
        p1.stop();
        p1.copy_to(test::shared_directory() + "/" + stage + " p1");
        p2.copy_to(test::shared_directory() + "/" + stage + " p2");
    }
    void clone_p2() {
        if (!restored("cloned")) {
            p1_alone();
            rejoined(p2, to(p1));
            p2.wait_for("SELECT max(x) FROM t", "1");
            keep("cloned");
        }
        p1.start();
        p2.start();
        p1.wait_for("SELECT state FROM pg_stat_replication", "streaming");
    }
    // p2 is promoted while p1 is down; then p1 comes back and goes its own way.
    void diverge() {
        if (!restored("diverged")) {
            clone_p2();
            p1.stop();
            promoted(p2);
            p2.ask("INSERT INTO t VALUES (2)");
            p1.start();
            p1.ask("INSERT INTO t VALUES (1000)");
            keep("diverged");
        }
        p1.start();
        p2.start();
    }
    void expect_follows(const TestServer& standby, const TestServer& primary) {
        primary.wait_for("SELECT state FROM pg_stat_replication WHERE application_name = " +
                             postgres::Session::quote_literal(application_name(standby.node)),
                         "streaming");
        primary.ask("INSERT INTO t VALUES (3)");
        standby.wait_for("SELECT count(*) FROM t WHERE x = 3", primary.ask("SELECT count(*) FROM t WHERE x = 3"));
        EXPECT_EQ(standby.ask("SELECT pg_is_in_recovery()"), "t");
        EXPECT_EQ(standby.ask("SHOW port"), std::to_string(standby.port)) << "its own configuration";
        EXPECT_EQ(standby.ask("SHOW primary_slot_name"), "pgcm_slot");
        const auto host = inspect(standby.place());
        EXPECT_FALSE(host.rewinding);
        EXPECT_FALSE(*read_operation(standby.state_dir));
    }
    std::vector<std::string> beside(const TestServer& node) {
        auto names = *names_in(parent_of(node.data_dir));
        std::erase_if(names, [](const auto& name) { return name.find(".pgcm-") == std::string::npos; });
        return names;
    }

    test::TemporaryDirectory directory{"it's ü"};
    TestServer p1{directory, "p 1", 5501};
    TestServer p2{directory, "p%ü'2\"", 5502};
    test::Loop loop;
};

TEST_F(OperationsTest, ClonesIntoAnEmptyPlace) {
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

TEST_F(OperationsTest, RewindsAFormerPrimary) {
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

TEST_F(OperationsTest, RewindsAfterACrash) {
    diverge();
    for (const int pid : server_processes(real_place(p1.data_dir))) ::kill(pid, SIGKILL);
    const auto report = rejoined(p1, to(p2));
    EXPECT_EQ(find(report, "recover")->detail, "recovered from its crash") << told(report);
    EXPECT_EQ(find(report, "pg_rewind")->state, StepState::done);
    expect_follows(p1, p2);
}

TEST_F(OperationsTest, ADeadRewindIsNeverTrusted) {
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

TEST_F(OperationsTest, OneTimelineTwoHistoriesIsCloned) {
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
    EXPECT_NE(find(report, "pg_rewind")->detail.find("both have been on timeline 2"), std::string::npos) << told(report);
    EXPECT_EQ(find(report, "pg_basebackup")->state, StepState::done);
    EXPECT_EQ(p1.ask("SELECT count(*) FROM t WHERE x = 1000"), "0");
    expect_follows(p1, p2);
}

TEST_F(OperationsTest, ClonesWhereRewindIsNotPossible) {
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

TEST_F(OperationsTest, ClonesInPlace) {
    diverge();
    p1.settings.in_place = true;
    p1.rebuild();
    test::put(p1.data_dir + "/left-over", "x");
    const auto report = rejoined(p1, to(p2, Method::basebackup));
    EXPECT_NE(find(report, "remove"), nullptr) << told(report);
    EXPECT_FALSE(test::there(p1.data_dir + "/left-over"));
    expect_follows(p1, p2);
}

TEST_F(OperationsTest, TouchesNothingBeforeTheSourceIsRight) {
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

TEST_F(OperationsTest, ADryRunTellsTheSameAndDoesNothing) {
    diverge();
    const auto before = test::shell("cd " + shell_quoted(p1.data_dir) + " && find . -newermt '1970-01-02' -name '*.conf' -o -name '*.signal' | sort");
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
    EXPECT_EQ(test::shell("cd " + shell_quoted(p1.data_dir) + " && find . -newermt '1970-01-02' -name '*.conf' -o -name '*.signal' | sort"), before);
    const auto real = rejoined(p1, to(p2));
    std::vector<std::string> done;
    for (const auto& step : real.steps) done.push_back(step.name);
    EXPECT_EQ(done, names);
}

// Killed at the beginning of a step, with whatever it was about to do undone or half done, and run again.
class KilledTest : public OperationsTest, public ::testing::WithParamInterface<std::pair<const char*, Method>> {};

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

INSTANTIATE_TEST_SUITE_P(Steps, KilledTest,
                         ::testing::Values(std::pair{"pg_rewind", Method::rewind}, std::pair{"standby", Method::rewind},
                                           std::pair{"prove_streaming", Method::rewind},
                                           std::pair{"adopt", Method::basebackup}, std::pair{"swap", Method::basebackup}),
                         [](const auto& instance) { return std::string{instance.param.first}; });

TEST_F(OperationsTest, PromotesAStandbyWithPausedReplay) {
    clone_p2();
    p2.ask("SELECT pg_wal_replay_pause()");
    const auto report = promoted(p2, {"pgcm_p1", "pgcm_p3"});
    EXPECT_EQ(find(report, "resume_replay")->detail, "resumed") << told(report);
    EXPECT_EQ(find(report, "promote")->detail, "by pg_promote()");
    EXPECT_EQ(find(report, "checkpoint")->state, StepState::done);
    EXPECT_EQ(p2.ask("SELECT count(*) FROM pg_replication_slots WHERE slot_name IN ('pgcm_p1', 'pgcm_p3')"), "2");
    EXPECT_EQ(p2.ask("SELECT timeline_id FROM pg_control_checkpoint()"), "2");
    EXPECT_FALSE(*read_operation(p2.state_dir));
    const auto again = promoted(p2);
    EXPECT_EQ(find(again, "promote")->state, StepState::skipped);
}

TEST_F(OperationsTest, PromotesWithoutThePrivilege) {
    clone_p2();
    p1.ask("CREATE ROLE weak LOGIN");
    p2.wait_for("SELECT count(*) FROM pg_roles WHERE rolname = 'weak'", "1");
    auto site = p2.site();
    site.local.set("user", "weak");
    PromoteRequest request;
    request.slots = {"pgcm_p1"};
    const auto report = loop.wait(promote(site, request));
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_EQ(p2.ask("SELECT pg_is_in_recovery()"), "f");
    EXPECT_NE(find(*report, "promote")->detail.find("pg_ctl"), std::string::npos) << told(*report);
    EXPECT_EQ(find(*report, "slot")->state, StepState::skipped);
    EXPECT_EQ(find(*report, "checkpoint")->state, StepState::skipped);
}

TEST_F(OperationsTest, FollowsAndKeepsWhatTheUserSet) {
    clone_p2();
    const auto told_before = p2.ask("SHOW primary_conninfo");
    FollowRequest request;
    request.to = p1.node;
    request.upstream = p1.conninfo();
    request.slot = "pgcm_slot";
    auto site = p2.site();
    auto report = loop.wait(follow(site, request));
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_EQ(find(*report, "primary_conninfo")->state, StepState::skipped) << told(*report);
    EXPECT_EQ(p2.ask("SHOW primary_conninfo"), told_before);

    p2.ask("ALTER SYSTEM SET primary_conninfo = 'host=/nowhere password=''it''''s \\\\ %'' user=postgres connect_timeout=7'");
    p2.ask("SELECT pg_reload_conf()");
    p2.wait_for("SELECT current_setting('primary_conninfo') LIKE '%nowhere%'", "t");
    auto dry = p2.site(true);
    const auto planned = loop.wait(follow(dry, request));
    ASSERT_TRUE(planned);
    EXPECT_EQ(find(*planned, "primary_conninfo")->state, StepState::planned);
    EXPECT_EQ(p2.ask("SELECT current_setting('primary_conninfo') LIKE '%nowhere%'"), "t");
    report = loop.wait(follow(site, request));
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_EQ(find(*report, "primary_conninfo")->detail.find("it's"), std::string::npos) << "a password in a report";
    const auto now = Conninfo::parse(p2.ask("SHOW primary_conninfo"));
    ASSERT_TRUE(now);
    EXPECT_EQ(now->get("password"), "it's \\ %");
    EXPECT_EQ(now->get("connect_timeout"), "7");
    EXPECT_EQ(now->get("host"), p1.socket_dir);
    EXPECT_EQ(now->get("application_name"), application_name(p2.node));
    expect_follows(p2, p1);
    const auto wrong = loop.wait(follow(site, FollowRequest{p2.node, p2.conninfo(), ""}));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::refused);
}

TEST_F(OperationsTest, SetsSynchronousStandbyNames) {
    p1_alone();
    const auto set = [&](const std::string& user, const std::string& value) -> Result<void> {
        return loop.wait([&]() -> asio::awaitable<Result<void>> {
            postgres::Resolver resolver;
            postgres::Session session{co_await asio::this_coro::executor, resolver};
            auto conninfo = p1.conninfo();
            conninfo.set("user", user);
            const auto opened = co_await session.connect(conninfo, 5s);
            EXPECT_TRUE(opened);
            co_return co_await set_synchronous_standby_names(session, value, 5s);
        }());
    };
    const std::string value = "ANY 1 (\"it's \\ %41\", \"b\"\"c\")";
    ASSERT_TRUE(set("postgres", value));
    EXPECT_EQ(p1.ask("SHOW synchronous_standby_names"), value);
    ASSERT_TRUE(set("postgres", ""));
    p1.ask("CREATE ROLE weak LOGIN");
    const auto denied = set("weak", "*");
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().hint, "GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names TO pgcm's role");
}

TEST(ReplicationConninfo, KeepsTheUsersSettings) {
    const auto node = *NodeName::make("p ü");
    const auto parse = [](const char* text) { return *Conninfo::parse(text); };
    const auto upstream = parse("host=p1 port=5433 user=pgcm password=x dbname=postgres sslmode=require options=-cx=1");
    const auto sorted = [](const Conninfo& conninfo) {
        auto pairs = conninfo.pairs();
        std::sort(pairs.begin(), pairs.end());
        return pairs;
    };
    const auto plain = replication_conninfo({}, upstream, "", node);
    EXPECT_EQ(sorted(plain), sorted(parse("host=p1 port=5433 user=pgcm password=x sslmode=require application_name='p %C3%BC'")));
    const auto given = replication_conninfo({}, upstream, "user=replicator", node);
    EXPECT_EQ(sorted(given), sorted(parse("host=p1 port=5433 user=replicator application_name='p %C3%BC'")));
    const auto kept = replication_conninfo(parse("host=p9 hostaddr=1.2.3.4 user=u sslmode=verify-full"), upstream, "sslmode=disable", node);
    EXPECT_EQ(kept.get("host"), "p1");
    EXPECT_EQ(kept.get("hostaddr"), std::nullopt);
    EXPECT_EQ(kept.get("user"), "u");
    EXPECT_EQ(kept.get("sslmode"), "disable");
}

}  // namespace
}  // namespace pgcm::act
