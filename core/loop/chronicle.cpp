#include "loop/chronicle.hpp"

#include <filesystem>

namespace pgcm::loop {
namespace {

constexpr std::uintmax_t largest_journal = 16u << 20;

}  // namespace

std::string journal_path(const std::string& state_dir) {
    return state_dir + "/journal.ndjson";
}

std::string older_journal_path(const std::string& state_dir) {
    return journal_path(state_dir) + ".1";
}

Result<void> append_to_journal(const std::string& state_dir, const std::string& line) {
    const auto path = journal_path(state_dir);
    std::error_code ignored;
    if (std::filesystem::file_size(path, ignored) > largest_journal && !ignored)
        std::filesystem::rename(path, older_journal_path(state_dir), ignored);
    return append_line(path, line);
}

Chronicle::Chronicle(DiskWriter& disk, const Clock& clock, std::string state_dir)
    : disk_(disk), clock_(clock), state_dir_(std::move(state_dir)) {}

void Chronicle::decided(const view::Record& record) {
    if (!state_dir_.empty()) write(view::write_record(record));
}

void Chronicle::did(Deed deed) {
    if (state_dir_.empty()) return;
    deed.at = clock_.wall();
    write(view::write_deed(deed));
}

void Chronicle::write(std::string line) {
    disk_.submit([directory = state_dir_, line = std::move(line)] { (void)append_to_journal(directory, line); });
}

}  // namespace pgcm::loop
