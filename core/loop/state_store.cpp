#include "loop/state_store.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "loop/disk_writer.hpp"
#include "view/document.hpp"
#include "view/remember.hpp"

namespace pgcm::loop {
namespace {

using nlohmann::ordered_json;

// Ages in the document are against this moment, so that within one boot they come back as they were.
constexpr BootTime boot_began{};

std::string path_in(const std::string& directory) {
    return directory + "/state.json";
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
    State lost;
    lost.memory_lost = true;
    if (!text) return {lost, text.error().what};
    auto state = view::read_state(*text, boot_began);
    if (!state) return {lost, path_in(directory) + ": " + state.error().what};
    const auto document = ordered_json::parse(*text, nullptr, false);
    const auto written_in = document.find("boot_id");
    const bool same_boot = !boot.empty() && written_in != document.end() && *written_in == boot;
    state->operation.reset();
    // Each agent has its own first round with the voters. What an earlier one was granted is in the lease's own record;
    // one that never had a lease, and was gone since, says nothing of how long the server went without.
    state->unleased_since.reset();
    if (!same_boot) *state = view::durable_part(*state);
    return {std::move(*state), {}};
}

}  // namespace pgcm::loop
