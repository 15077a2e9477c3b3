#pragma once
// What every command takes, and how a command is made known to main.
#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "loop/clock.hpp"
#include "model/error.hpp"
#include "report/table.hpp"

namespace pgcm::cmd {

enum class Color { automatic, always, never };

struct Options {
    std::optional<std::string> config_file;
    bool json = false;
    bool table = false;
    int verbosity = 0;
    bool quiet = false;
    Color color = Color::automatic;
    std::optional<std::string> timeout;
    loop::SystemClock clock;

    // A table for people: --table, or a terminal without --json.
    bool for_people() const;
    report::Style style() const;  // colour and width of the terminal
    // Reads the configuration; the local node must be known where `needs_local`.
    Result<config::Config> configuration(bool needs_local = false) const;
    // The same for commands that only look: --timeout stands for probe_timeout.
    Result<config::Config> configuration_to_look() const;
    // --timeout, else the fallback. Error: usage.
    Result<milliseconds> deadline(milliseconds fallback) const;
};

// Only commands that change something have these.
struct ChangeOptions {
    bool dry_run = false;
    bool yes = false;

    void add_to(CLI::App& command, bool asks);
    // At a terminal shows the plan and asks; elsewhere --yes must be there. Error: usage or refused.
    Result<void> confirm(const Options& options, const std::string& plan) const;
};

using Run = std::function<Result<int>()>;  // the exit code
struct Command {
    CLI::App* app;
    Run run;
};

Command add_probe(CLI::App& app, Options& options);
Command add_status(CLI::App& app, Options& options);
Command add_elect(CLI::App& app, Options& options);
Command add_promote(CLI::App& app, Options& options);
Command add_demote(CLI::App& app, Options& options);
Command add_follow(CLI::App& app, Options& options);
Command add_sync_standby(CLI::App& app, Options& options);
Command add_watch(CLI::App& app, Options& options);
Command add_serve(CLI::App& app, Options& options);
Command add_config(CLI::App& app, Options& options);
Command add_history(CLI::App& app, Options& options);

// "there are p1, p2": for a hint.
std::string names_of(const config::Config& config, bool witnesses);

// An option that takes one of a few words; any other is an error that lists them.
template <class E>
CLI::Option* add_choice(CLI::App& command, const std::string& flags, E& value,
                        const std::vector<std::pair<std::string, E>>& words, const std::string& help) {
    return command.add_option_function<std::string>(
        flags,
        [&value, words, flags](const std::string& given) {
            std::string known;
            for (const auto& [word, meaning] : words) {
                if (word == given) {
                    value = meaning;
                    return;
                }
                known += (known.empty() ? "" : ", ") + word;
            }
            throw CLI::ValidationError(flags, "\"" + given + "\" is none of " + known);
        },
        help);
}

// Standard output, complete or not at all: an error when it cannot be written.
Result<void> print(const std::string& text);
// A file, or standard input for "-". Error: usage, naming it.
Result<std::string> read_input(const std::string& path);

}  // namespace pgcm::cmd
