#pragma once
// An answer as the bytes of HTTP/1.1 (RFC 9112), with the security fields that every answer has.
#include <string>
#include <string_view>

#include "model/time.hpp"
#include "serve/router.hpp"

namespace pgcm::serve {

enum class After { keep_open, close };  // what becomes of the connection

// Without the body for HEAD, whose Content-Length still is the body's (RFC 9110, 9.3.2).
std::string wire(const Response& response, std::string_view method, After after, WallTime now);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::string http_date(WallTime time);

}  // namespace pgcm::serve
