#include "view/document.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "../report/golden.hpp"
#include "document_samples.hpp"
#include "view/record.hpp"

using namespace pgcm;
using namespace pgcm::view;

namespace {

using Json = nlohmann::ordered_json;

// A field that is added to a noun does not compile here until it is in its document, and in document_samples.hpp.
[[maybe_unused]] void all_fields() {
    [[maybe_unused]] const auto& [v1, v2, v3, v4, v5, v6, v7, v8, v9] = View{};
    [[maybe_unused]] const auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9] = OperationFile{};
    [[maybe_unused]] const auto& [g1, g2, g3, g4] = Copied{};
    [[maybe_unused]] const auto& [h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14] = LocalHost{};
    [[maybe_unused]] const auto& [o1, o2, o3, o4, o5, o6, o7, o8, o9, o10, o11, o12, o13, o14, o15, o16, o17, o18, o19,
                                  o20, o21, o22, o23, o24, o25, o26, o27, o28, o29, o30, o31, o32, o33, o34, o35] =
        Observation{};
    [[maybe_unused]] const auto& [w1, w2, w3, w4, w5, w6] = WalReceiver{};
    [[maybe_unused]] const auto& [r1, r2, r3, r4, r5, r6, r7] = Replica{};
    [[maybe_unused]] const auto& [l1, l2, l3, l4, l5, l6] = Slot{};
    [[maybe_unused]] const auto& [i1, i2, i3, i4, i5] = Inventory{};
    [[maybe_unused]] const auto& [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19,
                                  s20, s21, s22, s23, s24, s25, s26] = State{};
    [[maybe_unused]] const auto& [p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16, p17, p18, p19,
                                  p20, p21, p22, p23, p24] = Policy{};
    [[maybe_unused]] const auto& [n1, n2, n3, n4] = NodePolicy{};
    [[maybe_unused]] const auto& [d1, d2, d3, d4, d5, d6] = Decision{};
    [[maybe_unused]] const auto& [e1, e2, e3, e4] = Election{};
    [[maybe_unused]] const auto& [c1, c2, c3, c4] = Candidate{};
    [[maybe_unused]] const auto& [a1, a2, a3] = Action{};
    [[maybe_unused]] const auto& [m1, m2, m3] = PromotionMark{};
    [[maybe_unused]] const auto& [t1, t2, t3, t4] = Vote{};
    [[maybe_unused]] const auto& [u1, u2, u3, u4, u5] = OwnVote{};
    [[maybe_unused]] const auto& [x1, x2, x3, x4, x5, x6, x7] = LeaseSeen{};
    [[maybe_unused]] const auto& [y1, y2, y3, y4] = LeaseWish{};
    [[maybe_unused]] const auto& [z1, z2, z3, z4] = Pause{};
    [[maybe_unused]] const auto& [q1, q2, q3, q4, q5, q6, q7, q8] = SwitchoverRequest{};
    [[maybe_unused]] const auto& [b1, b2, b3] = TriedSwitchover{};
}

TEST(Document, ViewComesBackWhole) {
    for (const auto layout : {Layout::line, Layout::indented}) {
        const auto text = write_view(full_view(), layout);
        const auto back = read_view(text);
        ASSERT_TRUE(back) << back.error().what;
        EXPECT_EQ(*back, full_view());
        EXPECT_EQ(write_view(*back, layout), text);
    }
}

TEST(Document, EmptyViewComesBackWhole) {
    View view;
    view.at = base;
    EXPECT_EQ(read_view(write_view(view, Layout::line)).value(), view);
    view.nodes.emplace_back().node = name("a");
    view.nodes[0].asked_at = base;
    view.host = LocalHost{};
    view.host->looked_at = base;
    view.nodes[0].inventory = Inventory{};
    view.nodes[0].inventory->taken_at = base;
    view.nodes[0].wal_receiver = WalReceiver{};
    EXPECT_EQ(read_view(write_view(view, Layout::line)).value(), view);
}

