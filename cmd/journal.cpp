#include "journal.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "config/units.hpp"
#include "loop/chronicle.hpp"

namespace pgcm::cmd {
namespace {

Error unreadable(const std::string& path) {
    return {ErrorCode::usage, "could not read " + path + ": " + std::strerror(errno),
            errno == EACCES ? "run it as the agent's user, e.g. sudo -u postgres pgcm history"
                            : "give a file, or - for standard input"};
}

}  // namespace

Result<void> each_line(const std::string& path, const TakeLine& take) {
    std::ifstream file;
    std::error_code ignored;
    if (path != "-") {
        if (std::filesystem::is_directory(path, ignored))
            return fail(ErrorCode::usage, "could not read " + path + ": it is a directory", "give the journal in it");
        file.open(path, std::ios::binary);
        if (!file) return fail(unreadable(path));
    }
    std::istream& input = path == "-" ? std::cin : file;
    for (std::string line; std::getline(input, line);) take(line, !input.eof());
    if (input.bad()) return fail(unreadable(path));
    return {};
}

Result<std::vector<std::string>> journal_files(const std::string& state_dir) {
    std::vector<std::string> files;
    for (const auto& path : {loop::older_journal_path(state_dir), loop::journal_path(state_dir)}) {
        std::error_code error;
        if (std::filesystem::exists(path, error))
            files.push_back(path);
        else if (error)
            return fail(ErrorCode::usage, "could not read " + path + ": " + error.message(),
                        "run it as the agent's user, e.g. sudo -u postgres pgcm history");
    }
    if (files.empty())
        return fail(ErrorCode::usage, "there is no journal in " + state_dir,
                    "pgcm watch writes it on each database server; --journal FILE reads one from elsewhere");
    return files;
}

Result<WallTime> moment_of(const std::string& text, WallTime now) {
    if (const auto ago = config::parse_duration(text)) return now - *ago;
    int y = 0, h = 0, m = 0, s = 0, end = 0;
    unsigned month = 0, d = 0;
    char between = 0;
    const int read = std::sscanf(text.c_str(), "%4d-%2u-%2u%n%c%2d:%2d%n:%2d%n", &y, &month, &d, &end, &between, &h, &m,
                                 &end, &s, &end);
    const std::chrono::year_month_day date{std::chrono::year{y}, std::chrono::month{month}, std::chrono::day{d}};
    const auto rest = text.substr(std::min(static_cast<std::size_t>(end), text.size()));
    const bool complete = read == 3 || ((read == 6 || read == 7) && (between == ' ' || between == 'T'));
    if (!complete || !date.ok() || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60 ||
        !(rest.empty() || rest == "Z"))
        return fail(ErrorCode::usage, "--since: \"" + text + "\" is neither a duration nor a time",
                    "write 2h, or 2026-11-26T17:01:00Z; times are UTC");
    return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{h} + std::chrono::minutes{m} +
           std::chrono::seconds{s};
}

}  // namespace pgcm::cmd
