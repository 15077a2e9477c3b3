#include "change.hpp"

namespace pgcm::cmd {

Command add_follow(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("follow", "Point the local standby at the primary");
    auto change = std::make_shared<ChangeOptions>();
    auto to = std::make_shared<std::optional<std::string>>();
    command->add_option("--to", *to, "The accepting primary to follow; may be left out where there is one")
        ->type_name("NODE");
    change->add_to(*command, false);
    return {command, [=, &options] { return carry_out({.kind = ActionKind::follow}, *to, *change, options); }};
}

}  // namespace pgcm::cmd
