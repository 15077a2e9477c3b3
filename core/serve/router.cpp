#include "serve/router.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "serve/health.hpp"
#include "serve/page.hpp"
#include "serve/page_files.hpp"
#include "serve/patroni.hpp"
#include "serve/truth.hpp"

namespace pgcm::serve {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view json_type = "application/json";
constexpr std::string_view html_type = "text/html";
constexpr std::string_view allowed = "GET, HEAD, OPTIONS";

struct Asked {
    const Request& request;
    const Known& known;
    Truth truth;
    const Published* snapshot() const { return known.snapshot; }
};

Response json(int status, const Json& document) {
    // Names come from the configuration, but a document must not fail for a byte that is no UTF-8.
    return {status, json_type, document.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n', {}};
}

Json age_or_null(const Asked& asked) {
    return asked.snapshot() != nullptr ? Json(age_of(*asked.snapshot(), asked.known.now).count()) : Json(nullptr);
}

Response heartbeat(const Asked& asked) {
    const bool alive = asked.truth.fresh();
    return json(alive ? 200 : 503,
                Json{{"schema", "pgcm.heartbeat/1"}, {"alive", alive}, {"age_ms", age_or_null(asked)}});
}

// pgcm.health/1; what was true a while ago is not told as if it still were.
Response health(const Asked& asked, int status) {
    Json document{
        {"schema", "pgcm.health/1"}, {"healthy", status == 200}, {"state", status == 200 ? "running" : "unknown"}};
    const auto* const seen = asked.snapshot() != nullptr ? &asked.snapshot()->seen() : nullptr;
    if (seen != nullptr) document["cluster"] = seen->view.cluster;
    document["node"] = seen != nullptr && seen->view.local ? Json(seen->view.local->str()) : Json(nullptr);
    const auto* const local = asked.truth.local();
    document["role"] =
        asked.truth.fresh() ? Json(name_of(local != nullptr ? local->role : Role::unknown)) : Json(nullptr);
    document["verdict"] = asked.truth.fresh() ? Json(name_of(seen->verdict)) : Json(nullptr);
    document["age_ms"] = age_or_null(asked);
    return json(status, document);
}

Response check(const Asked& asked, std::string_view path, int status) {
    if (status == 400) return refusal(400, "?lag= is no size, or ?mode= neither apply nor write");
    if (path == "/health") return health(asked, status);
    return {status, json_type, patroni_json(asked.truth), {}};
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

Response document(const Asked& asked, const std::string& (Published::*which)() const) {
    if (asked.snapshot() == nullptr) return refusal(503, "nothing was observed yet");
    const std::string& body = (asked.snapshot()->*which)();
    if (body.empty()) return refusal(404, "this agent publishes no such document");
    if (asked.truth.fresh()) return {200, json_type, body, {}};
    return {503, json_type, mark_stale(body, age_of(*asked.snapshot(), asked.known.now)), {}};
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

Response patroni(const Asked& asked) {
    return {asked.truth.local() != nullptr ? 200 : 503, json_type, patroni_json(asked.truth), {}};
}
Response cluster(const Asked& asked) {
    return {asked.truth.fresh() ? 200 : 503, json_type, cluster_json(asked.truth), {}};
}
Response history(const Asked& asked) {
    return {asked.truth.fresh() ? 200 : 503, json_type, history_json(asked.truth), {}};
}

Response recent(const Asked& asked) {
    if (asked.known.recent == nullptr) return refusal(503, "nothing was observed yet");
    return {200, json_type, asked.known.recent->json() + '\n', {}};
}

Response events(const Asked& asked) {
    Response response{200, "text/event-stream", "retry: 1000\n\n", {}};
    response.is_stream = asked.request.method == "GET";
    return response;
}

Response metrics(const Asked& asked) {
    if (asked.snapshot() == nullptr) return refusal(503, "nothing was observed yet");
    Figures figures = asked.known.counted;
    const auto& seen = asked.snapshot()->seen();
    figures.fresh = asked.truth.fresh();
    figures.leads = asked.truth.leads();
    figures.paused = asked.truth.paused();
    figures.age = age_of(*asked.snapshot(), asked.known.now);
    figures.lease_left = asked.truth.lease_left();
    figures.turns = seen.turns;
    figures.operation = seen.operation;
    if (asked.known.recent != nullptr) {
        figures.failovers = asked.known.recent->failovers();
        figures.last_outage = asked.known.recent->last_outage();
    }
    return {200, "text/plain; version=0.0.4; charset=utf-8", asked.snapshot()->renderer().metrics(seen, figures), {}};
}

Response the_page(const Asked& asked) {
    return {asked.truth.fresh() ? 200 : 503, "text/html; charset=utf-8", page(asked.snapshot(), asked.known.now), {}};
}

struct Route {
    std::string_view path;
    Response (*answer)(const Asked&);
};
// Not for everybody.
constexpr std::array routes{
    Route{"/status", status},   Route{"/view", view},       Route{"/decision", decision}, Route{"/alerts", alerts},
    Route{"/patroni", patroni}, Route{"/cluster", cluster}, Route{"/history", history},   Route{"/recent", recent},
    Route{"/events", events},   Route{"/metrics", metrics},
};

std::optional<Response> turned_away(const Asked& asked) {
    const Visitor visitor{asked.request.door, asked.request.authorization, asked.request.host};
    const auto access = judge(visitor, asked.known.token, asked.known.names);
    if (access == Access::granted) return std::nullopt;
    if (access == Access::wrong_name)
        return refusal(403,
                       "by this name anybody may have led you here; ask for localhost, an address or the host's own "
                       "name, or set serve.token");
    if (access == Access::closed)
        return refusal(403,
                       "beyond the loopback only health checks are answered, unless serve.token or "
                       "serve.client_ca is set");
    Response response = refusal(401, "this needs the token, or a client certificate");
    response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"pgcm\", charset=\"UTF-8\"");
    response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"pgcm\"");
    return response;
}

Response root(const Asked& asked) {
    Response response;
    if (!accepts(asked.request.accept, html_type))
        response = check(asked, "/primary", health_status("/primary", asked.request.target, asked.truth));
    else if (auto refused = turned_away(asked))
        response = std::move(*refused);
    else
        response = the_page(asked);
    response.headers.emplace_back("Vary", "Accept");
    return response;
}

Response not_found() {
    Json document{{"schema", "pgcm.error/1"},
                  {"error", "there is no such path; pgcm-serve(1) lists those that there are"}};
    return json(404, document);
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

Response route(const Request& request, const Known& known) {
    const auto path = path_of(request.target);
    if (!path) return refusal(400, "the request target is malformed");
    if (request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS") {
        Response response = refusal(405, "nothing here can be changed");
        response.headers.emplace_back("Allow", allowed);
        return response;
    }
    const Asked asked{request, known, Truth(known.snapshot, known.now)};
    if (*path == "/") return root(asked);
    if (const int status = health_status(*path, request.target, asked.truth); status != 0)
        return check(asked, *path, status);
    if (*path == "/heartbeat") return heartbeat(asked);
    if (const auto* const file = page_file(*path)) return {200, file->type, std::string(file->content), {}};
    const auto* const found = std::ranges::find(routes, *path, &Route::path);
    if (found == routes.end()) return not_found();
    if (auto refused = turned_away(asked)) return std::move(*refused);
    return found->answer(asked);
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

Response answer(const Request& request, const Known& known) {
    const bool is_options = request.method == "OPTIONS";
    Response response = is_options && request.target == "*" ? Response{} : route(request, known);
    if (!is_options) return response;
    // A health check by OPTIONS wants the status line alone.
    return {response.status, {}, {}, {{"Allow", std::string(allowed)}}};
}

}  // namespace pgcm::serve
