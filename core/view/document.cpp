#include "view/document.hpp"

#include "view/document_json.hpp"
#include "view/record.hpp"

namespace pgcm::view {
// Not in the unnamed namespace: the templates of document_json.hpp find read() through Place.
static void read(const Place& in, Record& out) {
    in.optional("event", out.event);
    in.required("jitter", out.jitter);
    in.document("view", view_schema, out.view);
    in.document("state", state_schema, out.state);
    in.document("policy", policy_schema, out.policy);
    in.document("decision", decision_schema, out.decision);
}

std::string write_view(const View& view, Layout layout) {
    return print(document_of(view), layout);
}

std::string write_state(const State& state, BootTime at, Layout layout) {
    return print(document_of(state, at), layout);
}

std::string write_policy(const Policy& policy, Layout layout) {
    return print(document_of(policy), layout);
}

std::string write_decision(const Decision& decision, BootTime at, Layout layout) {
    return print(document_of(decision, at), layout);
}

std::string write_record(const Record& record) {
    const BootTime at = record.view.at;
    const Json document{{"schema", record_schema},
                        {"event", text_or_null(record.event)},
                        {"jitter", record.jitter},
                        {"view", document_of(record.view)},
                        {"state", document_of(record.state, at)},
                        {"policy", document_of(record.policy)},
                        {"decision", document_of(record.decision, at)}};
    return print(document, Layout::line);
}

Result<View> read_view(std::string_view text) {
    return read_document<View>(text, view_schema, document_at);
}

Result<State> read_state(std::string_view text, BootTime at) {
    return read_document<State>(text, state_schema, at);
}

Result<Policy> read_policy(std::string_view text) {
    return read_document<Policy>(text, policy_schema, document_at);
}

Result<Decision> read_decision(std::string_view text, BootTime at) {
    return read_document<Decision>(text, decision_schema, at);
}

Result<Record> read_record(std::string_view line) {
    return read_document<Record>(line, record_schema, document_at);
}

}  // namespace pgcm::view
