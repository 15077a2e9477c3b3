// Dispatch: argv to a command, its result to an exit code.
#include <csignal>
#include <cstdio>
#include <fmt/format.h>

#include "exit.hpp"
#include "internal.hpp"
#include "options.hpp"
#include "report/human.hpp"
#include "report/json.hpp"

namespace pgcm::cmd {
namespace {

void add_global_flags(CLI::App& app, Options& options) {
    app.add_option("-c,--config", options.config_file, "Configuration file")->type_name("FILE");
    auto* json = app.add_flag("--json", options.json, "Print JSON, at a terminal too");
    app.add_flag("--table", options.table, "Print for people, in a pipe too")->excludes(json);
    app.add_flag("-v,--verbose", options.verbosity, "Say more on standard error; twice: still more");
    app.add_flag("-q,--quiet", options.quiet, "Say nothing on standard error but errors");
    const std::map<std::string, Color> colors{
        {"auto", Color::automatic}, {"always", Color::always}, {"never", Color::never}};
    app.add_option("--color", options.color, "Colour: auto, always or never")
        ->transform(CLI::CheckedTransformer(colors, CLI::ignore_case).description(""))
        ->type_name("WHEN")
        ->option_text("WHEN");
    app.add_option("--timeout", options.timeout, "Give up after this long, e.g. 30s")->type_name("DURATION");
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
    const CLI::App* command = &app;
    while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
    std::string name;
    for (const auto* at = command; at != nullptr; at = at->get_parent())
        name = at->get_name() + (name.empty() ? "" : " ") + name;
    std::fputs(fmt::format("pgcm: {}\n  hint: {} --help tells what it takes\n", error.what(), name).c_str(), stderr);
    return usage;
}

int run(int argc, char** argv) {
    CLI::App app{"Automatic failover for PostgreSQL streaming replication", "pgcm"};
    app.set_version_flag("-V,--version", "pgcm " PGCM_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.get_formatter()->column_width(36);
    app.footer("Each command explains itself: pgcm COMMAND --help. The manual is pgcm(1).");
    Options options;
    add_global_flags(app, options);
    const std::vector<Command> commands = {
        add_probe(app, options),  add_status(app, options), add_elect(app, options),        add_promote(app, options),
        add_demote(app, options), add_follow(app, options), add_sync_standby(app, options), add_watch(app, options),
        add_serve(app, options),  add_config(app, options),
    };
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return end_of_parsing(app, error);
    }
    for (const auto& command : commands) {
        if (!command.app->parsed()) continue;
        const auto code = command.run();
        return code ? *code : report(code.error(), options);
    }
    return usage;
}

}  // namespace
}  // namespace pgcm::cmd

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    // The binary calls itself for what must be done in a child with a deadline; that is no command for people.
    if (const auto code = pgcm::cmd::run_internal(argc, argv)) return *code;
    return pgcm::cmd::run(argc, argv);
}
