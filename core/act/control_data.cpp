#include "act/control_data.hpp"

#include <fmt/format.h>

#include <charconv>

#include "act/files.hpp"
#include "act/wait_for.hpp"

namespace pgcm::act {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

template <class T>
std::optional<T> number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<Timeline> timeline(std::string_view text) {
    const auto value = number<std::uint32_t>(text);
    return value && *value != 0 ? std::optional{Timeline{*value}} : std::nullopt;
}

void take(ControlData& data, std::string_view key, std::string_view value) {
    if (key == "Database system identifier") data.system_identifier = number<std::uint64_t>(value);
    if (key == "Database cluster state") data.cluster_state = std::string{value};
    if (key == "Latest checkpoint location") data.checkpoint = parse_lsn(value);
    if (key == "Latest checkpoint's TimeLineID") data.timeline = timeline(value);
    if (key == "Min recovery ending loc's timeline") data.recovery_timeline = timeline(value);
    if (key == "Bytes per WAL segment") data.wal_segment_bytes = number<std::uint64_t>(value);
    if (key == "WAL block size") data.wal_block_bytes = number<std::uint64_t>(value);
    if (key == "Latest checkpoint's full_page_writes") data.full_page_writes = value == "on";
    if (key == "wal_log_hints setting") data.wal_log_hints = value == "on";
    if (key == "Data page checksum version") data.checksums = !value.empty() && value != "0";
}

}  // namespace

bool ControlData::shut_down() const {
    return cluster_state == "shut down" || cluster_state == "shut down in recovery";
}

ControlData parse_control_data(std::string_view output) {
    ControlData data;
    while (!output.empty()) {
        const auto end = output.find('\n');
        const auto line = output.substr(0, end);
        if (const auto colon = line.find(':'); colon != std::string_view::npos)
            take(data, line.substr(0, colon), trimmed(line.substr(colon + 1)));
        output.remove_prefix(end == std::string_view::npos ? output.size() : end + 1);
    }
    return data;
}

Result<ControlData> read_control_data(const std::string& bin_dir, const std::string& data_dir) {
    Invocation invocation;
    invocation.argv = {tool(bin_dir, "pg_controldata"), "-D", data_dir};
    invocation.c_locale = true;
    auto outcome = wait_for(invocation);
    if (!outcome) return fail(outcome.error());
    if (!outcome->ok()) return fail(to_error(*outcome, invocation));
    auto data = parse_control_data(outcome->output);
    if (!data.system_identifier) return fail("pg_controldata said nothing of the system identifier");
    return data;
}

Result<int> major_version(const std::string& data_dir) {
    const auto text = read_file(data_dir + "/PG_VERSION");
    if (!text) return fail(text.error());
    const auto version = *text ? number<int>(trimmed(**text)) : std::nullopt;
    if (!version) return fail(data_dir + " holds no server's data", "is postgres.data_dir right?");
    return *version;
}

std::string tool(const std::string& bin_dir, std::string_view name) {
    return bin_dir.empty() ? std::string{name} : fmt::format("{}/{}", bin_dir, name);
}

}  // namespace pgcm::act
