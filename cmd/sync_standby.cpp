#include "change.hpp"

namespace pgcm::cmd {

Command add_sync_standby(CLI::App& app, Options& options) {
    auto* command =
        app.add_subcommand("sync-standby", "Compute synchronous_standby_names for the local primary and set it");
    auto change = std::make_shared<ChangeOptions>();
    change->add_to(*command, false);
    return {command,
            [=, &options] { return carry_out({.kind = ActionKind::set_sync_names}, std::nullopt, *change, options); }};
}

}  // namespace pgcm::cmd