TEST(Document, AgesAreKeptWhenTheClockOfTheReaderIsAnother) {
    View view = full_view();
    view.at += 77h;
    for (auto& node : view.nodes) node.asked_at = view.at - 5s;
    const auto back = read_view(write_view(view, Layout::line)).value();
    EXPECT_EQ(back.at, base);
    EXPECT_EQ(back.nodes[1].asked_at, base - 5s);
}

TEST(Document, LooksAsDocumented) {
    const auto line = write_view(full_view(), Layout::line);
    EXPECT_EQ(line.rfind(R"({"schema":"pgcm.view/1","cluster":"orders","local":"p2",)", 0), 0U) << line.substr(0, 80);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto document = Json::parse(line);
    EXPECT_EQ(document["taken_at"], "1969-12-31T23:59:59.999999Z");
    const auto& primary = document["nodes"][0];
    EXPECT_EQ(primary["written"], "FFFFFFFF/FFFFFFFF");
    EXPECT_EQ(primary["system_identifier"], "18446744073709551615");
    EXPECT_EQ(primary["took_ms"].dump(), "1.834211");
    EXPECT_EQ(primary["asked_age_ms"].dump(), "1234.567891");
    EXPECT_EQ(primary["server_time"], "2024-05-01T12:51:30.123456Z");
    EXPECT_EQ(primary["clock_skew_ms"].dump(), "-250");
    EXPECT_TRUE(primary["received"].is_null());
    EXPECT_TRUE(primary["message"].is_null());
    EXPECT_EQ(document["nodes"][1]["received"], "16/B374D848");
    EXPECT_EQ(write_view(full_view(), Layout::indented).substr(0, 30), "{\n  \"schema\": \"pgcm.view/1\",\n ");
}

TEST(Document, GoldenFiles) {
    golden::expect("view.json", write_view(full_view(), Layout::indented));
    golden::expect("state.json", write_state(full_state(), base, Layout::indented));
    golden::expect("policy.json", write_policy(full_policy(), Layout::indented));
    golden::expect("record.json", write_record(full_record()));
}

TEST(Document, StatePolicyAndDecisionComeBackWhole) {
    const BootTime at = base + 3h;
    EXPECT_EQ(read_state(write_state(full_state(), at, Layout::indented), at).value(), full_state());
    EXPECT_EQ(read_state(write_state({}, at, Layout::line), at).value(), State{});
    EXPECT_EQ(read_policy(write_policy(full_policy(), Layout::indented)).value(), full_policy());
    EXPECT_EQ(read_policy(write_policy({}, Layout::line)).value(), Policy{});
    EXPECT_EQ(read_decision(write_decision(full_decision(), at, Layout::line), at).value(), full_decision());
    EXPECT_EQ(read_decision(write_decision({}, at, Layout::line), at).value(), Decision{});
}

TEST(Document, StateMovesWithTheClock) {
    const auto back = read_state(write_state(full_state(), base, Layout::line), base + 10s).value();
    EXPECT_EQ(back.no_primary_since, base + 8500ms);
    EXPECT_EQ(back.not_before.at("promote"), base + 12500ms);
    EXPECT_EQ(back.serving_since, base + 2s);
    const auto decision = read_decision(write_decision(full_decision(), base, Layout::line), base + 10s).value();
    EXPECT_EQ(decision.fence_at, base + 8500ms);
}

TEST(Document, TimesOfTheLeaseLieAhead) {
    const auto lease = Json::parse(write_view(full_view(), Layout::line))["lease"];
    EXPECT_EQ(lease["valid_for_ms"].dump(), "5000");
    EXPECT_EQ(lease["locked_for_ms"].dump(), "12000");
    EXPECT_EQ(lease["votes"][0]["valid_for_ms"].dump(), "9876.54321");
    EXPECT_EQ(lease["votes"][0]["counts_in_ms"].dump(), "-1");
    EXPECT_EQ(lease["votes"][1]["counts_in_ms"].dump(), "10200");
    EXPECT_TRUE(lease["votes"][1]["valid_for_ms"].is_null());
}

