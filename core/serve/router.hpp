#pragma once
// Requests to answers, without a socket: a function of the request, the latest snapshot and the time. Nothing that a
// client can ask for changes anything.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/time.hpp"
#include "serve/published.hpp"

namespace pgcm::serve {

// Views into the connection's buffer, valid during the call.
struct Request {
    std::string_view method;  // as sent; methods are case-sensitive
    std::string_view target;  // origin form ("/status?x=1"), absolute form, or "*" with OPTIONS
    std::string_view accept;  // the Accept field; empty: anything
};

struct Response {
    int status = 200;
    std::string_view content_type;  // a literal; empty when there is no body
    std::string body;               // the whole of it for HEAD too: wire() leaves it out and keeps its length
    std::vector<std::pair<std::string_view, std::string>> headers;  // beside those that every answer has
};

// `snapshot` is null until the first turn is over. Never throws but for want of memory.
//
//   /           the page when Accept names text/html, otherwise the list of these paths
//   /heartbeat  200 while the loop turns, else 503
//   /health     200 while the local server accepts; without a local node: while the cluster has its one primary
//   /status /view /decision /alerts   the loop's documents; outdated: 503, with "stale" and "age_ms" added
Response answer(const Request& request, const Published* snapshot, BootTime now);

// {"schema":"pgcm.error/1","error":what}
Response refusal(int status, std::string_view what);

// True when the field names this media type itself ("text/html"), not merely a wildcard.
bool accepts(std::string_view accept, std::string_view media_type);

}  // namespace pgcm::serve
