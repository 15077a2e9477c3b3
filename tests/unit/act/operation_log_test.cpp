#include "act/operation_log.hpp"

#include <filesystem>
#include <fstream>

#include "support.hpp"

namespace pgcm::act {
namespace {

OperationFile sample() {
    OperationFile file;
    file.operation = "rejoin";
    file.from = "p1";
    file.to = "p2 \"ü\"";
    file.step = "pg_rewind";
    file.method = "auto";
    file.started = *parse_time("2026-02-28T23:59:58.123Z");
    file.attempts = 3;
    file.why = "it's a loser";
    return file;
}

TEST(OperationLog, ComesBackAsItWas) {
    const test::TemporaryDirectory directory;
    EXPECT_FALSE(*read_operation(directory.path()));
    ASSERT_TRUE(write_operation(directory.path(), sample()));
    const auto read = read_operation(directory.path());
    ASSERT_TRUE(read && *read);
    EXPECT_EQ(**read, sample());
    ASSERT_TRUE(remove_operation(directory.path()));
    EXPECT_FALSE(*read_operation(directory.path()));
    EXPECT_TRUE(remove_operation(directory.path()));
}

TEST(OperationLog, TellsHowFarACopyHasCome) {
    const test::TemporaryDirectory directory;
    const Copied copied{300, 1ULL << 40, 2500ms, sample().started + 3s};
    EXPECT_EQ(read_progress(directory.path(), sample()), std::nullopt);
    ASSERT_TRUE(write_progress(directory.path(), "pg_rewind", copied));
    EXPECT_EQ(read_progress(directory.path(), sample()), copied);
    auto other = sample();
    other.step = "start";
    EXPECT_EQ(read_progress(directory.path(), other), std::nullopt) << "of another step";
    other = sample();
    other.started = copied.at + 1ms;
    EXPECT_EQ(read_progress(directory.path(), other), std::nullopt) << "of an operation before this one";
    remove_progress(directory.path());
    EXPECT_EQ(read_progress(directory.path(), sample()), std::nullopt);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 0);
    for (const auto* text : {"", "{", "[]", "{\"schema\": \"pgcm.progress/1\"}"}) {
        std::ofstream(directory.path() + "/progress.json") << text;
        EXPECT_EQ(read_progress(directory.path(), sample()), std::nullopt) << text;
    }
}

TEST(OperationLog, RefusesWhatItDidNotWrite) {
    EXPECT_FALSE(parse_operation(""));
    EXPECT_FALSE(parse_operation("{}"));
    const auto text = to_json(sample());
    EXPECT_TRUE(parse_operation(text));
    EXPECT_FALSE(parse_operation(text.substr(0, text.size() / 2)));
    auto other = text;
    other.replace(other.find("operation/1"), 11, "operation/2");
    EXPECT_FALSE(parse_operation(other));
}

TEST(OperationLog, WritesTimesInUtc) {
    EXPECT_EQ(format_time(sample().started), "2026-02-28T23:59:58.123Z");
    EXPECT_EQ(file_stamp(sample().started), "20260228T235958Z");
    EXPECT_FALSE(parse_time("2026-02-30T00:00:00.000Z"));
    EXPECT_FALSE(parse_time("2026-02-28T00:00:00.000"));
    EXPECT_FALSE(parse_time(""));
}

}  // namespace
}  // namespace pgcm::act
