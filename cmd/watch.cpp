#include "config/load.hpp"
#include "loop/run.hpp"
#include "options.hpp"

namespace pgcm::cmd {
namespace {

loop::RunOptions run_options(const Options& options, const config::Config& config) {
    loop::RunOptions run;
    run.verbosity = options.quiet ? -1 : options.verbosity;
    run.reread = [path = config.path] { return config::load(path); };
    return run;
}

}  // namespace

Command add_watch(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("watch", "The service: look, decide and act in a loop, on each database server");
    auto once = std::make_shared<bool>(false);
    auto change = std::make_shared<ChangeOptions>();
    command->add_flag("--once", *once, "One turn, for cron and timers");
    change->add_to(*command, false);
    return {command, [=, &options]() -> Result<int> {
                const auto config = options.configuration(true);
                if (!config) return fail(config.error());
                auto run = run_options(options, *config);
                run.once = *once;
                run.dry_run = change->dry_run;
                return loop::run(*config, run);
            }};
}

Command add_serve(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("serve", "The HTTP side alone, read-only, for a host without a node");
    auto listen = std::make_shared<std::vector<std::string>>();
    command->add_option("--listen", *listen, "Listen here instead of [serve] listen; may be repeated")
        ->type_name("ADDRESS")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    return {command, [=, &options]() -> Result<int> {
                auto config = options.configuration();
                if (!config) return fail(config.error());
                if (!listen->empty()) config->serve.listen = *listen;
                auto run = run_options(options, *config);
                if (!listen->empty())
                    run.reread = [reread = run.reread, listen]() {
                        auto fresh = reread();
                        if (fresh) fresh->serve.listen = *listen;
                        return fresh;
                    };
                run.acts = false;
                run.tells = false;
                return loop::run(*config, run);
            }};
}

}  // namespace pgcm::cmd
