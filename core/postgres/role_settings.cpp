#include "postgres/role_settings.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "postgres/session.hpp"

namespace pgcm::postgres {
namespace {

using nlohmann::json;

constexpr std::string_view channel = "pgcm";

std::int64_t ms_of(WallTime time) {
    return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
}

WallTime time_of(const json& value) {
    return WallTime{milliseconds{value.get<std::int64_t>()}};
}

NodeName name_of_node(const json& value) {
    auto name = NodeName::make(value.get<std::string>());
    return name ? *name : NodeName{};
}

std::string text_of(const json& document) {
    return document.dump(-1, ' ', true, json::error_handler_t::replace);
}

}  // namespace

std::string pause_text(const Pause& pause) {
    json document{{"by", pause.by}, {"why", pause.why}, {"since_ms", ms_of(pause.since)}};
    if (pause.until) document["until_ms"] = ms_of(*pause.until);
    return text_of(document);
}

std::string switchover_text(const SwitchoverRequest& request) {
    return text_of({{"id", request.id},
                    {"from", request.from.str()},
                    {"to", request.to.str()},
                    {"timeline", request.timeline.value},
                    {"by", request.by},
                    {"at_ms", ms_of(request.at)},
                    {"until_ms", ms_of(request.until)},
                    {"declined", request.declined}});
}

// As a rule nothing is kept, which is seen without an exception: these are read of each node in each turn.
std::optional<Pause> parse_pause(std::string_view text) try {
    if (text.empty()) return std::nullopt;
    const auto document = json::parse(text);
    Pause pause{document.at("by"), document.at("why"), time_of(document.at("since_ms")), std::nullopt};
    if (document.contains("until_ms")) pause.until = time_of(document["until_ms"]);
    return pause;
} catch (const json::exception&) {
    return std::nullopt;
}

std::optional<SwitchoverRequest> parse_switchover(std::string_view text) try {
    if (text.empty()) return std::nullopt;
    const auto document = json::parse(text);
    SwitchoverRequest request;
    request.id = document.at("id");
    request.from = name_of_node(document.at("from"));
    request.to = name_of_node(document.at("to"));
    request.timeline = Timeline{document.at("timeline").get<std::uint32_t>()};
    request.by = document.at("by");
    request.at = time_of(document.at("at_ms"));
    request.until = time_of(document.at("until_ms"));
    request.declined = document.at("declined");
    if (request.id.empty() || request.from.str().empty() || request.to.str().empty()) return std::nullopt;
    return request;
} catch (const json::exception&) {
    return std::nullopt;
}

std::string keep_setting(std::string_view setting, std::string_view text) {
    return fmt::format("SET synchronous_commit = local; ALTER ROLE CURRENT_USER SET {} = {}; NOTIFY {}", setting,
                       Session::quote_literal(text), channel);
}

std::string drop_setting(std::string_view setting) {
    return fmt::format("SET synchronous_commit = local; ALTER ROLE CURRENT_USER RESET {}; NOTIFY {}", setting, channel);
}

std::string listen_sql() {
    return fmt::format("LISTEN {}", channel);
}

std::string read_setting(std::string_view setting) {
    return fmt::format(
        "SELECT substr(c, {}) FROM pg_catalog.pg_db_role_setting, unnest(setconfig) c WHERE setdatabase = 0 AND "
        "setrole "
        "= (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user) AND starts_with(c, '{}=')",
        setting.size() + 2, setting);
}

}  // namespace pgcm::postgres
