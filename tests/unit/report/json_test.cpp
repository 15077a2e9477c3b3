#include "report/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "samples.hpp"

using namespace pgcm;
using namespace pgcm::report;
using samples::name;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view document =
    R"({"schema":"pgcm.view/1","cluster":"orders","local":"p2","taken_at":"2024-05-01T12:51:30.123456Z",)"
    R"("nodes":[{"node":"p1","written":"16/B374D848"},{"node":"p2"},{"node":"p3"}],"host":null})";
const Alerts alerts{{AlertCode::lag, Severity::warning, name("p3"), {{"lag_bytes", std::int64_t{232}}}}};

TEST(Json, Documents) {
    golden::expect("status.json",
                   status_json(samples::healthy(), alerts, Verdict::degraded, document, Layout::indented));
    golden::expect("election.json", election_json(samples::election(), Layout::indented));
    golden::expect("decision.json", decision_json(samples::decision(), samples::now, Layout::indented));
    golden::expect("alerts.json", alerts_json(alerts, Layout::indented));
    golden::expect("error.json", error_json({ErrorCode::refused, "p3 is better", "pass --force"}, Layout::indented));
}

TEST(Json, OneLineIsOneLine) {
    for (const auto& text :
         {status_json(samples::healthy(), alerts, Verdict::degraded, document, Layout::line),
          election_json(samples::election(), Layout::line),
          decision_json(samples::decision(), samples::now, Layout::line), alerts_json({}, Layout::line),
          error_json({ErrorCode::failed, "a\nb", ""}, Layout::line)}) {
        EXPECT_EQ(text.find('\n'), std::string::npos) << text;
        EXPECT_EQ(text.rfind("{\"schema\":\"pgcm.", 0), 0U) << text;
        EXPECT_TRUE(Json::parse(text).is_object());
    }
}

TEST(Json, ThePrimaryIsTheOneThereIs) {
    const auto primary_of = [](const View& view, Verdict verdict) {
        return Json::parse(status_json(view, {}, verdict, document, Layout::line))["primary"];
    };
    EXPECT_EQ(primary_of(samples::healthy(), Verdict::healthy), "p1");
    EXPECT_TRUE(primary_of(samples::no_primary(), Verdict::no_primary).is_null());
    EXPECT_TRUE(primary_of(samples::two_primaries(), Verdict::many_primaries).is_null());
}

TEST(Json, TheMajorityIsToldWhereVotesAreCast) {
    const std::string_view three =
        R"({"schema":"pgcm.view/1","nodes":[{"node":"p1"},{"node":"p2"},{"node":"p3"}],"witnesses":[]})";
    const auto majority_of = [&](const View& view) {
        return Json::parse(status_json(view, {}, Verdict::healthy, three, Layout::line))["majority"];
    };
    EXPECT_TRUE(majority_of(samples::healthy()).is_null());
    EXPECT_EQ(majority_of(samples::leased()).dump(),
              R"({"holder":"p1","votes":3,"needed":3,"voters":5,"text":"p1 holds 3 of 5 votes, 3 needed"})");
    const auto contested = majority_of(samples::contested());
    EXPECT_TRUE(contested["holder"].is_null());
    EXPECT_EQ(contested["votes"], 0);
    EXPECT_EQ(contested["text"], "nobody holds a majority: p1 1, p3 1, strangers 1, free 1, unknown 1; 3 of 5 needed");
    // All that is left is an agent's own lease.
    auto lost = samples::healthy();
    lost.lease = LeaseSeen{};
    EXPECT_EQ(majority_of(lost)["text"], "nobody holds a majority: unknown 3; 2 of 3 needed");
}

TEST(Json, ErrorsCarryTheirCode) {
    const auto code_of = [](ErrorCode code) { return Json::parse(error_json({code, "x", ""}, Layout::line))["code"]; };
    EXPECT_EQ(code_of(ErrorCode::failed), "failed");
    EXPECT_EQ(code_of(ErrorCode::usage), "usage");
    EXPECT_EQ(code_of(ErrorCode::refused), "refused");
    EXPECT_EQ(code_of(ErrorCode::busy), "busy");
    EXPECT_EQ(code_of(ErrorCode::timeout), "timeout");
    EXPECT_EQ(code_of(ErrorCode::interrupted), "interrupted");
    EXPECT_TRUE(Json::parse(error_json({}, Layout::line))["hint"].is_null());
}

TEST(Json, ForeignBytesDoNotBreakADocument) {
    const auto text = error_json({ErrorCode::failed, "bad \xff byte \x1b \"quoted\"", ""}, Layout::line);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(Json::parse(text)["what"], "bad \xEF\xBF\xBD byte \x1b \"quoted\"");
}

TEST(Json, AbsentIsNull) {
    const auto decision = Json::parse(decision_json({}, samples::now, Layout::line));
    EXPECT_TRUE(decision["election"].is_null());
    EXPECT_TRUE(decision["look_again_in_ms"].is_null());
    EXPECT_EQ(decision["actions"], Json::array());
    const auto election = Json::parse(election_json({}, Layout::line));
    EXPECT_TRUE(election["winner"].is_null());
    EXPECT_EQ(election["candidates"], Json::array());
}

}  // namespace
