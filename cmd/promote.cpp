#include "change.hpp"

namespace pgcm::cmd {

Command add_promote(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("promote", "Make the local standby primary, after the safety rules");
    auto change = std::make_shared<ChangeOptions>();
    auto force = std::make_shared<bool>(false);
    auto* force_flag = command->add_flag("--force", *force, "Override the rules that speak against it; they are named");
    auto why = std::make_shared<std::string>();
    command->add_option("--why", *why, "Why it is forced, for the journal")->type_name("TEXT")->needs(force_flag);
    change->add_to(*command, true);
    return {command, [=, &options] {
                loop::Request request{.kind = ActionKind::promote};
                request.force = *force;
                request.why = *why;
                request.agree = [&](const std::string& plan) { return change->confirm(options, plan); };
                return carry_out(std::move(request), std::nullopt, *change, options);
            }};
}

}  // namespace pgcm::cmd
