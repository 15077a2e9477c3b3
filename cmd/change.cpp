#include "change.hpp"

#include <unistd.h>

#include <iostream>

#include "exit.hpp"
#include "report/operation.hpp"

namespace pgcm::cmd {

std::function<void(const Step&)> progress(const Options& options) {
    if (options.quiet) return {};
    const bool terminal = ::isatty(STDERR_FILENO) != 0;
    return [terminal, style = options.style()](const Step& step) {
        if (!terminal) {
            std::cerr << report::step_json(step) << "\n";
            return;
        }
        const bool goes_on = step.state == StepState::running;
        std::cerr << "\r\033[K" << report::step_text(step, style) << (goes_on ? "" : "\n") << std::flush;
    };
}

Result<std::optional<NodeName>> node_named(const std::optional<std::string>& text, const config::Config& config) {
    if (!text) return std::nullopt;
    const auto name = NodeName::make(*text);
    if (!name) return fail(name.error());
    if (config.find(*name) == nullptr)
        return fail(ErrorCode::usage, "--to: \"" + *text + "\" is not a node of " + config.path,
                    names_of(config, false));
    return *name;
}

Result<int> tell(const loop::Answer& answer, const Options& options) {
    const auto printed =
        print(options.for_people()
                  ? report::operation_text(answer.action, answer.report, answer.reasons, options.style())
                  : report::operation_json(answer.action, answer.report, answer.reasons, report::Layout::indented));
    if (!printed) return fail(printed.error());
    return done;
}

Result<int> carry_out(loop::Request request, const std::optional<std::string>& to, const ChangeOptions& change,
                      const Options& options) {
    auto config = options.configuration(true);
    if (!config) return fail(config.error());
    const auto timeout = options.deadline(config->command_timeout);
    if (!timeout) return fail(timeout.error());
    config->command_timeout = *timeout;
    const auto target = node_named(to, *config);
    if (!target) return fail(target.error());
    if (*target && *target == config->local)
        return fail(ErrorCode::usage, "--to: " + (*target)->str() + " is this node itself",
                    "name the primary that it is to follow, or leave --to out");
    request.to = *target;
    request.dry_run = change.dry_run;
    request.progress = progress(options);
    const auto answer = loop::by_hand(std::move(*config), request);
    if (!answer) return fail(answer.error());
    return tell(*answer, options);
}

}  // namespace pgcm::cmd
