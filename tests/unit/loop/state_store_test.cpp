#include "loop/state_store.hpp"
#include "view/remember.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "loop/disk_writer.hpp"
#include "loop/lock.hpp"

namespace pgcm::loop {
namespace {

class StateDir : public testing::Test {
  protected:
    StateDir() {
        std::string pattern = testing::TempDir() + "pgcm-state-XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    ~StateDir() override { std::filesystem::remove_all(path_); }
    std::string path_;
};

State some_state() {
    State state;
    state.last_primary = *NodeName::make("pänke");
    state.system_identifier = 7301234567890123456u;
    state.last_timeline = Timeline{3};
    state.last_lsn = Lsn{0x5000148};
    state.no_primary_since = BootTime{1234s};
    state.operation = "rejoin";
    return state;
}

TEST_F(StateDir, ComesBackWithinTheSameBoot) {
    ASSERT_TRUE(store_state(path_, state_document(some_state(), "boot-1")));
    auto [state, problem] = load_state(path_, "boot-1");
    EXPECT_EQ(problem, "");
    auto expected = some_state();
    expected.operation.reset();  // the process that ran it is gone
    EXPECT_EQ(state, expected);
}

// An agent that looked only, or ended before it had its first lease, must not have the next one stop a healthy primary
// at its first turn.
TEST_F(StateDir, EachAgentHasItsOwnFirstRound) {
    State state;
    state.last_primary = *NodeName::make("p1");
    state.serving_since = state.unleased_since = BootTime{100s};
    ASSERT_TRUE(store_state(path_, state_document(state, "boot-1")));
    const auto kept = load_state(path_, "boot-1").state;
    EXPECT_EQ(kept.serving_since, state.serving_since);
    EXPECT_FALSE(kept.unleased_since);
}

TEST_F(StateDir, MomentsDoNotOutliveTheBoot) {
    ASSERT_TRUE(store_state(path_, state_document(some_state(), "boot-1")));
    const auto [state, problem] = load_state(path_, "boot-2");
    EXPECT_EQ(state.no_primary_since, std::nullopt);
    EXPECT_EQ(state.last_timeline, Timeline{3});
    EXPECT_EQ(state.last_primary, some_state().last_primary);
}

TEST_F(StateDir, ACorruptFileIsToldAndForgotten) {
    ASSERT_TRUE(write_durably(path_ + "/state.json", "{\"schema\": \"pgcm.state/1\", \"last"));
    const auto [state, problem] = load_state(path_, "boot-1");
    EXPECT_NE(problem.find("state.json"), std::string::npos);
    State lost;
    lost.memory_lost = true;  // not a node that never knew anything
    EXPECT_EQ(state, lost);
}

TEST_F(StateDir, NothingThereIsNoProblem) {
    EXPECT_EQ(load_state(path_, "boot-1").problem, "");
}

TEST_F(StateDir, OnlyWhatMattersIsWorthADiskWrite) {
    auto later = some_state();
    later.no_primary_since.reset();
    later.last_lsn = Lsn{some_state().last_lsn->value + 1000};
    EXPECT_FALSE(view::worth_storing(some_state(), later));
    later.last_lsn = Lsn{some_state().last_lsn->value + (16u << 20)};
    EXPECT_TRUE(view::worth_storing(some_state(), later));
    later = some_state();
    later.last_timeline = Timeline{4};
    EXPECT_TRUE(view::worth_storing(some_state(), later));
}

TEST_F(StateDir, AWriteIsWholeOrNotAtAll) {
    ASSERT_TRUE(write_durably(path_ + "/x", "one"));
    ASSERT_TRUE(write_durably(path_ + "/x", "two"));
    EXPECT_EQ(read_file(path_ + "/x").value_or(""), "two");
    EXPECT_FALSE(std::filesystem::exists(path_ + "/x.new"));
    const auto failed = write_durably(path_ + "/missing/x", "three");
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().what.find("/missing/x"), std::string::npos);
}

TEST_F(StateDir, OneHolderOfALock) {
    auto first = FileLock::take(path_ + "/lock", "watch");
    ASSERT_TRUE(first);
    const auto second = FileLock::take(path_ + "/lock", "promote");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::busy);
    EXPECT_NE(second.error().what.find("watch, pid " + std::to_string(::getpid())), std::string::npos);
    *first = FileLock{};
    EXPECT_TRUE(FileLock::take(path_ + "/lock", "promote"));
}

TEST(DiskWriterTest, WritesInOrderAndBeforeItGoes) {
    std::string written;
    {
        DiskWriter writer;
        for (const char c : std::string("abc")) EXPECT_TRUE(writer.submit([&written, c] { written += c; }));
    }
    EXPECT_EQ(written, "abc");
}

}  // namespace
}  // namespace pgcm::loop
