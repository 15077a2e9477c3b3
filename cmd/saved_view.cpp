#include "saved_view.hpp"

#include "view/document.hpp"
#include "view/record.hpp"

namespace pgcm::cmd {
namespace {

Policy policy_of(const View& view) {
    Policy policy;
    policy.cluster = view.cluster;
    policy.local = view.local;
    for (const auto& node : view.nodes) {
        auto& entry = policy.nodes.emplace_back();
        entry.name = node.node;
        entry.addresses = {{node.host, node.port}};
    }
    return policy;
}

Error in_file(const std::string& path, Error error) {
    if (error.hint.empty()) error.hint = "make one with pgcm probe, or take the journal of an agent's state directory";
    error.what = (path == "-" ? "standard input" : path) + ": " + error.what;
    return error;
}

Result<Saved> read_journal(const std::string& text) {
    Saved saved{true, {}};
    std::size_t number = 0;
    for (std::size_t from = 0; from < text.size();) {
        const auto end = std::min(text.find('\n', from), text.size());
        const auto line = text.substr(from, end - from);
        from = end + 1;
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        const auto schema = view::schema_of(line);
        if (schema == view::forced_schema || schema == view::deed_schema || schema == view::bundle_schema) continue;
        auto record = view::read_record(line);
        if (!record) {
            record.error().what = "line " + std::to_string(number) + ": " + record.error().what;
            return fail(record.error());
        }
        saved.records.push_back(std::move(*record));
    }
    if (saved.records.empty()) return fail(ErrorCode::usage, "there is no decision in it");
    return saved;
}

}  // namespace

Result<Saved> read_saved(const std::string& path, const Options& options) {
    const auto text = read_input(path);
    if (!text) return fail(text.error());
    const auto schema = view::schema_of(*text);
    if (schema == view::record_schema || schema == view::deed_schema || schema == view::forced_schema ||
        schema == view::bundle_schema) {
        auto saved = read_journal(*text);
        if (!saved) return fail(in_file(path, saved.error()));
        return saved;
    }
    const auto view = view::read_view(*text);
    if (!view) return fail(in_file(path, view.error()));
    const auto config = options.configuration();
    // Without any configuration the view must do; a wrong one is told.
    if (!config && options.config_file) return fail(config.error());
    auto policy = config && config->policy.cluster == view->cluster ? config->policy : policy_of(*view);
    return Saved{false, {{*view, {}, std::move(policy), 0, {}, {}}}};
}

}  // namespace pgcm::cmd
