#pragma once
// Two nodes: p1, a primary; p2, which a test may clone from it, promote, and so on.
#include <algorithm>

#include "act/files.hpp"
#include "act/operations.hpp"
#include "test_server.hpp"

namespace pgcm::act::test {

inline const Step* find(const OperationReport& report, const std::string& name) {
    for (const auto& step : report.steps)
        if (step.name == name) return &step;
    return nullptr;
}

inline std::vector<std::string> steps_of(const OperationReport& report) {
    std::vector<std::string> names;
    for (const auto& step : report.steps) names.push_back(step.name);
    return names;
}

inline std::string told(const OperationReport& report) {
    std::string text;
    for (const auto& step : report.steps)
        text += std::to_string(step.took.count()) + " ms " + step.name + " " + std::string{name_of(step.state)} + " (" +
                step.detail + ")\n";
    return text;
}

class TwoNodes : public ::testing::Test {
  protected:
    void SetUp() override {
        if (bin_dir().empty()) FAIL() << "no PostgreSQL server is installed; .ci/packages server installs it";
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
                            << get(node.state_dir + "/server.log");
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
        const auto from = shared_directory() + "/" + stage;
        if (!there(from + " p2")) return false;
        p1.copy_from(from + " p1");
        p2.copy_from(from + " p2");
        return true;
    }
    void keep(const std::string& stage) {
        p2.stop();
        p1.stop();
        p1.copy_to(shared_directory() + "/" + stage + " p1");
        p2.copy_to(shared_directory() + "/" + stage + " p2");
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
    // p1 is shut down cleanly, p2 has all of its WAL and is promoted: a switchover.
    void shut_down(TestServer& node) { ASSERT_TRUE(loop.wait(node.server->stop(StopMode::fast, 30s))); }
    void hand_over() {
        clone_p2();
        shut_down(p1);
        promoted(p2);
        p2.ask("INSERT INTO t VALUES (2)");
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

    TemporaryDirectory directory{"it's ü"};
    TestServer p1{directory, "p 1", 5501};
    TestServer p2{directory, "p%ü'2\"", 5502};
    Loop loop;
};

}  // namespace pgcm::act::test
