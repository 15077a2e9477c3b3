#pragma once
// Requests to answers, without a socket: a function of the request and of what is known. Nothing that a client can ask
// for changes anything.
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/time.hpp"
#include "serve/access.hpp"
#include "serve/published.hpp"
#include "serve/recent.hpp"

namespace pgcm::serve {

// Views into the connection's buffer, valid during the call.
struct Request {
    std::string_view method;         // as sent; methods are case-sensitive
    std::string_view target;         // origin form ("/status?x=1"), absolute form, or "*" with OPTIONS
    std::string_view accept;         // the Accept field; empty: anything
    std::string_view authorization;  // the Authorization field
    Door door = Door::loopback;
    std::string_view host = {};  // the Host field
};

// All of it may be absent, and lives during the call.
struct Known {
    const Published* snapshot = nullptr;  // null until the first turn is over
    BootTime now;
    const Recent* recent = nullptr;
    std::string_view token = {};              // serve.token
    Figures counted = {};                     // of the server: requests, connections, streams, the bytes of a copy
    std::span<const std::string> names = {};  // of this host, beside addresses and localhost
};

struct Response {
    int status = 200;
    std::string_view content_type;  // a literal; empty when there is no body
    std::string body;               // the whole of it for HEAD too: wire() leaves it out and keeps its length
    std::vector<std::pair<std::string_view, std::string>> headers;  // beside those that every answer has
    bool is_stream = false;  // the body is only the beginning, and the connection ends with it
};

// Never throws but for want of memory.
//
//   /                the page when Accept names text/html, otherwise as /primary
//   health checks    see health.hpp; for everybody
//   /heartbeat       200 while the loop turns, else 503; for everybody
//   /page/...        what the page consists of; for everybody
//   /status /view /decision /alerts   the loop's documents; outdated: 503, with "stale" and "age_ms" added
//   /patroni /cluster /history        in Patroni's words
//   /recent          the last hour;  /events  server-sent events;  /metrics  for Prometheus
Response answer(const Request& request, const Known& known);

// {"schema":"pgcm.error/1","error":what}
Response refusal(int status, std::string_view what);

// True when the field names this media type itself ("text/html"), not merely a wildcard.
bool accepts(std::string_view accept, std::string_view media_type);

}  // namespace pgcm::serve
