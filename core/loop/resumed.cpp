#include "loop/resumed.hpp"

#include <nlohmann/json.hpp>

#include "loop/disk_writer.hpp"
#include "postgres/role_settings.hpp"

namespace pgcm::loop {
namespace {

constexpr std::string_view schema = "pgcm.resumed/1";

std::string path_in(const std::string& state_dir) {
    return state_dir + "/resumed.json";
}

}  // namespace

std::optional<WallTime> read_resumed(const std::string& state_dir) try {
    const auto text = read_file(path_in(state_dir));
    if (!text) return std::nullopt;
    const auto document = nlohmann::json::parse(*text);
    if (document.at("schema") != schema) return std::nullopt;
    const auto pause = postgres::parse_pause(document.at("pause").dump());
    return pause ? std::optional(pause->since) : std::nullopt;
} catch (const nlohmann::json::exception&) {
    return std::nullopt;
}

Result<void> write_resumed(const std::string& state_dir, const Pause& pause) {
    const nlohmann::ordered_json document{{"schema", schema},
                                          {"pause", nlohmann::ordered_json::parse(postgres::pause_text(pause))}};
    return write_durably(path_in(state_dir), document.dump(2) + "\n");
}

}  // namespace pgcm::loop
