#include <algorithm>
#include <iostream>

#include "config/check.hpp"
#include "config/import.hpp"
#include "config/load.hpp"
#include "config/show.hpp"
#include "exit.hpp"
#include "loop/checkup.hpp"
#include "options.hpp"
#include "report/findings.hpp"
#include "report/symptoms.hpp"

namespace pgcm::cmd {
namespace {

Result<int> check(bool offline, const Options& options) {
    const auto config = options.configuration_to_look();
    if (!config) return fail(config.error());
    auto findings = config::check(*config);
    if (!offline)
        for (const auto& symptom : loop::check_up(*config, options.clock)) findings.push_back(report::told(symptom));
    std::stable_sort(findings.begin(), findings.end(),
                     [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
    const auto printed =
        print(options.for_people() ? report::findings_text(config->path, !offline, findings, options.style())
                                   : report::findings_json(config->path, !offline, findings, report::Layout::indented));
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

}  // namespace

Command add_config(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("config", "Check, show or import the configuration");
    auto* checks =
        command->add_subcommand("check", "Examine the file, this host and all servers, and tell what to mend");
    auto* shows = command->add_subcommand("show", "Print the effective configuration, secrets masked");
    auto* imports = command->add_subcommand("import", "Print a pgClusterMonitor config.ini as TOML");
    for (auto* part : {checks, shows, imports}) part->fallthrough();
    auto offline = std::make_shared<bool>(false);
    checks->add_flag("--offline", *offline, "Only the file and this host: no server is asked");
    auto path = std::make_shared<std::string>();
    imports->add_option("FILE", *path, "The config.ini; - is standard input")->required()->type_name("");
    return {command, [=, &options]() -> Result<int> {
                if (checks->parsed()) return check(*offline, options);
                if (shows->parsed()) return show(options);
                if (imports->parsed()) return import(*path, options);
                return fail(ErrorCode::usage, "pgcm config needs to know what to do",
                            "pgcm config check, pgcm config show, or pgcm config import FILE");
            }};
}

}  // namespace pgcm::cmd
