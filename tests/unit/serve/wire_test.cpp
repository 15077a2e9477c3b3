#include "serve/wire.hpp"

#include "fixtures.hpp"

namespace pgcm::serve {
namespace {

const WallTime example{std::chrono::seconds(784111777)};

TEST(Wire, writes_dates_as_http_wants_them) {
    EXPECT_EQ(http_date(example), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http_date(WallTime(std::chrono::seconds(0))), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(http_date(WallTime(std::chrono::seconds(1709251199) + 999ms)), "Thu, 29 Feb 2024 23:59:59 GMT");
}

TEST(Wire, is_an_http_message_with_every_security_field) {
    const Response response{405, "application/json", "{}", {{"Allow", "GET"}}};
    EXPECT_EQ(wire(response, "GET", After::keep_open, example),
              "HTTP/1.1 405 Method Not Allowed\r\n"
              "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
              "Connection: keep-alive\r\n"
              "Content-Length: 2\r\n"
              "Content-Type: application/json\r\n"
              "Allow: GET\r\n"
              "Cache-Control: no-store\r\n"
              "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src "
              "'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
              "Cross-Origin-Resource-Policy: same-origin\r\n"
              "Referrer-Policy: no-referrer\r\n"
              "X-Content-Type-Options: nosniff\r\n"
              "\r\n"
              "{}");
}

TEST(Wire, head_keeps_the_length_and_drops_the_body) {
    const Response response{200, "application/json", "0123456789", {}};
    const std::string bytes = wire(response, "HEAD", After::close, example);
    EXPECT_NE(bytes.find("\r\nContent-Length: 10\r\n"), std::string::npos);
    EXPECT_NE(bytes.find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_TRUE(bytes.ends_with("\r\n\r\n"));
    EXPECT_EQ(bytes + "0123456789", wire(response, "GET", After::close, example));
}

TEST(Wire, names_every_status_that_is_used) {
    for (const int status : {200, 400, 404, 405, 408, 413, 431, 503})
        EXPECT_EQ(wire({status, {}, {}, {}}, "GET", After::close, example).find("Unknown"), std::string::npos)
            << status;
}

}  // namespace
}  // namespace pgcm::serve
