#include <algorithm>

#include "loop/observer.hpp"
#include "options.hpp"
#include "report/human.hpp"
#include "view/document.hpp"

namespace pgcm::cmd {
namespace {

struct ProbeFlags {
    std::vector<std::string> nodes;
    bool inventory = false;
};

Result<std::vector<NodeName>> named(const ProbeFlags& flags, const config::Config& config) {
    std::vector<NodeName> names;
    for (const auto& text : flags.nodes) {
        const auto name = NodeName::make(text);
        if (!name) return fail(name.error());
        const bool witness = std::any_of(config.witnesses.begin(), config.witnesses.end(),
                                         [&](const config::Witness& one) { return one.name == *name; });
        if (!witness && config.find(*name) == nullptr)
            return fail(ErrorCode::usage, "\"" + text + "\" is neither a node nor a witness of " + config.path,
                        names_of(config, true));
        names.push_back(*name);
    }
    return names;
}

Result<int> run(const ProbeFlags& flags, const Options& options) {
    const auto config = options.configuration_to_look();
    if (!config) return fail(config.error());
    const auto nodes = named(flags, *config);
    if (!nodes) return fail(nodes.error());
    const auto view = loop::look_once(*config, options.clock, flags.inventory, *nodes);
    const auto printed = print(options.for_people() ? report::probe_table(view, config->policy, options.style())
                                                    : view::write_view(view, view::Layout::indented));
    if (!printed) return fail(printed.error());
    return 0;
}

}  // namespace

Command add_probe(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("probe", "Look at the nodes side by side and print what they show");
    auto flags = std::make_shared<ProbeFlags>();
    command->add_option("NODE", flags->nodes, "Only these nodes or witnesses")->type_name("");
    command->add_flag("-i,--inventory", flags->inventory, "Add the costly figures: database size, pg_wal, slots");
    return {command, [flags, &options] { return run(*flags, options); }};
}

}  // namespace pgcm::cmd
