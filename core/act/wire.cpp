#include "act/wire.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace pgcm::act::wire {
namespace {

template <class T>
void put(Json& json, const char* key, const std::optional<T>& value) {
    if (value) json[key] = *value;
}
void put(Json& json, const char* key, const std::optional<Timeline>& value) {
    if (value) json[key] = value->value;
}

template <class T>
std::optional<T> get(const Json& json, const char* key) {
    const auto found = json.find(key);
    if (found == json.end()) return std::nullopt;
    return found->get<T>();
}

std::optional<Timeline> get_timeline(const Json& json, const char* key) {
    const auto value = get<std::uint32_t>(json, key);
    return value ? std::optional{Timeline{*value}} : std::nullopt;
}

// Bytes that are no text, as hexadecimal digits.
std::string to_hex(const std::string& bytes) {
    std::string text;
    for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    return text;
}
std::string from_hex(const std::string& text) {
    std::string bytes;
    for (std::size_t at = 0; at + 1 < text.size(); at += 2)
        bytes += static_cast<char>(std::strtoul(text.substr(at, 2).c_str(), nullptr, 16));
    return bytes;
}

Json from_tail(const WalTail& tail) {
    return {{"timeline", tail.timeline.value},
            {"begin", tail.begin.value},
            {"end", tail.end.value},
            {"bytes", to_hex(tail.bytes)}};
}

WalTail to_tail(const Json& json) {
    const Timeline timeline{json.at("timeline").get<std::uint32_t>()};
    const Lsn begin{json.at("begin").get<std::uint64_t>()}, end{json.at("end").get<std::uint64_t>()};
    return {timeline, begin, end, from_hex(json.at("bytes"))};
}

}  // namespace

Json from_place(const Place& place) {
    return {{"data_dir", place.data_dir},
            {"bin_dir", place.bin_dir},
            {"config_file", place.config_file},
            {"state_dir", place.state_dir}};
}

Place to_place(const Json& json) {
    return {json.at("data_dir"), json.at("bin_dir"), json.at("config_file"), json.at("state_dir")};
}

Json from_host(const LocalHost& host) {
    Json json{{"process", name_of(host.process)},
              {"lineup", name_of(host.lineup)},
              {"rewinding", host.rewinding},
              {"message", host.message}};
    put(json, "postmaster_pid", host.postmaster_pid);
    put(json, "system_identifier", host.system_identifier);
    put(json, "timeline", host.timeline);
    put(json, "cluster_state", host.cluster_state);
    if (host.checkpoint) json["checkpoint"] = host.checkpoint->value;
    return json;
}

LocalHost to_host(const Json& json) {
    LocalHost host;
    host.process = from_name<Process>(json.at("process").get<std::string>()).value_or(Process::unknown);
    host.lineup = from_name<Lineup>(json.at("lineup").get<std::string>()).value_or(Lineup::unknown);
    host.rewinding = json.at("rewinding");
    host.message = json.at("message");
    host.postmaster_pid = get<int>(json, "postmaster_pid");
    host.system_identifier = get<std::uint64_t>(json, "system_identifier");
    host.timeline = get_timeline(json, "timeline");
    host.cluster_state = get<std::string>(json, "cluster_state");
    if (const auto lsn = get<std::uint64_t>(json, "checkpoint")) host.checkpoint = Lsn{*lsn};
    return host;
}

Json from_survey(const Survey& survey) {
    Json json{{"host", from_host(survey.host)},
              {"major_version", survey.major_version},
              {"shut_down", survey.shut_down},
              {"full_page_writes", survey.full_page_writes},
              {"traces_changes", survey.traces_changes},
              {"primary_conninfo", survey.primary_conninfo},
              {"restore_command", survey.restore_command},
              {"wal_directory", survey.wal_directory},
              {"clone_obstacle", survey.clone_obstacle},
              {"missing", survey.missing}};
    put(json, "timeline", survey.timeline);
    put(json, "free_bytes", survey.free_bytes);
    if (survey.wal_tail) json["wal_tail"] = from_tail(*survey.wal_tail);
    return json;
}

Survey to_survey(const Json& json) {
    Survey survey;
    survey.host = to_host(json.at("host"));
    survey.major_version = json.at("major_version");
    survey.shut_down = json.at("shut_down");
    survey.full_page_writes = json.at("full_page_writes");
    survey.traces_changes = json.at("traces_changes");
    survey.primary_conninfo = json.at("primary_conninfo");
    survey.restore_command = json.at("restore_command");
    survey.wal_directory = json.at("wal_directory");
    survey.clone_obstacle = json.at("clone_obstacle");
    survey.missing = json.at("missing");
    survey.timeline = get_timeline(json, "timeline");
    survey.free_bytes = get<std::uint64_t>(json, "free_bytes");
    if (json.contains("wal_tail")) survey.wal_tail = to_tail(json.at("wal_tail"));
    return survey;
}

Json from_error(const Error& error) {
    return {{"code", static_cast<int>(error.code)}, {"what", error.what}, {"hint", error.hint}};
}

Error to_error(const Json& json) {
    const int code = json.at("code");
    const bool known = code >= 0 && code <= static_cast<int>(ErrorCode::interrupted);
    return {known ? static_cast<ErrorCode>(code) : ErrorCode::failed, json.at("what"), json.at("hint")};
}

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace pgcm::act::wire
