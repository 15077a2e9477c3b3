#include "view/document_json.hpp"

namespace pgcm::view {

// Not in the unnamed namespace: the templates of document_json.hpp find read() through Place.
static void read(const Place& in, Deed& out) {
    in.required("time", out.at);
    in.required("node", out.node);
    in.optional("action", out.action);
    in.optional("step", out.step);
    in.required("state", out.state);
    in.optional("took_ms", out.took);
    in.optional("text", out.text);
    in.optional("user", out.user);
}

static void read(const Place& in, Forced& out) {
    in.required("time", out.at);
    in.required("node", out.node);
    in.optional("user", out.user);
    in.optional("why", out.why);
    in.optional("overridden", out.overridden);
}

Json value(const Copied& copied) {
    return {{"done_bytes", copied.done_bytes},
            {"total_bytes", copied.total_bytes},
            {"took_ms", value(copied.took)},
            {"at", value(copied.at)}};
}

void read(const Place& in, Copied& out) {
    in.required("done_bytes", out.done_bytes);
    in.required("total_bytes", out.total_bytes);
    in.required("took_ms", out.took);
    in.required("at", out.at);
}

Json value(const OperationFile& file) {
    return {{"operation", file.operation},     {"from", text_or_null(file.from)},     {"to", text_or_null(file.to)},
            {"step", text_or_null(file.step)}, {"method", text_or_null(file.method)}, {"started", value(file.started)},
            {"attempts", file.attempts},       {"why", text_or_null(file.why)},       {"copied", value(file.copied)}};
}

void read(const Place& in, OperationFile& out) {
    in.required("operation", out.operation);
    in.optional("from", out.from);
    in.optional("to", out.to);
    in.optional("step", out.step);
    in.optional("method", out.method);
    in.required("started", out.started);
    in.required("attempts", out.attempts);
    in.optional("why", out.why);
    in.optional("copied", out.copied);
}

std::string write_deed(const Deed& deed) {
    return print({{"schema", deed_schema},
                  {"time", value(deed.at)},
                  {"node", value(deed.node)},
                  {"action", text_or_null(deed.action)},
                  {"step", text_or_null(deed.step)},
                  {"state", value(deed.state)},
                  {"took_ms", value(deed.took)},
                  {"text", text_or_null(deed.text)},
                  {"user", text_or_null(deed.user)}},
                 Layout::line);
}

Result<Deed> read_deed(std::string_view line) {
    return read_document<Deed>(line, deed_schema, document_at);
}

std::string write_forced(const Forced& forced) {
    return print({{"schema", forced_schema},
                  {"time", value(forced.at)},
                  {"node", value(forced.node)},
                  {"user", forced.user},
                  {"why", text_or_null(forced.why)},
                  {"overridden", forced.overridden}},
                 Layout::line);
}

Result<Forced> read_forced(std::string_view line) {
    return read_document<Forced>(line, forced_schema, document_at);
}

std::string_view schema_of(std::string_view line) {
    constexpr std::string_view opening = R"({"schema":")";
    if (!line.starts_with(opening)) return {};
    line.remove_prefix(opening.size());
    return line.substr(0, std::min(line.find('"'), line.size()));
}

}  // namespace pgcm::view
