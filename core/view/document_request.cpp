#include "view/document_json.hpp"

namespace pgcm::view {

Json value(const Pause& pause) {
    return {{"by", pause.by},
            {"why", text_or_null(pause.why)},
            {"since", value(pause.since)},
            {"until", value(pause.until)}};
}

void read(const Place& in, Pause& out) {
    in.required("by", out.by);
    in.optional("why", out.why);
    in.required("since", out.since);
    in.optional("until", out.until);
}

Json value(const SwitchoverRequest& request) {
    return {{"id", request.id},
            {"from", value(request.from)},
            {"to", value(request.to)},
            {"timeline", value(request.timeline)},
            {"by", request.by},
            {"at", value(request.at)},
            {"until", value(request.until)},
            {"declined", text_or_null(request.declined)}};
}

void read(const Place& in, SwitchoverRequest& out) {
    in.required("id", out.id);
    in.required("from", out.from);
    in.required("to", out.to);
    in.required("timeline", out.timeline);
    in.required("by", out.by);
    in.required("at", out.at);
    in.required("until", out.until);
    in.optional("declined", out.declined);
}

}  // namespace pgcm::view
