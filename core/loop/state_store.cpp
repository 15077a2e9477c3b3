#include "loop/state_store.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "loop/disk_writer.hpp"
#include "view/document.hpp"

namespace pgcm::loop {
namespace {

using nlohmann::ordered_json;

// Ages in the document are against this moment, so that within one boot they come back as they were.
constexpr BootTime boot_began{};
constexpr std::uint64_t segment = 16ull << 20;

std::string path_in(const std::string& directory) {
    return directory + "/state.json";
}

void forget_moments(State& state) {
    State kept;
    kept.last_primary = state.last_primary;
    kept.system_identifier = state.system_identifier;
    kept.last_timeline = state.last_timeline;
    kept.last_lsn = state.last_lsn;
    state = std::move(kept);
}

}  // namespace

Result<void> prepare_state_dir(const std::string& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (!std::filesystem::is_directory(directory))
        return fail("could not create the state directory " + directory + ": " + error.message(),
                    "create it for the user that runs pgcm, or set [state] dir");
    return {};
}

std::string state_document(const State& state, const std::string& boot) {
    auto document = ordered_json::parse(view::write_state(state, boot_began, view::Layout::line));
    document["boot_id"] = boot;
    return document.dump(2) + "\n";
}

Result<void> store_state(const std::string& directory, const std::string& document) {
    return write_durably(path_in(directory), document);
}

Remembered load_state(const std::string& directory, const std::string& boot) {
    std::error_code ignored;
    if (!std::filesystem::exists(path_in(directory), ignored)) return {};
    const auto text = read_file(path_in(directory));
    if (!text) return {{}, text.error().what};
    auto state = view::read_state(*text, boot_began);
    if (!state) return {{}, path_in(directory) + ": " + state.error().what};
    const auto document = ordered_json::parse(*text, nullptr, false);
    const auto written_in = document.find("boot_id");
    const bool same_boot = !boot.empty() && written_in != document.end() && *written_in == boot;
    state->operation.reset();
    if (!same_boot) forget_moments(*state);
    return {std::move(*state), {}};
}

bool worth_storing(const State& stored, const State& now) {
    return stored.last_primary != now.last_primary || stored.system_identifier != now.system_identifier ||
           stored.last_timeline != now.last_timeline ||
           bytes_between(stored.last_lsn.value_or(Lsn{}), now.last_lsn.value_or(Lsn{})) >= segment;
}

}  // namespace pgcm::loop
