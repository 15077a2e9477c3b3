#pragma once
// What the parts of diagnose() share; private to them.
#include <cstdint>
#include <optional>
#include <string>

#include "view/diagnose.hpp"

namespace pgcm::view {

struct Ward {
    const View& view;
    const Checkup& checkup;
    const Policy& policy;
    const ServerSettings& server;
    const Thresholds& limits;
    const Observation* primary;    // the only one, or null
    const Examination* reference;  // where roles and databases are looked at: the primary's, else the first node's
    Symptoms found;

    void raise(FindingCode code, Severity severity, std::optional<NodeName> node = {}, Facts facts = {}) {
        found.push_back({code, severity, std::move(node), std::move(facts)});
    }
    int standbys() const { return static_cast<int>(policy.nodes.size()) - 1; }
    // Whether pgcm itself would run the tool.
    bool rewinds() const;
    bool clones() const;
    // What it means that one of the two ways to rejoin is barred.
    Severity barred(RejoinMethod method) const;
    bool serves(const NodeName& node) const { return primary != nullptr && primary->node == node; }
};

// A setting that is a number, in the unit of pg_settings; empty when it is not known.
std::optional<std::int64_t> number(const Examination& server, const std::string& setting);
// Whether it is known and is this.
bool is(const Examination& server, const std::string& setting, std::string_view value);

void look_at_answers(Ward& ward);      // who answers, and as what
void look_at_replication(Ward& ward);  // whether standbys can stream
void look_at_slots(Ward& ward);
void look_at_rejoin(Ward& ward);
void look_at_role(Ward& ward);
void look_at_promises(Ward& ward);  // durability and availability

}  // namespace pgcm::view
