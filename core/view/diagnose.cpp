#include "view/diagnose.hpp"

#include <algorithm>
#include <charconv>

#include "view/assess_votes.hpp"
#include "view/ward.hpp"

namespace pgcm::view {
namespace {

bool has(const std::vector<RejoinMethod>& methods, RejoinMethod method) {
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

bool is_local(const std::string& host) {
    return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" || host == "::1" ||
           host.starts_with("127.");
}

// listen_addresses names nothing that another host could reach.
bool listens_locally(const std::string& addresses) {
    for (std::size_t at = 0; at < addresses.size();) {
        const auto end = std::min(addresses.find(',', at), addresses.size());
        auto word = addresses.substr(at, end - at);
        std::erase(word, ' ');
        if (!is_local(word)) return false;
        at = end + 1;
    }
    return true;
}

void look_at_silence(Ward& ward) {
    for (const auto* voters : {&ward.view.nodes, &ward.view.witnesses})
        for (const auto& voter : *voters)
            if (voter.reach != Reach::accepting)
                ward.raise(FindingCode::unreachable, Severity::critical, voter.node, facts_of_silence(voter));
}

void look_at_identity(Ward& ward, const Observation& node, const std::optional<std::uint64_t>& system) {
    if (other_system(node, system))
        ward.raise(
            FindingCode::system_differs, Severity::critical, node.node,
            {{"system_identifier", std::to_string(*node.system_identifier)}, {"expected", std::to_string(*system)}});
    const auto* model = ward.primary != nullptr ? ward.primary : &ward.view.nodes.front();
    constexpr int major = 10000;
    if (node.server_version && model->server_version && *node.server_version / major != *model->server_version / major)
        ward.raise(FindingCode::version_differs, Severity::critical, node.node,
                   {{"version", std::int64_t{*node.server_version / major}},
                    {"expected", std::int64_t{*model->server_version / major}}});
}

void look_at_clock(Ward& ward, const Observation& voter) {
    if (!voter.clock_skew || std::chrono::abs(*voter.clock_skew) < ward.limits.clock_skew) return;
    ward.raise(FindingCode::clock_skew, Severity::warning, voter.node,
               {{"skew_ms", std::int64_t{voter.clock_skew->count()}}});
}

// Advisory locks belong to one database (LESSONS 26).
void look_at_databases(Ward& ward) {
    const Examination* first = nullptr;
    for (const auto& server : ward.checkup.servers) {
        if (server.database.empty()) continue;
        if (first == nullptr) first = &server;
        if (server.database == first->database) continue;
        const bool votes = ward.policy.quorum == Quorum::majority;
        ward.raise(FindingCode::database_differs, votes ? Severity::critical : Severity::warning, server.node,
                   {{"database", server.database}, {"expected", first->database}, {"there", first->node.str()}});
    }
}

void look_at_addresses(Ward& ward, const Examination& server) {
    const auto* listens = server.setting("listen_addresses");
    const auto* node = ward.policy.find(server.node);
    if (listens == nullptr || node == nullptr || !listens_locally(*listens)) return;
    for (const auto& address : node->addresses)
        if (!is_local(address.host))
            return ward.raise(FindingCode::listens_locally, Severity::critical, server.node,
                              {{"value", *listens}, {"address", address.host}});
}

}  // namespace

bool Ward::rewinds() const {
    return has(server.methods, RejoinMethod::rewind) && server.commands.rewind.empty();
}

bool Ward::clones() const {
    return has(server.methods, RejoinMethod::basebackup) && server.commands.basebackup.empty();
}

Severity Ward::barred(RejoinMethod method) const {
    const auto other = method == RejoinMethod::rewind ? RejoinMethod::basebackup : RejoinMethod::rewind;
    return has(server.methods, other) ? Severity::warning : Severity::critical;
}

std::optional<std::int64_t> number(const Examination& server, const std::string& setting) {
    const auto* text = server.setting(setting);
    if (text == nullptr) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
    return value;
}

bool is(const Examination& server, const std::string& setting, std::string_view value) {
    const auto* text = server.setting(setting);
    return text != nullptr && *text == value;
}

void look_at_answers(Ward& ward) {
    look_at_silence(ward);
    const auto system = cluster_system(ward.view);
    for (const auto& node : ward.view.nodes) {
        if (node.reach != Reach::accepting) continue;
        look_at_identity(ward, node, system);
        look_at_clock(ward, node);
    }
    for (const auto& witness : ward.view.witnesses)
        if (witness.reach == Reach::accepting) look_at_clock(ward, witness);
    look_at_databases(ward);
    if (ward.checkup.host && !ward.checkup.host->trouble.empty())
        ward.raise(FindingCode::examination_failed, Severity::warning, ward.view.local,
                   {{"message", ward.checkup.host->trouble}});
    for (const auto& server : ward.checkup.servers) {
        if (!server.trouble.empty())
            ward.raise(FindingCode::examination_failed, Severity::warning, server.node, {{"message", server.trouble}});
        look_at_addresses(ward, server);
    }
}

Symptoms diagnose(const View& view, const Checkup& checkup, const Policy& policy, const ServerSettings& server,
                  const Thresholds& thresholds) {
    Ward ward{view, checkup, policy, server, thresholds, nullptr, nullptr, {}};
    const auto serving = primaries(view, cluster_system(view));
    if (serving.size() == 1) ward.primary = serving.front();
    for (const auto& one : checkup.servers) {
        if (one.witness || !one.grants) continue;
        if (ward.reference == nullptr || ward.serves(one.node)) ward.reference = &one;
    }
    look_at_answers(ward);
    look_at_replication(ward);
    look_at_slots(ward);
    look_at_rejoin(ward);
    look_at_role(ward);
    look_at_promises(ward);
    std::stable_sort(ward.found.begin(), ward.found.end(),
                     [](const Symptom& a, const Symptom& b) { return a.severity > b.severity; });
    return std::move(ward.found);
}

}  // namespace pgcm::view
