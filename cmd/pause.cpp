#include "loop/pause.hpp"
#include "change.hpp"
#include "config/units.hpp"

namespace pgcm::cmd {
namespace {

Result<int> ask(loop::PauseRequest request, const ChangeOptions& change, const Options& options) {
    auto config = options.configuration();
    if (!config) return fail(config.error());
    const auto timeout = options.deadline(config->command_timeout);
    if (!timeout) return fail(timeout.error());
    config->command_timeout = *timeout;
    request.dry_run = change.dry_run;
    const auto answer = loop::pause(std::move(*config), request);
    if (!answer) return fail(answer.error());
    return tell(*answer, options);
}

Result<std::optional<milliseconds>> duration_of(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    const auto parsed = config::parse_duration(*text);
    if (!parsed) return fail(ErrorCode::usage, "--for: " + parsed.error().what, parsed.error().hint);
    if (*parsed <= milliseconds{0}) return fail(ErrorCode::usage, "--for must be more than nothing");
    return *parsed;
}

}  // namespace

Command add_pause(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("pause", "Let no agent of the cluster start, stop, promote or demote anything");
    auto change = std::make_shared<ChangeOptions>();
    auto why = std::make_shared<std::string>();
    auto lasts = std::make_shared<std::optional<std::string>>();
    command->add_option("--why", *why, "Why, for everybody who looks")->type_name("TEXT");
    command->add_option("--for", *lasts, "After so long it is over by itself, e.g. 30m")->type_name("DURATION");
    change->add_to(*command, false);
    return {command, [=, &options]() -> Result<int> {
                const auto duration = duration_of(*lasts);
                if (!duration) return fail(duration.error());
                return ask({false, *why, *duration, false}, *change, options);
            }};
}

Command add_resume(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("resume", "End a pause");
    auto change = std::make_shared<ChangeOptions>();
    change->add_to(*command, false);
    return {command, [=, &options] { return ask({.ends = true}, *change, options); }};
}

}  // namespace pgcm::cmd
