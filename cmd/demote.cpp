#include "change.hpp"

namespace pgcm::cmd {

Command add_demote(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("demote", "Turn the local (second) primary into a standby of the other one");
    auto change = std::make_shared<ChangeOptions>();
    auto to = std::make_shared<std::optional<std::string>>();
    auto method = std::make_shared<act::Method>(act::Method::automatic);
    command->add_option("--to", *to, "The primary to follow, where more than one is in view")->type_name("NODE");
    const std::map<std::string, act::Method> methods{{"auto", act::Method::automatic},
                                                     {"rewind", act::Method::rewind},
                                                     {"basebackup", act::Method::basebackup}};
    command->add_option("--method", *method, "auto (pg_rewind, then pg_basebackup), rewind or basebackup")
        ->transform(CLI::CheckedTransformer(methods, CLI::ignore_case).description(""))
        ->option_text("METHOD");
    change->add_to(*command, true);
    return {command, [=, &options] {
                loop::Request request{.kind = ActionKind::rejoin};
                request.method = *method;
                request.agree = [&](const std::string& plan) { return change->confirm(options, plan); };
                return carry_out(std::move(request), *to, *change, options);
            }};
}

}  // namespace pgcm::cmd
