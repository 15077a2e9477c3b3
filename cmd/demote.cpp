#include "change.hpp"

namespace pgcm::cmd {

Command add_demote(CLI::App& app, Options& options) {
    auto* command =
        app.add_subcommand("demote", "Rebuild the local server, mostly a second primary, as a standby of the primary");
    auto change = std::make_shared<ChangeOptions>();
    auto to = std::make_shared<std::optional<std::string>>();
    auto method = std::make_shared<act::Method>(act::Method::automatic);
    command->add_option("--to", *to, "The accepting primary to follow; may be left out where there is one")
        ->type_name("NODE");
    add_choice<act::Method>(
        *command, "--method", *method,
        {{"auto", act::Method::automatic}, {"rewind", act::Method::rewind}, {"basebackup", act::Method::basebackup}},
        "auto (pg_rewind, then pg_basebackup), rewind or basebackup")
        ->type_name("METHOD");
    change->add_to(*command, true);
    return {command, [=, &options] {
                loop::Request request{.kind = ActionKind::rejoin};
                request.method = *method;
                request.agree = [&](const std::string& plan) { return change->confirm(options, plan); };
                return carry_out(std::move(request), *to, *change, options);
            }};
}

}  // namespace pgcm::cmd
