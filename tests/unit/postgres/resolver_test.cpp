// Names whose server answers, errs and falls silent. No time is measured: what must be answered may take a minute, and
// what must not be waited for is silent for as long as the test runs.
#include "postgres/resolver.hpp"

#include <gtest/gtest.h>
#include <netdb.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <vector>

#include "name_service.hpp"

namespace pgcm::postgres {
namespace {

namespace asio = boost::asio;

constexpr milliseconds long_enough = 60s;
constexpr milliseconds soon = 20ms;
const std::string host = "p1.test";

class ResolverTest : public testing::Test {
  protected:
    Result<std::string> resolve(const std::string& name, milliseconds timeout = long_enough) {
        std::optional<Result<std::string>> answer;
        asio::co_spawn(io_, resolver_.resolve(name, timeout),
                       [&](const std::exception_ptr& bug, Result<std::string> got) {
                           EXPECT_FALSE(bug);
                           answer = std::move(got);
                       });
        while (!answer) io_.run_one();
        io_.restart();
        return std::move(*answer);
    }

    test::NameService names_;
    asio::io_context io_;
    Resolver resolver_;
};

TEST_F(ResolverTest, WhatIsNoNameComesBackAsItIs) {
    for (const char* address : {"10.0.0.1", "::1", "/run/postgresql", "@abstract", ""})
        EXPECT_EQ(resolve(address), address);
}

TEST_F(ResolverTest, ANameIsLookedUpEachTime) {
    names_.answer(host, "10.0.0.1");
    EXPECT_EQ(resolve(host), "10.0.0.1");
    names_.answer(host, "fd00::2");
    EXPECT_EQ(resolve(host), "fd00::2");
    EXPECT_EQ(names_.asked(host), 2);
}

TEST_F(ResolverTest, WithoutAGoodAddressTheSystemsWordsAreTheError) {
    names_.err(host);
    const auto answer = resolve(host);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().what,
              "could not look up the host name \"p1.test\": " + std::string(gai_strerror(EAI_AGAIN)));
}

TEST_F(ResolverTest, WithoutAGoodAddressSilenceIsAnError) {
    names_.fall_silent(host);
    const auto answer = resolve(host, soon);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().what, "could not look up the host name \"p1.test\": no answer from the name service");
}

TEST_F(ResolverTest, TheLastGoodAddressStandsInForAnError) {
    names_.answer(host, "10.0.0.1");
    EXPECT_EQ(resolve(host), "10.0.0.1");
    names_.answer(host, "10.0.0.2");
    EXPECT_EQ(resolve(host), "10.0.0.2");
    names_.err(host);
    EXPECT_EQ(resolve(host), "10.0.0.2");
    EXPECT_EQ(names_.asked(host), 3) << "it is asked all the same";
    names_.answer(host, "10.0.0.3");
    EXPECT_EQ(resolve(host), "10.0.0.3");
}

TEST_F(ResolverTest, TheLastGoodAddressStandsInForSilence) {
    names_.answer(host, "10.0.0.1");
    EXPECT_EQ(resolve(host), "10.0.0.1");
    names_.fall_silent(host);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(resolve(host, soon), "10.0.0.1");
    EXPECT_EQ(names_.asked(host), 2) << "one look-up a name, however long it hangs";
    names_.answer(host, "10.0.0.2");
    EXPECT_EQ(resolve(host), "10.0.0.2") << "the late answer counts";
    EXPECT_EQ(names_.asked(host), 2);
}

TEST_F(ResolverTest, OneNamesLastGoodAddressIsNotAnothers) {
    names_.answer(host, "10.0.0.1");
    EXPECT_EQ(resolve(host), "10.0.0.1");
    names_.err("p2.test");
    EXPECT_FALSE(resolve("p2.test"));
}

TEST_F(ResolverTest, ASilentNameDoesNotHoldUpAnother) {
    names_.fall_silent(host);
    names_.answer("p2.test", "10.0.0.2");
    bool came_back = false;
    asio::co_spawn(io_, resolver_.resolve(host, long_enough),
                   [&](const std::exception_ptr&, const Result<std::string>&) { came_back = true; });
    EXPECT_EQ(resolve("p2.test"), "10.0.0.2");
    EXPECT_FALSE(came_back);
}

TEST_F(ResolverTest, ManyWhoAskTogetherShareOneLookUp) {
    names_.fall_silent(host);
    std::vector<std::string> answers;
    const auto ask = [&](auto&& next) {
        asio::co_spawn(io_, resolver_.resolve(host, long_enough),
                       [&answers, next](const std::exception_ptr&, const Result<std::string>& got) {
                           answers.push_back(got.value_or("none"));
                           next();
                       });
    };
    const auto nothing = [] {};
    // Whoever hears first asks again at once, and yet another a moment later: those two share the second look-up.
    ask([&] {
        if (answers.size() > 1) return;
        names_.fall_silent(host);
        ask(nothing);
    });
    ask([&] {
        ask(nothing);
        names_.wait_asked(host, 2);
        names_.answer(host, "10.0.0.2");
    });
    io_.poll();
    names_.wait_asked(host, 1);
    names_.answer(host, "10.0.0.1");
    while (answers.size() < 4) io_.run_one();
    EXPECT_EQ(names_.asked(host), 2);
    EXPECT_EQ(answers, (std::vector<std::string>{"10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.2"}));
}

// An agent that reads its configuration again begins anew while a look-up still hangs. (Bites under the asan preset.)
TEST(ResolverLife, ALookUpMayOutliveAllWhoAsked) {
    test::NameService names;
    names.fall_silent(host);
    {
        asio::io_context io;
        Resolver resolver;
        asio::cancellation_signal give_up;
        bool ended = false;
        asio::co_spawn(io, resolver.resolve(host, long_enough),
                       asio::bind_cancellation_slot(give_up.slot(), [&](const std::exception_ptr&,
                                                                        const Result<std::string>&) { ended = true; }));
        io.poll();
        names.wait_asked(host, 1);
        give_up.emit(asio::cancellation_type::terminal);
        while (!ended) io.run_one();
    }
    names.answer(host, "10.0.0.1");
}

}  // namespace
}  // namespace pgcm::postgres
