#pragma once
// A server on a free port of the loopback, with the sample snapshot.
#include <string>

#include "fixtures.hpp"
#include "serve/server.hpp"

namespace pgcm::serve::test {

class Server : public testing::Test {
  protected:
    Server() { board.publish(sample()); }

    std::string start(HttpServer& server, const std::string& address = "127.0.0.1:0") {
        const auto started = server.start({address});
        EXPECT_TRUE(started) << started.error().what;
        const auto addresses = server.addresses();
        return addresses.empty() ? "127.0.0.1:1" : addresses.front();
    }
    static Limits hasty() {
        Limits limits;
        limits.tick = 2ms;
        return limits;
    }

    Board board{plain_words()};
    StillClock clock;
    const std::string status = R"({"schema":"pgcm.status/1","primary":"p1"})";
};

inline const std::string get_status = "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n";

}  // namespace pgcm::serve::test
