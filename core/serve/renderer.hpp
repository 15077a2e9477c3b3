#pragma once
// How the values of a snapshot become words and documents. The rooms that know that are none of HTTP's, so loop/ brings
// one; it is called on the server's thread, and only for what somebody asks for.
#include <optional>
#include <string>
#include <vector>

#include "model/alert.hpp"
#include "model/decision.hpp"
#include "model/figures.hpp"
#include "model/observation.hpp"
#include "model/operation.hpp"
#include "model/verdict.hpp"
#include "model/view.hpp"

namespace pgcm::serve {

struct Seen;

// One node as the page's table and health checks need it; texts are printable, an empty one is shown as a dash.
struct NodeRow {
    NodeName name;
    Role role = Role::unknown;
    std::string state;     // how it was reached, or what it does: "accepting", "refused"
    std::string timeline;  // "3"
    std::string lsn;       // "0/3000148"
    std::string lag;       // with its unit: "16 KiB"
    std::string sync;      // of pg_stat_replication: "sync", "quorum", "async", "catchup"
    std::string follows;   // "p1", "p1, not streaming"
    std::optional<std::uint64_t> lag_bytes;
    bool streaming = false;
};

// Every *_json is one JSON object on one line, without secrets.
class Renderer {
  public:
    virtual ~Renderer() = default;
    virtual std::string view_json(const View& view) const = 0;
    virtual std::string status_json(const Seen& seen, const std::string& view_json) const = 0;
    virtual std::string decision_json(const Seen& seen) const = 0;
    virtual std::string alerts_json(const Seen& seen) const = 0;
    virtual std::string step_json(const Step& step) const = 0;
    virtual std::string metrics(const Seen& seen, const Figures& figures) const = 0;
    virtual std::vector<NodeRow> rows(const View& view) const = 0;
    virtual std::string words(const Alert& alert) const = 0;
    virtual std::string words(const Reason& reason) const = 0;
    virtual std::string words(const Action& action) const = 0;
    virtual std::string words(Verdict verdict) const = 0;
    virtual std::string words(nanoseconds span) const = 0;
};

}  // namespace pgcm::serve
