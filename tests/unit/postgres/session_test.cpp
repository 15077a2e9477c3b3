// Sessions against listeners that misbehave; a real server is met in tests/live.
#include "postgres/session.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "name_service.hpp"

namespace pgcm::postgres {
namespace {

using asio::ip::tcp;

class SessionTest : public testing::Test {
  protected:
    Answer<void> connect(const std::string& conninfo, milliseconds timeout = 200ms) {
        Answer<void> answer;
        Session session(io_.get_executor(), resolver_);
        const auto target = Conninfo::parse(conninfo);
        asio::co_spawn(io_, session.connect(*target, timeout), [&](const std::exception_ptr& bug, Answer<void> got) {
            EXPECT_FALSE(bug);
            answer = std::move(got);
            acceptor_.close();
        });
        io_.run();
        io_.restart();
        return answer;
    }

    std::uint16_t listen() {
        acceptor_.open(tcp::v4());
        acceptor_.bind({asio::ip::address_v4::loopback(), 0});
        acceptor_.listen();
        return acceptor_.local_endpoint().port();
    }

    // Answers every connection's first bytes with the text, and closes.
    void answer_with(std::string text) {
        acceptor_.async_accept([this, text](const boost::system::error_code& error, tcp::socket client) {
            if (error) return;
            auto peer = std::make_shared<tcp::socket>(std::move(client));
            auto buffer = std::make_shared<std::array<char, 1024>>();
            peer->async_read_some(asio::buffer(*buffer), [peer, buffer, text](const auto&, std::size_t) {
                boost::system::error_code ignored;
                peer->write_some(asio::buffer(text), ignored);
                peer->shutdown(tcp::socket::shutdown_both, ignored);
            });
            answer_with(text);
        });
    }

    asio::io_context io_;
    Resolver resolver_;
    tcp::acceptor acceptor_{io_};
};

std::string at(std::uint16_t port) {
    return "host=127.0.0.1 user=u sslmode=disable gssencmode=disable port=" + std::to_string(port);
}

std::string too_many_clients() {
    const std::string fields =
        std::string("SFATAL") + '\0' + "C53300" + '\0' + "Msorry, too many clients already" + '\0' + '\0';
    const auto length = static_cast<char>(fields.size() + 4);
    return std::string("E") + '\0' + '\0' + '\0' + length + fields;
}

TEST_F(SessionTest, NobodyListens) {
    const auto port = listen();
    acceptor_.close();
    const auto answer = connect(at(port));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reach, Reach::refused);
}

TEST_F(SessionTest, AcceptsAndSaysNothing) {
    const auto answer = connect(at(listen()));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reach, Reach::stalled);
}

TEST_F(SessionTest, ServerIsFull) {
    const auto port = listen();
    answer_with(too_many_clients());
    const auto answer = connect(at(port));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reach, Reach::rejecting);
    EXPECT_EQ(answer.error().sqlstate, "53300");
    EXPECT_EQ(answer.error().message, "sorry, too many clients already");
}

TEST_F(SessionTest, ClosesAtOnce) {
    const auto port = listen();
    answer_with("");
    const auto answer = connect(at(port));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reach, Reach::refused);
}

TEST_F(SessionTest, NoSuchSocket) {
    const auto answer = connect("host=/nonexistent/directory user=u");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reach, Reach::refused);
}

TEST_F(SessionTest, NoSuchName) {
    const auto answer = connect("host=does-not-exist.invalid user=u", 2000ms);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reach, Reach::unresolved);
    EXPECT_NE(answer.error().message.find("does-not-exist.invalid"), std::string::npos);
}

// It must leave time to speak with whoever is at the last good address.
TEST_F(SessionTest, ASilentNameServiceCutsOffNobodyWhoseAddressIsKnown) {
    test::NameService names;
    names.answer("p1.test", "127.0.0.1");
    for (const bool silent : {false, true}) {
        if (silent) names.fall_silent("p1.test");
        acceptor_ = tcp::acceptor(io_);
        const auto port = listen();
        answer_with(too_many_clients());
        const auto answer =
            connect("host=p1.test user=u sslmode=disable gssencmode=disable port=" + std::to_string(port), 2s);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().reach, Reach::rejecting) << answer.error().message;
        EXPECT_EQ(answer.error().sqlstate, "53300");
    }
    EXPECT_EQ(names.asked("p1.test"), 2);
}

// Its deadline would keep the loop of an agent that ends, and so the next configuration, waiting.
TEST_F(SessionTest, LeavesNothingInTheLoopWhenCancelledAsItLooksUpAName) {
    test::NameService names;
    names.fall_silent("p1.test");
    Session session(io_.get_executor(), resolver_);
    asio::cancellation_signal cancel;
    asio::co_spawn(io_, session.connect(*Conninfo::parse("host=p1.test user=u"), 1h),
                   asio::bind_cancellation_slot(cancel.slot(), asio::detached));
    io_.poll();
    names.wait_asked("p1.test", 1);
    cancel.emit(asio::cancellation_type::terminal);
    io_.run_for(5s);
    EXPECT_TRUE(io_.stopped());
}

TEST_F(SessionTest, QueriesNeedAConnection) {
    Session session(io_.get_executor(), resolver_);
    bool asked = false;
    asio::co_spawn(io_, session.query("SELECT 1", 100ms),
                   [&](const std::exception_ptr&, const Answer<std::vector<Table>>& got) {
                       asked = true;
                       EXPECT_FALSE(got);
                   });
    io_.run();
    EXPECT_TRUE(asked);
}

TEST(Quoting, SurvivesWhatNamesHold) {
    EXPECT_EQ(Session::quote_literal("a'b"), "'a''b'");
    EXPECT_EQ(Session::quote_literal("a\\b"), " E'a\\\\b'");
    EXPECT_EQ(Session::quote_literal("100 % ☃"), "'100 % ☃'");
    EXPECT_EQ(Session::quote_identifier("a\"b"), "\"a\"\"b\"");
}

}  // namespace
}  // namespace pgcm::postgres
