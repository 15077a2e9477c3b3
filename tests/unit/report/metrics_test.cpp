#include "report/metrics.hpp"

#include <gtest/gtest.h>
namespace pgcm::report {
namespace {

bool holds(const std::string& text, std::string_view line) {
    return ("\n" + text).find("\n" + std::string(line) + "\n") != std::string::npos;
}

View two_nodes() {
    View view;
    view.cluster = "a \"b\"\\";
    view.local = NodeName::make("p1").value();
    for (const auto* const name : {"p1", "p2"}) {
        Observation node;
        node.node = NodeName::make(name).value();
        node.reach = Reach::accepting;
        node.system_identifier = 1;
        node.timeline = Timeline{3};
        node.took = 2500us;
        view.nodes.push_back(node);
    }
    view.nodes[0].role = Role::primary;
    view.nodes[0].written = Lsn{100};
    view.nodes[1].role = Role::standby;
    view.nodes[1].replayed = Lsn{60};
    return view;
}

Figures leading() {
    Figures figures;
    figures.fresh = figures.leads = figures.paused = true;
    figures.age = 250ms;
    figures.lease_left = 1500ms;
    figures.turns.add(200us);
    figures.turns.add(3ms);
    figures.failovers = 2;
    figures.last_outage = 4s;
    return figures;
}

TEST(Metrics, tell_of_the_node_in_patronis_names_and_of_the_rest_in_ours) {
    const std::string text = metrics(two_nodes(), {}, Verdict::healthy, leading());
    const std::string always = "scope=\"a \\\"b\\\"\\\\\",name=\"p1\"";
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"patroni_primary", "1"},
                                      {"patroni_replica", "0"},
                                      {"patroni_postgres_running", "1"},
                                      {"patroni_xlog_location", "100"},
                                      {"patroni_postgres_timeline", "3"},
                                      {"patroni_cluster_unlocked", "0"},
                                      {"patroni_is_paused", "1"},
                                      {"pgcm_primaries_in_view", "1"},
                                      {"pgcm_lease_left_seconds", "1.5"},
                                      {"pgcm_turn_age_seconds", "0.25"},
                                      {"pgcm_failovers_total", "2"},
                                      {"pgcm_last_failover_seconds", "4"},
                                      {"pgcm_turn_seconds_count", "2"}})
        EXPECT_TRUE(holds(text, name + "{" + always + "} " + value)) << name << "\n" << text;
    EXPECT_TRUE(holds(text, "pgcm_lag_bytes{" + always + ",node=\"p2\"} 40")) << text;
    EXPECT_TRUE(holds(text, "pgcm_probe_seconds{" + always + ",node=\"p1\"} 0.0025"));
    EXPECT_TRUE(holds(text, "pgcm_turn_seconds_bucket{" + always + ",le=\"0.0001\"} 0"));
    EXPECT_TRUE(holds(text, "pgcm_turn_seconds_bucket{" + always + ",le=\"0.00025\"} 1"));
    EXPECT_TRUE(holds(text, "pgcm_turn_seconds_bucket{" + always + ",le=\"+Inf\"} 2"));
    EXPECT_TRUE(holds(text, "pgcm_verdict{" + always + ",verdict=\"healthy\"} 1"));
    EXPECT_TRUE(holds(text, "pgcm_verdict{" + always + ",verdict=\"degraded\"} 0"));
}

TEST(Metrics, an_old_view_has_no_roles) {
    Figures old = leading();
    old.fresh = old.leads = old.paused = false;
    old.lease_left.reset();
    const std::string text = metrics(two_nodes(), {}, Verdict::healthy, old);
    for (const std::string name :
         {"patroni_primary", "patroni_postgres_running", "patroni_replica", "patroni_is_paused", "pgcm_fresh"})
        EXPECT_NE(text.find("\n" + name + "{scope=\"a \\\"b\\\"\\\\\",name=\"p1\"} 0\n"), std::string::npos) << name;
    for (const std::string name :
         {"pgcm_primaries_in_view", "pgcm_lag_bytes", "patroni_xlog_location", "pgcm_lease_left"})
        EXPECT_EQ(text.find(name), std::string::npos) << name;
}

TEST(Metrics, each_alert_is_one_sample) {
    const Alert slot{AlertCode::slot_lost, Severity::critical, NodeName::make("p1").value(), {}};
    const std::string text = metrics(two_nodes(), {slot, slot}, Verdict::degraded, leading());
    EXPECT_TRUE(holds(text, "pgcm_alerts{scope=\"a \\\"b\\\"\\\\\",name=\"p1\",severity=\"critical\"} 2"));
    const auto first = text.find("code=\"slot_lost\"");
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(text.find("code=\"slot_lost\"", first + 1), std::string::npos);
}

}  // namespace
}  // namespace pgcm::report
