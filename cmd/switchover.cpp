#include "loop/switchover.hpp"

#include "change.hpp"

namespace pgcm::cmd {

Command add_switchover(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("switchover", "Make another node primary, by plan: nothing is lost");
    auto change = std::make_shared<ChangeOptions>();
    auto to = std::make_shared<std::optional<std::string>>();
    command->add_option("--to", *to, "The standby that takes over; the best one where it is left out")
        ->type_name("NODE");
    change->add_to(*command, true);
    return {command, [=, &options]() -> Result<int> {
                const auto config = options.configuration();
                if (!config) return fail(config.error());
                loop::SwitchoverOptions switchover;
                const auto lasts = options.deadline(switchover.lasts);
                if (!lasts) return fail(lasts.error());
                const auto target = node_named(*to, *config);
                if (!target) return fail(target.error());
                switchover.to = *target;
                switchover.lasts = *lasts;
                switchover.dry_run = change->dry_run;
                switchover.progress = progress(options);
                switchover.agree = [&](const std::string& plan) { return change->confirm(options, plan); };
                const auto answer = loop::switch_over(*config, switchover);
                if (!answer) return fail(answer.error());
                return tell(*answer, options);
            }};
}

}  // namespace pgcm::cmd
