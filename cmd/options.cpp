#include "options.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "config/load.hpp"
#include "config/lookup.hpp"
#include "config/units.hpp"

namespace pgcm::cmd {

bool Options::for_people() const {
    return table || (!json && ::isatty(STDOUT_FILENO) != 0);
}

report::Style Options::style() const {
    winsize size{};
    const bool terminal = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    const auto kind = config::environment("TERM").value_or("dumb");
    const bool colorful = terminal && kind != "dumb" && !config::environment("NO_COLOR");
    return {color == Color::automatic ? colorful : color == Color::always, terminal ? size.ws_col : 0};
}

Result<config::Config> Options::configuration(bool needs_local) const {
    const auto path = config::find_file(config_file);
    if (!path) return fail(path.error());
    auto config = config::load(*path);
    if (!config && config.error().hint.empty()) config.error().hint = "pgcm.toml(5) describes the file";
    if (config && needs_local && !config->local)
        return fail(ErrorCode::usage, config->path + ": cluster.local is not set, and this host's name is not a node's",
                    "set cluster.local, or $PGCM_NODE");
    return config;
}

Result<config::Config> Options::configuration_to_look() const {
    auto config = configuration();
    if (!config) return config;
    const auto patience = deadline(config->policy.probe_timeout);
    if (!patience) return fail(patience.error());
    config->policy.probe_timeout = *patience;
    return config;
}

Result<milliseconds> Options::deadline(milliseconds fallback) const {
    if (!timeout) return fallback;
    auto parsed = config::parse_duration(*timeout);
    if (!parsed) return fail(ErrorCode::usage, "--timeout: " + parsed.error().what, parsed.error().hint);
    if (*parsed <= milliseconds{0}) return fail(ErrorCode::usage, "--timeout must be more than nothing");
    return *parsed;
}

void ChangeOptions::add_to(CLI::App& command, bool asks) {
    command.add_flag("-n,--dry-run", dry_run, "Decide and report the same, but do nothing");
    if (asks) command.add_flag("-y,--yes", yes, "Do not ask");
}

Result<void> ChangeOptions::confirm(const Options& options, const std::string& plan) const {
    if (dry_run || yes) return {};
    if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0)
        return fail(ErrorCode::usage, "there is no terminal to ask at", "say --yes, or look first with --dry-run");
    if (!options.quiet) std::cerr << plan << "\n";
    std::cerr << "Go on? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer == "y" || answer == "Y" || answer == "yes") return {};
    return fail(ErrorCode::refused, "not confirmed; nothing was changed");
}

std::string names_of(const config::Config& config, bool witnesses) {
    std::string names;
    for (const auto& node : config.nodes) names += (names.empty() ? "" : ", ") + node.name.str();
    if (witnesses)
        for (const auto& witness : config.witnesses) names += ", " + witness.name.str();
    return "there are " + names;
}

Result<void> print(const std::string& text) {
    const std::string line = text.empty() || text.back() != '\n' ? text + "\n" : text;
    if (std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fflush(stdout) == 0) return {};
    return fail("could not write to standard output");
}

Result<std::string> read_input(const std::string& path) {
    std::ifstream file;
    if (path != "-") {
        file.open(path, std::ios::binary);
        if (!file)
            return fail(ErrorCode::usage, "could not read " + path + ": " + std::strerror(errno),
                        "give a file, or - for standard input");
    }
    std::istream& input = path == "-" ? std::cin : file;
    try {
        std::string text{std::istreambuf_iterator<char>(input), {}};
        if (!input.bad()) return text;
    } catch (const std::exception&) {  // a directory, or a device that refuses
    }
    return fail(ErrorCode::usage, "could not read " + path, "give a file, or - for standard input");
}

}  // namespace pgcm::cmd
