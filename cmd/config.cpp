#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <iostream>

#include "config/adopt.hpp"
#include "config/check.hpp"
#include "config/import.hpp"
#include "config/load.hpp"
#include "config/lookup.hpp"
#include "config/show.hpp"
#include "exit.hpp"
#include "options.hpp"
#include "report/findings.hpp"

namespace pgcm::cmd {
namespace {

Result<int> check(const Options& options) {
    const auto config = options.configuration();
    if (!config) return fail(config.error());
    const auto findings = config::check(*config);
    const auto printed =
        print(options.for_people() ? report::findings_text(config->path, findings, options.style())
                                   : report::findings_json(config->path, findings, report::Layout::indented));
    if (!printed) return fail(printed.error());
    for (const auto& finding : findings)
        if (finding.severity == Severity::critical) return usage;
    return done;
}

Result<int> show(const Options& options) {
    const auto config = options.configuration();
    if (!config) return fail(config.error());
    const auto printed = print(options.json ? config::show_json(*config) : config::show(*config));
    if (!printed) return fail(printed.error());
    return done;
}

Result<int> import(const std::string& path, const Options& options) {
    const auto text = read_input(path);
    if (!text) return fail(text.error());
    const auto imported = config::import_ini(*text, path);
    if (!imported) return fail(imported.error());
    if (!options.quiet)
        for (const auto& warning : imported->warnings) std::cerr << "pgcm: warning: " << warning << "\n";
    const auto printed = print(imported->toml);
    if (!printed) return fail(printed.error());
    return done;
}

// Asks the local server, and the primary by the same means.
Result<int> init(const std::string& conninfo, const Options& options) {
    const auto local = postgres::Conninfo::parse(conninfo);
    if (!local) return fail(local.error());
    const auto timeout = options.deadline(std::chrono::seconds{5});
    if (!timeout) return fail(timeout.error());
    boost::asio::io_context io{1};
    postgres::Resolver resolver;
    std::optional<Result<config::Found>> found;
    boost::asio::co_spawn(io, config::look_around(resolver, *local, config::circumstances().hostname, *timeout),
                          [&](const std::exception_ptr& bug, Result<config::Found> answer) {
                              if (bug) std::rethrow_exception(bug);
                              found = std::move(answer);
                          });
    io.run();
    if (!*found) return fail(found->error());
    if (!options.quiet)
        for (const auto& gap : (*found)->gaps) std::cerr << "pgcm: not found: " << gap << "\n";
    const auto printed = print(config::adoption(**found));
    if (!printed) return fail(printed.error());
    return done;
}

}  // namespace

Command add_config(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("config", "Check, show, import or begin the configuration");
    auto* checks = command->add_subcommand("check", "Validate the file and what it names on this host");
    auto* shows = command->add_subcommand("show", "Print the effective configuration, secrets masked");
    auto* imports = command->add_subcommand("import", "Print a pgClusterMonitor config.ini as TOML");
    auto* inits = command->add_subcommand("init", "Print a configuration for the cluster that already runs");
    for (auto* part : {checks, shows, imports, inits}) part->fallthrough();
    auto conninfo = std::make_shared<std::string>();
    inits->add_option("CONNINFO", *conninfo, "How to reach the local server; libpq's defaults hold")->type_name("");
    auto path = std::make_shared<std::string>();
    imports->add_option("FILE", *path, "The config.ini; - is standard input")->required()->type_name("");
    return {command, [=, &options]() -> Result<int> {
                if (checks->parsed()) return check(options);
                if (shows->parsed()) return show(options);
                if (imports->parsed()) return import(*path, options);
                if (inits->parsed()) return init(*conninfo, options);
                return fail(ErrorCode::usage, "pgcm config needs to know what to do",
                            "pgcm config check, pgcm config show, pgcm config import FILE, or pgcm config init");
            }};
}

}  // namespace pgcm::cmd
