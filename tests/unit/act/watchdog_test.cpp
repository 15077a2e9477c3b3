#include "act/watchdog.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "support.hpp"

namespace pgcm::act {
namespace {

// A FIFO stands in for the device: what was written can be read, and the end of the writer seen.
class WatchdogTest : public ::testing::Test {
  protected:
    void SetUp() override {
        ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
        reader.reset(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        ASSERT_TRUE(reader);
    }
    Watchdog opened() {
        auto watchdog = Watchdog::open(path);
        EXPECT_TRUE(watchdog) << (watchdog ? "" : watchdog.error().what);
        return std::move(watchdog.value());
    }
    // What has come, and whether nobody holds it open any more.
    std::pair<std::string, bool> taken() {
        std::array<char, 64> buffer{};
        std::string text;
        for (;;) {
            const auto size = ::read(reader.get(), buffer.data(), buffer.size());
            if (size <= 0) return {text, size == 0};
            text.append(buffer.data(), static_cast<std::size_t>(size));
        }
    }
    const std::string food{'\0'};
    test::TemporaryDirectory directory;
    std::string path = directory / "watchdog";
    Descriptor reader;
};

TEST_F(WatchdogTest, IsFedAndReleased) {
    auto watchdog = opened();
    EXPECT_TRUE(watchdog.feed());
    EXPECT_TRUE(watchdog.feed());
    EXPECT_EQ(taken(), std::pair(food + food, false));
    EXPECT_TRUE(watchdog.release());
    EXPECT_EQ(taken(), std::pair(std::string{"V"}, true)) << "the last word before it closes";
    EXPECT_FALSE(watchdog.feed());
    EXPECT_FALSE(watchdog.release());
}

TEST_F(WatchdogTest, StaysArmedWithoutARelease) {
    std::optional<Watchdog> watchdog = opened();
    EXPECT_TRUE(watchdog->feed());
    watchdog.reset();
    EXPECT_EQ(taken(), std::pair(food, true)) << "no magic close";
}

TEST_F(WatchdogTest, NeverBlocks) {
    auto watchdog = opened();
    ASSERT_EQ(::fcntl(reader.get(), F_SETPIPE_SZ, 4096), 4096);
    int fed = 0;
    while (fed < 100'000 && watchdog.feed()) ++fed;
    EXPECT_EQ(fed, 4096) << "then it is full";
    const auto refused = watchdog.release();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().what, "cannot release the watchdog " + path + ": Resource temporarily unavailable");
    EXPECT_EQ(taken().first.size(), 4096U);
    EXPECT_TRUE(watchdog.release()) << "it was armed still";
    EXPECT_EQ(taken(), std::pair(std::string{"V"}, true));
}

TEST_F(WatchdogTest, TellsWhyItCannotBeOpened) {
    const auto missing = Watchdog::open(directory / "none");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().what, "cannot open the watchdog " + directory / "none" + ": No such file or directory");
    EXPECT_FALSE(missing.error().hint.empty());
    EXPECT_FALSE(test::there(directory / "none"));
    reader.reset();
    EXPECT_FALSE(Watchdog::open(path)) << "nobody is at the other end, and it does not wait";
}

TEST_F(WatchdogTest, WhatIsNoDeviceHasNoTimeout) {
    auto watchdog = opened();
    EXPECT_FALSE(watchdog.timeout());
    EXPECT_FALSE(watchdog.set_timeout(std::chrono::seconds{10}));
}

}  // namespace
}  // namespace pgcm::act
