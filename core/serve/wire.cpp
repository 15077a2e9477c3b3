#include "serve/wire.hpp"

#include <fmt/core.h>
#include <array>
#include <iterator>

namespace pgcm::serve {

namespace {

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200: return "OK";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 413: return "Content Too Large";
        case 431: return "Request Header Fields Too Large";
        case 503: return "Service Unavailable";
        default: return "Unknown";
    }
}

// The page consists of this server's files and of nothing else; no other site may frame it or send a form to it.
constexpr std::string_view fixed_fields =
    "Cache-Control: no-store\r\n"
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "X-Content-Type-Options: nosniff\r\n";

}  // namespace

std::string http_date(WallTime time) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[std::chrono::weekday(day).c_encoding()],
                       static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count());
}

std::string wire(const Response& response, std::string_view method, After after, WallTime now) {
    std::string bytes;
    bytes.reserve(640 + response.body.size());
    auto out = std::back_inserter(bytes);
    // "keep-alive" is the default of HTTP/1.1, but a client of 1.0 that asked for it waits for the word.
    fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\nConnection: {}\r\n", response.status,
                   reason_phrase(response.status), http_date(now), after == After::close ? "close" : "keep-alive");
    // A stream ends with its connection.
    if (!response.is_stream) fmt::format_to(out, "Content-Length: {}\r\n", response.body.size());
    if (!response.content_type.empty()) fmt::format_to(out, "Content-Type: {}\r\n", response.content_type);
    for (const auto& [name, value] : response.headers) fmt::format_to(out, "{}: {}\r\n", name, value);
    bytes += fixed_fields;
    bytes += "\r\n";
    if (method != "HEAD") bytes += response.body;
    return bytes;
}

}  // namespace pgcm::serve
