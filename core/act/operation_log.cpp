#include "act/operation_log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "act/files.hpp"

namespace pgcm::act {
namespace {

constexpr const char* schema = "pgcm.operation/1";
constexpr const char* progress_schema = "pgcm.progress/1";

std::string path_in(const std::string& state_dir) {
    return state_dir + "/operation.json";
}

std::string progress_path(const std::string& state_dir) {
    return state_dir + "/progress.json";
}

struct Civil {
    int year;
    unsigned month, day;
    std::int64_t hours, minutes, seconds, millis;
};
Civil civil(WallTime time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<milliseconds>(time - day)};
    return {int{date.year()},        unsigned{date.month()},  unsigned{date.day()},      clock.hours().count(),
            clock.minutes().count(), clock.seconds().count(), clock.subseconds().count()};
}

}  // namespace

std::string format_time(WallTime time) {
    const auto c = civil(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", c.year, c.month, c.day, c.hours, c.minutes,
                       c.seconds, c.millis);
}

std::string file_stamp(WallTime time) {
    const auto c = civil(time);
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", c.year, c.month, c.day, c.hours, c.minutes, c.seconds);
}

std::optional<WallTime> parse_time(const std::string& text) {
    using namespace std::chrono;
    int y = 0, h = 0, m = 0, s = 0, ms = 0, end = 0;
    unsigned mo = 0, d = 0;
    const int read = std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d.%3dZ%n", &y, &mo, &d, &h, &m, &s, &ms, &end);
    const year_month_day date{year{y}, month{mo}, day{d}};
    if (read != 7 || static_cast<std::size_t>(end) != text.size() || !date.ok()) return std::nullopt;
    if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60 || ms < 0) return std::nullopt;
    return WallTime{sys_days{date}} + hours{h} + minutes{m} + seconds{s} + milliseconds{ms};
}

std::string to_json(const OperationFile& file) {
    nlohmann::ordered_json json;
    json["schema"] = schema;
    json["operation"] = file.operation;
    json["from"] = file.from;
    json["to"] = file.to;
    json["step"] = file.step;
    json["method"] = file.method;
    json["started"] = format_time(file.started);
    json["attempts"] = file.attempts;
    json["why"] = file.why;
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Result<OperationFile> parse_operation(const std::string& text) {
    try {
        const auto json = nlohmann::json::parse(text);
        if (json.at("schema") != schema)
            return fail(ErrorCode::usage, fmt::format("operation.json is of another schema than {}", schema));
        OperationFile file;
        file.operation = json.at("operation");
        file.from = json.value("from", "");
        file.to = json.at("to");
        file.step = json.at("step");
        file.method = json.value("method", "");
        const auto started = parse_time(json.at("started"));
        if (!started) return fail(ErrorCode::usage, "operation.json holds no valid time");
        file.started = *started;
        file.attempts = json.at("attempts");
        file.why = json.value("why", "");
        return file;
    } catch (const nlohmann::json::exception& error) {
        return fail(ErrorCode::usage, fmt::format("operation.json is not what pgcm wrote: {}", error.what()));
    }
}

Result<void> write_operation(const std::string& state_dir, const OperationFile& file) {
    return write_file(path_in(state_dir), to_json(file));
}

Result<std::optional<OperationFile>> read_operation(const std::string& state_dir) {
    const auto text = read_file(path_in(state_dir));
    if (!text) return fail(text.error());
    if (!*text) return std::nullopt;
    auto file = parse_operation(**text);
    if (!file) return fail(file.error());
    return std::move(*file);
}

Result<void> remove_operation(const std::string& state_dir) {
    const auto there = exists(path_in(state_dir));
    if (there && !*there) return {};
    return remove_file(path_in(state_dir));
}

Result<void> write_progress(const std::string& state_dir, const std::string& step, const Copied& copied) {
    nlohmann::ordered_json json;
    json["schema"] = progress_schema;
    json["step"] = step;
    json["done_bytes"] = copied.done_bytes;
    json["total_bytes"] = copied.total_bytes;
    json["took_ms"] = copied.took.count();
    json["at"] = format_time(copied.at);
    return write_unsynced(progress_path(state_dir), json.dump() + "\n");
}

void remove_progress(const std::string& state_dir) {
    ::unlink(progress_path(state_dir).c_str());
}

std::optional<Copied> read_progress(const std::string& state_dir, const OperationFile& file) {
    const auto text = read_file(progress_path(state_dir));
    if (!text || !*text) return std::nullopt;
    try {
        const auto json = nlohmann::json::parse(**text);
        const auto at = parse_time(json.at("at"));
        if (json.at("schema") != progress_schema || json.at("step") != file.step || !at || *at < file.started)
            return std::nullopt;
        return Copied{json.at("done_bytes"), json.at("total_bytes"), milliseconds{json.at("took_ms")}, *at};
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

}  // namespace pgcm::act
