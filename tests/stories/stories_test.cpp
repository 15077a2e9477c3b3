// One test a story; PGCM_REWRITE=1 writes what is decided now under each "----".
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "decide/decide.hpp"
#include "model/alert.hpp"
#include "model/decision.hpp"
#include "report/ending.hpp"
#include "runner.hpp"
#include "view/story.hpp"
#include "words.hpp"

namespace pgcm::stories {
namespace {

namespace fs = std::filesystem;

const fs::path source{PGCM_SOURCE_DIR};
constexpr std::string_view line_between = "----\n";

std::string read(const fs::path& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<fs::path> files(const fs::path& folder, std::string_view extension) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == extension) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

struct Story {
    std::string script;
    std::string told;
};

Story read_story(const fs::path& path) {
    const auto text = read(path);
    const auto at = text.find(line_between);
    if (at == std::string::npos) return {text, {}};
    return {text.substr(0, at), text.substr(at + line_between.size())};
}

class Stories : public testing::TestWithParam<fs::path> {};

TEST_P(Stories, end_as_told) {
    const auto story = read_story(GetParam());
    std::string told;
    try {
        told = play(story.script);
    } catch (const Unreadable& error) {
        FAIL() << GetParam().filename() << ": " << error.what();
    }
    ASSERT_FALSE(told.empty()) << "asks nothing";
    if (std::getenv("PGCM_REWRITE") != nullptr)
        std::ofstream(GetParam()) << story.script << line_between << told;
    else
        EXPECT_EQ(told, story.told) << "PGCM_REWRITE=1 writes the new ending; understand the difference first";
}

INSTANTIATE_TEST_SUITE_P(all, Stories, testing::ValuesIn(files(source / "tests/stories", ".story")),
                         [](const auto& story) { return story.param.stem().string(); });

// What an agent decides in a story can be printed as a story of that moment, as `history --story` does of a journal.
TEST_P(Stories, print_as_snapshots_that_decide_the_same) {
    const auto gist = [](const Decision& decision) {
        std::vector<std::string> names;
        for (const auto& action : decision.actions) names.emplace_back(name_of(action.kind));
        for (const auto& reason : decision.reasons) names.emplace_back(name_of(reason.rule));
        return names;
    };
    play(read_story(GetParam()).script, [&](const view::Record& record) {
        if (!view::untold(record).empty()) return;  // history refuses it, and says what has no words
        const auto plain = view::plain(record);
        const auto decision = decide::decide(plain.view, plain.state, plain.policy);
        EXPECT_EQ(gist(decision), gist(record.decision));
        const auto script = view::write_story(plain);
        const bool leased = plain.policy.quorum == Quorum::majority;
        EXPECT_EQ(play(script), "at ask: " + report::ending(decision, plain.view.at, leased)) << script;
    });
}

// The names after `prefix` ("Rule::") in the sources of a room.
std::set<std::string> used(const fs::path& room, std::string_view prefix) {
    std::set<std::string> names;
    for (const auto& file : files(source / "core" / room, ".cpp")) {
        const auto text = read(file);
        for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
            const auto begin = at + prefix.size();
            names.insert(text.substr(begin, text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", begin) - begin));
        }
    }
    return names;
}

std::set<std::string> words_told() {
    std::set<std::string> told;
    for (const auto& path : files(source / "tests/stories", ".story")) {
        std::istringstream in(read_story(path).told);
        for (std::string word; in >> word;) told.insert(word.substr(0, word.find(',')));
    }
    return told;
}

template <class E>
void expect_told(const std::set<std::string>& names) {
    static const auto told = words_told();
    ASSERT_FALSE(names.empty()) << "the search finds nothing: has the code moved?";
    for (const auto& name : names) {
        if (!from_name<E>(name)) continue;
        EXPECT_TRUE(told.count(name) > 0) << "no story tells of " << name;
    }
}

TEST(Coverage, every_rule_of_the_ladder_is_told) {
    expect_told<Rule>(used("decide", "Rule::"));
}
TEST(Coverage, every_action_is_told) {
    expect_told<ActionKind>(used("decide", "ActionKind::"));
}
TEST(Coverage, every_alert_of_a_view_is_told) {
    expect_told<AlertCode>(used("view", "AlertCode::"));
}

}  // namespace
}  // namespace pgcm::stories
