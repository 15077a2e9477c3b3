#include "saved_view.hpp"

#include <iostream>

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

bool is_of_a_journal(std::string_view schema) {
    return schema == view::record_schema || schema == view::deed_schema || schema == view::forced_schema ||
           schema == view::bundle_schema;
}

// Calls `take` with each line of the text, until it returns false.
template <class Take>
void each_line_of(std::string_view text, const Take& take) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (!take(text.substr(0, end))) return;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

// Its first line may be damaged.
bool is_journal(std::string_view text) {
    bool found = false;
    each_line_of(text, [&](std::string_view line) { return !(found = is_of_a_journal(view::schema_of(line))); });
    return found;
}

Result<Saved> read_journal(std::string_view text, const std::string& path, const Options& options) {
    Saved saved{true, {}};
    RecordReader reader(path, options);
    each_line_of(text, [&](std::string_view line) {
        if (auto record = reader.take(line)) saved.records.push_back(std::move(*record));
        return true;
    });
    if (saved.records.empty()) return fail(ErrorCode::usage, "there is no decision in it");
    return saved;
}

}  // namespace

RecordReader::RecordReader(const std::string& path, const Options& options)
    : path_(path == "-" ? "standard input" : path), quiet_(options.quiet) {}

std::optional<view::Record> RecordReader::take(std::string_view line) {
    ++line_;
    const auto schema = view::schema_of(line);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos ||
        (is_of_a_journal(schema) && schema != view::record_schema))
        return {};
    auto record = view::read_record(line);
    if (record) return std::move(*record);
    constexpr int enough = 3;
    if (!quiet_ && ++damaged_ <= enough)
        std::cerr << "pgcm: warning: line " << line_ << " of " << path_
                  << " is left out, for it is damaged: " << record.error().what
                  << (damaged_ < enough ? "\n" : "; more are not told of\n");
    return {};
}

Result<Saved> read_saved(const std::string& path, const Options& options) {
    const auto text = read_input(path);
    if (!text) return fail(text.error());
    if (is_journal(*text)) {
        auto saved = read_journal(*text, path, options);
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
