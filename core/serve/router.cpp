#include "serve/router.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "serve/page.hpp"

namespace pgcm::serve {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view json_type = "application/json";
constexpr std::string_view allowed = "GET, HEAD, OPTIONS";

struct Asked {
    const Request& request;
    const Published* snapshot;
    BootTime now;
    bool fresh() const { return snapshot && is_fresh(*snapshot, now); }
};

Response json(int status, const Json& document) {
    // Names come from the configuration, but a document must not fail for a byte that is no UTF-8.
    return {status, json_type, document.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n', {}};
}

Json name_or_null(const std::optional<NodeName>& name) {
    return name ? Json(name->str()) : Json(nullptr);
}

Json age_or_null(const Asked& asked) {
    return asked.snapshot ? Json(age_of(*asked.snapshot, asked.now).count()) : Json(nullptr);
}

Response heartbeat(const Asked& asked) {
    const bool alive = asked.fresh();
    return json(alive ? 200 : 503,
                Json{{"schema", "pgcm.heartbeat/1"}, {"alive", alive}, {"age_ms", age_or_null(asked)}});
}

bool is_healthy(const Published& snapshot) {
    if (snapshot.local) return snapshot.local_role != Role::unknown;
    return snapshot.verdict == Verdict::healthy || snapshot.verdict == Verdict::degraded;
}

Response health(const Asked& asked) {
    const bool healthy = asked.fresh() && is_healthy(*asked.snapshot);
    Json document{{"schema", "pgcm.health/1"}, {"healthy", healthy}};
    if (asked.snapshot) document["cluster"] = asked.snapshot->cluster;
    document["node"] = asked.snapshot ? name_or_null(asked.snapshot->local) : Json(nullptr);
    // What was true a while ago is not told as if it still were.
    document["role"] = asked.fresh() ? Json(name_of(asked.snapshot->local_role)) : Json(nullptr);
    document["verdict"] = asked.fresh() ? Json(name_of(asked.snapshot->verdict)) : Json(nullptr);
    document["age_ms"] = age_or_null(asked);
    return json(healthy ? 200 : 503, document);
}

// The object with two fields more; it has been rendered already, and it may be long.
std::string mark_stale(std::string object, milliseconds age) {
    const auto end = object.find_last_not_of(" \t\r\n");
    if (end == std::string::npos || object[end] != '}') return object;
    object.erase(end);
    const auto last = object.find_last_not_of(" \t\r\n");
    const bool has_fields = last != std::string::npos && object[last] != '{';
    return object + (has_fields ? "," : "") + "\"stale\":true,\"age_ms\":" + std::to_string(age.count()) + "}\n";
}

Response document(const Asked& asked, std::string Published::*which) {
    if (!asked.snapshot) return refusal(503, "nothing was observed yet");
    const std::string& body = asked.snapshot->*which;
    if (body.empty()) return refusal(404, "this agent publishes no such document");
    if (asked.fresh()) return {200, json_type, body, {}};
    return {503, json_type, mark_stale(body, age_of(*asked.snapshot, asked.now)), {}};
}

Response status(const Asked& asked) {
    return document(asked, &Published::status_json);
}
Response view(const Asked& asked) {
    return document(asked, &Published::view_json);
}
Response decision(const Asked& asked) {
    return document(asked, &Published::decision_json);
}
Response alerts(const Asked& asked) {
    return document(asked, &Published::alerts_json);
}
Response root(const Asked& asked);

struct Route {
    std::string_view path;
    Response (*answer)(const Asked&);
};
constexpr std::array routes{
    Route{"/", root},     Route{"/heartbeat", heartbeat}, Route{"/status", status}, Route{"/health", health},
    Route{"/view", view}, Route{"/decision", decision},   Route{"/alerts", alerts},
};

Response root(const Asked& asked) {
    if (accepts(asked.request.accept, "text/html")) {
        Response response{asked.fresh() ? 200 : 503, "text/html; charset=utf-8", page(asked.snapshot, asked.now), {}};
        response.headers.emplace_back("Vary", "Accept");
        return response;
    }
    Json document{{"schema", "pgcm.endpoints/1"}, {"endpoints", Json::array()}};
    for (const auto& route : routes) document["endpoints"].push_back(route.path);
    Response response = json(200, document);
    response.headers.emplace_back("Vary", "Accept");
    return response;
}

bool is_hex_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

// Printable ASCII without '#' (a fragment is never sent), each '%' followed by two hexadecimal digits.
bool is_clean(std::string_view target) {
    for (std::size_t i = 0; i < target.size(); ++i) {
        const char c = target[i];
        if (c <= ' ' || c > '~' || c == '#') return false;
        if (c == '%' && (i + 2 >= target.size() || !is_hex_digit(target[i + 1]) || !is_hex_digit(target[i + 2])))
            return false;
    }
    return true;
}

// The path, still encoded: every path of ours is plain, so that an encoded one is simply another. A server must
// take the absolute form as well (RFC 9112, 3.2.2). Empty: not a target.
std::optional<std::string_view> path_of(std::string_view target) {
    if (!is_clean(target)) return std::nullopt;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        target.remove_prefix(scheme.size());
        const auto authority = std::min(target.find_first_of("/?"), target.size());
        if (authority == 0) return std::nullopt;
        target.remove_prefix(authority);
        if (target.empty() || target.front() == '?') return "/";
    }
    if (target.empty() || target.front() != '/') return std::nullopt;
    return target.substr(0, target.find('?'));
}

Response route(const Request& request, const Published* snapshot, BootTime now) {
    const auto path = path_of(request.target);
    if (!path) return refusal(400, "the request target is malformed");
    if (request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS") {
        Response response = refusal(405, "nothing here can be changed");
        response.headers.emplace_back("Allow", allowed);
        return response;
    }
    const auto* const found = std::ranges::find(routes, *path, &Route::path);
    if (found == routes.end()) return refusal(404, "no such path; / lists those that there are");
    return found->answer({request, snapshot, now});
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

bool accepts(std::string_view accept, std::string_view media_type) {
    while (!accept.empty()) {
        const auto comma = accept.find(',');
        const auto range = accept.substr(0, comma);
        if (equal_ignoring_case(trimmed(range.substr(0, range.find(';'))), media_type)) return true;
        accept.remove_prefix(comma == std::string_view::npos ? accept.size() : comma + 1);
    }
    return false;
}

Response refusal(int status, std::string_view what) {
    return json(status, Json{{"schema", "pgcm.error/1"}, {"error", what}});
}

Response answer(const Request& request, const Published* snapshot, BootTime now) {
    const bool is_options = request.method == "OPTIONS";
    Response response = is_options && request.target == "*" ? Response{} : route(request, snapshot, now);
    if (!is_options) return response;
    // A health check by OPTIONS wants the status line alone.
    return {response.status, {}, {}, {{"Allow", std::string(allowed)}}};
}

}  // namespace pgcm::serve
