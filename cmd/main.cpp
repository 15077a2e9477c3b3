// Dispatch: argv to a command, its result to an exit code.
#include <csignal>
#include <cstdio>

#include "exit.hpp"
#include "internal.hpp"
#include "misspelled.hpp"
#include "options.hpp"
#include "report/human.hpp"
#include "report/json.hpp"
#include "version.hpp"

namespace pgcm::cmd {
namespace {

void add_global_flags(CLI::App& app, Options& options) {
    app.add_option("-c,--config", options.config_file, "Configuration file")->type_name("FILE");
    app.add_flag("--json", options.json, "Print JSON, at a terminal too");
    app.add_flag("--table", options.table, "Print for people, in a pipe too");
    app.add_flag("-v,--verbose", options.verbosity, "Say more on standard error; twice: still more");
    app.add_flag("-q,--quiet", options.quiet, "Say nothing on standard error but errors");
    add_choice<Color>(app, "--color", options.color,
                      {{"auto", Color::automatic}, {"always", Color::always}, {"never", Color::never}},
                      "Colour: auto, always or never")
        ->type_name("WHEN");
    app.add_option("--timeout", options.timeout, "Longest wait for a node, or for a step of a change, e.g. 30s")
        ->type_name("DURATION");
}

int report(const Error& error, const Options& options) {
    if (options.json && !options.table) {
        std::fputs((report::error_json(error, report::Layout::line) + "\n").c_str(), stderr);
    } else {
        std::fputs(report::error_text(error, {}).c_str(), stderr);
    }
    return exit_of(error.code);
}

// The command line was wrong, or --help or --version was asked for.
int end_of_parsing(const CLI::App& app, const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return report(misspelled(app, error), {});
}

int run(int argc, char** argv) {
    CLI::App app{"Automatic failover for PostgreSQL streaming replication", "pgcm"};
    app.set_version_flag("-V,--version", version_text, "Print the version and those of the libraries, and exit");
    app.require_subcommand(0, 1);
    app.fallthrough();
    app.get_formatter()->column_width(36);
    app.footer("The flags of pgcm --help go with every command. Exit codes and all else: pgcm(1).");
    Options options;
    add_global_flags(app, options);
    const std::vector<Command> commands = {
        add_probe(app, options),        add_status(app, options),  add_elect(app, options),
        add_promote(app, options),      add_demote(app, options),  add_follow(app, options),
        add_switchover(app, options),   add_pause(app, options),   add_resume(app, options),
        add_sync_standby(app, options), add_watch(app, options),   add_serve(app, options),
        add_config(app, options),       add_history(app, options),
    };
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return end_of_parsing(app, error);
    }
    if (options.json && options.table)
        return report({ErrorCode::usage, "--json and --table contradict each other", "give one of them"}, {});
    for (const auto& command : commands) {
        if (!command.app->parsed()) continue;
        const auto code = command.run();
        return code ? *code : report(code.error(), options);
    }
    return report({ErrorCode::usage, "no command is given", "pgcm --help lists the commands"}, {});
}

}  // namespace
}  // namespace pgcm::cmd

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    // The binary calls itself for what must be done in a child with a deadline; that is no command for people.
    if (const auto code = pgcm::cmd::run_internal(argc, argv)) return *code;
    return pgcm::cmd::run(argc, argv);
}
