#include "probe/vitals.hpp"

#include <gtest/gtest.h>

namespace pgcm::probe {
namespace {

constexpr WallTime noon{std::chrono::seconds{1'700'000'000}};

TEST(Vitals, AStandbysAnswer) {
    Observation node;
    const auto read = read_vitals(R"({"system_identifier": "7301234567890123456", "in_recovery": true,
        "now": 1700000001.25, "wal_file": null, "written": null, "received": "0/5000", "replayed": "0/4F00",
        "replay_paused": true, "replay_age_ms": 1500, "synchronous_standby_names": "*",
        "primary_conninfo": "host=p1 port=5433 user=u password='ge heim'", "primary_slot_name": "pgcm_p2",
        "wal_retrieve_retry_interval": "5s", "reads_settings": true, "reads_stats": true,
        "wal_receiver": {"status": "streaming", "sender_host": "p1", "sender_port": 5433, "slot_name": "pgcm_p2",
                         "received_tli": 3, "message_age_ms": 20}, "replicas": [], "kept": {"pgcm.promotion": "0b5e/3/0/4000000/7"}})",
                                  noon, node);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(node.role, Role::standby);
    EXPECT_EQ(node.system_identifier, 7301234567890123456u);
    EXPECT_EQ(node.received, Lsn{0x5000});
    EXPECT_EQ(node.replayed, Lsn{0x4F00});
    EXPECT_EQ(node.replay_paused, true);
    EXPECT_EQ(node.replay_age, 1500ms);
    EXPECT_EQ(node.clock_skew, 1250ms);
    EXPECT_EQ(node.upstream, (Address{"p1", 5433}));
    EXPECT_EQ(node.primary_conninfo->find("heim"), std::string::npos);
    ASSERT_TRUE(node.wal_receiver);
    EXPECT_EQ(node.wal_receiver->timeline, Timeline{3});
    EXPECT_EQ(node.wal_receiver->message_age, 20ms);
    EXPECT_EQ(node.mark, (PromotionMark{"0b5e", Timeline{3}, 7}));
    EXPECT_TRUE(node.missing.empty());
}

TEST(Vitals, APrimarysAnswer) {
    Observation node;
    const auto read = read_vitals(R"({"in_recovery": false, "now": 1700000000, "wal_file": "0000000A00000001000000FF",
        "written": "1/FF000028", "replicas": [{"application_name": "p2", "client_addr": "10.0.0.2",
        "state": "streaming", "sync_state": "quorum", "sent_lsn": "1/FF000028", "flush_lsn": "1/FF000000",
        "replay_lsn": null}], "reads_settings": true, "reads_stats": true, "wal_receiver": null})",
                                  noon, node);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(node.role, Role::primary);
    EXPECT_EQ(node.timeline, Timeline{10});
    EXPECT_EQ(node.written, (Lsn{0x1FF000028}));
    ASSERT_EQ(node.replicas->size(), 1u);
    EXPECT_EQ(node.replicas->front().sync_state, "quorum");
    EXPECT_EQ(node.replicas->front().replayed, std::nullopt);
    EXPECT_EQ(node.wal_receiver, std::nullopt);
    EXPECT_EQ(node.mark, std::nullopt);
    ASSERT_TRUE(read_vitals(
        R"({"in_recovery": false, "kept": {"pgcm.promotion": "nonsense", "pgcm.pause": "{}", "pgcm.switchover": "no JSON"}})",
        noon, node));
    EXPECT_EQ(node.mark, std::nullopt);
}

TEST(Vitals, WhatMayNotBeReadIsMissingByName) {
    Observation node;
    ASSERT_TRUE(read_vitals(R"({"in_recovery": true, "reads_settings": false, "reads_stats": false,
        "primary_conninfo": null, "wal_receiver": {"status": null}, "replicas": [{"application_name": "x"}]})",
                            noon, node));
    const std::vector<Missing> expected = {
        {"primary_conninfo", "pg_monitor"}, {"wal_receiver", "pg_monitor"}, {"replicas", "pg_monitor"}};
    EXPECT_EQ(node.missing, expected);
}

TEST(Vitals, NonsenseIsAnError) {
    Observation node;
    for (const auto* text : {"", "[]", "{}", R"({"in_recovery": "yes"})", R"({"in_recovery": true, "now": "x"})"})
        EXPECT_FALSE(read_vitals(text, noon, node)) << text;
}

TEST(Inventory, FiguresAndSlots) {
    const auto inventory = read_inventory(R"({"database_bytes": 123456789012, "wal": {"bytes": 33554432, "files": 2},
        "slots": [{"slot_name": "pgcm_p2", "physical": true, "active": true, "restart_lsn": "0/3000000",
                   "retained_bytes": -5, "wal_status": "reserved"},
                  {"slot_name": "l", "physical": false, "active": false, "restart_lsn": null,
                   "retained_bytes": null, "wal_status": "lost"}]})",
                                          BootTime{1s});
    ASSERT_TRUE(inventory);
    EXPECT_EQ(inventory->database_bytes, 123456789012u);
    EXPECT_EQ(inventory->wal_files, 2u);
    ASSERT_EQ(inventory->slots->size(), 2u);
    EXPECT_EQ(inventory->slots->front().retained_bytes, 0u);  // a slot ahead of the position retains nothing
    EXPECT_EQ(inventory->slots->back().wal_status, "lost");
    EXPECT_FALSE(inventory->slots->back().physical);
    EXPECT_FALSE(read_inventory("nothing", BootTime{}));
}

TEST(History, LinesOfTheFile) {
    const auto history = read_history("1\t0/3000148\tno recovery target specified\n\n2\t0/5000000\tbefore 2024\nx\n");
    const std::vector<TimelineSwitch> expected = {{Timeline{1}, Lsn{0x3000148}}, {Timeline{2}, Lsn{0x5000000}}};
    EXPECT_EQ(history, expected);
    EXPECT_TRUE(read_history("").empty());
}

TEST(Sql, AsksOnlyWhatTheServerKnows) {
    EXPECT_NE(vitals_sql(true).find("pg_control_system"), std::string::npos);
    EXPECT_EQ(vitals_sql(false).find("pg_control_system"), std::string::npos);
    EXPECT_NE(inventory_sql(120000).find("NULL::text AS wal_status"), std::string::npos);
    EXPECT_EQ(inventory_sql(130000).find("NULL::text AS wal_status"), std::string::npos);
}

}  // namespace
}  // namespace pgcm::probe
