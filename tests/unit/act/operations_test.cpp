#include "act/operations.hpp"

#include <algorithm>
#include <csignal>

#include "act/server_processes.hpp"
#include "two_nodes.hpp"

namespace pgcm::act {
namespace {

using test::find;
using test::told;

class OperationsTest : public test::TwoNodes {
  protected:
    const std::string lost =
        "SELECT coalesce(string_agg(slot_name, ' ' ORDER BY slot_name), '') FROM pg_replication_slots"
        " WHERE wal_status = 'lost'";
    // Writes WAL until pgcm_slot has lost some.
    void lose(test::TestServer& node) {
        for (int i = 0; i < 20 && node.ask(lost).find("pgcm_slot") == std::string::npos; ++i) {
            node.ask("SELECT pg_switch_wal()");
            node.ask("INSERT INTO t VALUES (7)");
            node.ask("CHECKPOINT");
        }
        EXPECT_NE(node.ask(lost).find("pgcm_slot"), std::string::npos);
    }
};

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

TEST_F(OperationsTest, APromotionThatComesToNothingIsTakenBack) {
    clone_p2();
    const auto startup = std::stoi(p2.ask("SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'"));
    ::kill(startup, SIGSTOP);
    auto site = p2.site();
    site.command_timeout = 6s;  // an immediate stop kills after 5 s what does not hear it
    PromoteRequest request;
    request.allowed = [] { return true; };
    const auto refused = loop.wait(promote(site, request));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::timeout);
    EXPECT_NE(refused.error().what.find("nothing replayed"), std::string::npos) << refused.error().what;
    EXPECT_TRUE(server_is_gone(real_place(p2.data_dir))) << "it would promote itself";
    p2.start();
    EXPECT_EQ(p2.ask("SELECT pg_is_in_recovery()"), "t");
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

    p2.ask(
        "ALTER SYSTEM SET primary_conninfo = 'host=/nowhere password=''it\\''s \\\\ %'' user=postgres "
        "connect_timeout=7'");
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

// The slot is made anew where it is lost or gone, and stale ones of a former primary go; the others stay.
TEST_F(OperationsTest, FollowsWithItsSlotAndWithoutThoseOfOthers) {
    clone_p2();
    const auto slots = [](const test::TestServer& node) {
        return node.ask("SELECT coalesce(string_agg(slot_name, ' ' ORDER BY slot_name), '') FROM pg_replication_slots");
    };
    p2.ask("SELECT pg_create_physical_replication_slot(s) FROM unnest(ARRAY['backup_x', 'pgcm_p1', 'pgcm_p3']) s");
    p2.stop();
    p1.ask("SELECT pg_drop_replication_slot('pgcm_slot')");
    p1.ask("SELECT pg_create_physical_replication_slot('backup_x')");
    p2.start();
    auto site = p2.site();
    FollowRequest request{p1.node, p1.conninfo(), "pgcm_slot", {"pgcm_p1", "pgcm_p3"}};
    auto report = loop.wait(follow(site, request));
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_EQ(find(*report, "slot")->detail, "made") << told(*report);
    EXPECT_EQ(find(*report, "drop_slots")->detail, "2 dropped") << told(*report);
    EXPECT_EQ(slots(p2), "backup_x");
    EXPECT_EQ(slots(p1), "backup_x pgcm_slot");
    expect_follows(p2, p1);

    // Lost while it streams without it: made anew.
    p2.ask("ALTER SYSTEM SET primary_slot_name = ''");
    p2.ask("SELECT pg_reload_conf()");
    p1.wait_for("SELECT active FROM pg_replication_slots WHERE slot_name = 'pgcm_slot'", "f");
    p1.ask("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
    p1.ask("ALTER SYSTEM SET wal_keep_size = 0");
    p1.ask("SELECT pg_reload_conf()");
    p1.ask("SELECT pg_create_physical_replication_slot('backup_y', true)");
    lose(p1);
    report = loop.wait(follow(site, request));
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_EQ(find(*report, "slot")->detail, "it was lost, and made anew") << told(*report);
    EXPECT_EQ(p1.ask(lost), "backup_y") << "not ours";
    expect_follows(p2, p1);

    // Lost while it was away: it can never go on, and only a clone has the slot made anew.
    p2.stop();
    lose(p1);
    p2.start();
    report = loop.wait(follow(site, request));
    ASSERT_FALSE(report) << told(*report);
    EXPECT_EQ(report.error().code, ErrorCode::refused);
    EXPECT_NE(report.error().what.find("has lost WAL"), std::string::npos) << report.error().what;
    EXPECT_EQ(p1.ask(lost), "backup_y pgcm_slot");
    rejoined(p2, to(p1));
    EXPECT_EQ(p1.ask(lost), "backup_y");
    expect_follows(p2, p1);
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
    EXPECT_EQ(sorted(plain),
              sorted(parse("host=p1 port=5433 user=pgcm password=x sslmode=require application_name='p %C3%BC'")));
    const auto given = replication_conninfo({}, upstream, "user=replicator", node);
    EXPECT_EQ(sorted(given), sorted(parse("host=p1 port=5433 user=replicator application_name='p %C3%BC'")));
    const auto kept = replication_conninfo(parse("host=p9 hostaddr=1.2.3.4 user=u sslmode=verify-full"), upstream,
                                           "sslmode=disable", node);
    EXPECT_EQ(kept.get("host"), "p1");
    EXPECT_EQ(kept.get("hostaddr"), std::nullopt);
    EXPECT_EQ(kept.get("user"), "u");
    EXPECT_EQ(kept.get("sslmode"), "disable");
}

}  // namespace
}  // namespace pgcm::act