// What was written before there was a lease.
TEST(Document, OldDocumentsAreStillRead) {
    auto old = Json::parse(write_record(full_record()));
    for (const char* key : {"witnesses", "lease"}) old["view"].erase(key);
    for (auto& node : old["view"]["nodes"]) {
        for (const char* key : {"mark", "pause", "switchover", "sessions"}) node.erase(key);
        node.erase("vote");
    }
    old["view"]["host"].erase("resumed");
    for (const char* key : {"pause", "tried_switchover", "hands_over_to", "hands_over_for_ms"}) old["state"].erase(key);
    for (const char* key : {"last_mark", "last_sync_names", "serving_for_ms", "unleased_for_ms", "fencing_for_ms"})
        old["state"].erase(key);
    for (const char* key : {"witnesses", "lease_ttl_ms", "fence_margin_ms", "trust_refused"}) old["policy"].erase(key);
    for (const char* key : {"wish", "fence_in_ms"}) old["decision"].erase(key);
    const auto back = read_record(old.dump());
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_TRUE(back->view.witnesses.empty());
    EXPECT_FALSE(back->view.lease);
    EXPECT_EQ(back->state.last_sync_names, "");
    EXPECT_EQ(back->policy.lease_ttl, Policy{}.lease_ttl);
    EXPECT_EQ(back->decision.wish, LeaseWish{});
    EXPECT_FALSE(back->decision.fence_at);
}

TEST(Document, RecordComesBackWhole) {
    const auto line = write_record(full_record());
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto back = read_record(line);
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(*back, full_record());
    Record empty;
    empty.view.at = base;
    EXPECT_EQ(read_record(write_record(empty)).value(), empty);
}

TEST(Document, PartsOfARecordAreDocuments) {
    const auto document = Json::parse(write_record(full_record()));
    EXPECT_EQ(read_view(document["view"].dump()).value(), full_view());
    EXPECT_EQ(read_decision(document["decision"].dump(), base).value(), full_decision());
}

TEST(Document, EveryNameOfEveryEnumComesBack) {
    Decision decision;
    for (const auto& [rule, text] : enum_names<Rule>) decision.reasons.push_back({rule, {}, {}});
    for (const auto& [kind, text] : enum_names<ActionKind>) decision.actions.push_back({kind, {}, ""});
    EXPECT_EQ(read_decision(write_decision(decision, base, Layout::line), base).value(), decision);
    Policy policy;
    for (const auto& [mode, text] : enum_names<SyncMode>) {
        policy.sync_mode = mode;
        EXPECT_EQ(read_policy(write_policy(policy, Layout::line)).value(), policy);
    }
    View view = full_view();
    for (const auto& [reach, text] : enum_names<Reach>) {
        view.nodes[2].reach = reach;
        EXPECT_EQ(read_view(write_view(view, Layout::line)).value(), view);
    }
}

TEST(Document, NewFieldsAreIgnored) {
    auto document = Json::parse(write_view(full_view(), Layout::line));
    document["news"] = {{"a", 1}};
    document["nodes"][0]["wal_receiver"] = nullptr;
    document["nodes"][0]["colour"] = "blue";
    EXPECT_EQ(read_view(document.dump()).value(), full_view());
}

// Each field of the whole record, replaced by a value of each type: an error or a value, never anything else.

// Each byte replaced by one that matters to JSON.

TEST(Document, TextThatIsNotUtf8IsStillADocument) {
    View view = full_view();
    view.nodes[1].message = "bad \xff\xc3 bytes";
    const auto back = read_view(write_view(view, Layout::line));
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(back->nodes[1].message.rfind("bad \xEF\xBF\xBD", 0), 0U);
}

// report/ writes the same schema with words added; what it wrote must be readable here.

TEST(Document, DecisionsAsReportedAreRead) {
    const auto text = golden::read("decision.json");
    const auto decision = read_decision(text, base);
    ASSERT_TRUE(decision) << decision.error().what;
    EXPECT_EQ(decision->actions.size(), 1U);
    EXPECT_TRUE(decision->election);
}

}  // namespace
