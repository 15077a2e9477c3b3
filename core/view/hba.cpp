#include "view/hba.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace pgcm::view {
namespace {

enum class Match { no, maybe, yes };

Match both(Match a, Match b) {
    return std::min(a, b);
}

// 4 or 16 bytes; empty when it is no address.
std::vector<unsigned char> bytes_of(const std::string& text) {
    std::array<unsigned char, 16> buffer{};
    if (::inet_pton(AF_INET, text.c_str(), buffer.data()) == 1) return {buffer.begin(), buffer.begin() + 4};
    if (::inet_pton(AF_INET6, text.c_str(), buffer.data()) == 1) return {buffer.begin(), buffer.end()};
    return {};
}

Match address_matches(const HbaRule& rule, const std::string& address) {
    if (rule.address == "all") return Match::yes;
    const auto network = bytes_of(rule.address);
    if (network.empty()) return Match::maybe;  // a host name, samehost, samenet
    const auto mask = bytes_of(rule.netmask);
    const auto own = bytes_of(address);
    if (own.size() != network.size() || mask.size() != network.size()) return Match::no;
    for (std::size_t i = 0; i < own.size(); ++i)
        if ((own[i] & mask[i]) != (network[i] & mask[i])) return Match::no;
    return Match::yes;
}

Match user_matches(const HbaRule& rule, const std::string& user) {
    auto best = Match::no;
    for (const auto& name : rule.users) {
        if (name == "all" || name == user) return Match::yes;
        if (name.starts_with("+") || name.starts_with("/")) best = Match::maybe;
    }
    return best;
}

// "all" does not mean replication.
Match database_matches(const HbaRule& rule, const Caller& caller) {
    auto best = Match::no;
    const bool replication = caller.database == "replication";
    for (const auto& name : rule.databases) {
        if (name == "replication" && !replication) continue;
        if (name == caller.database || (name == "all" && !replication)) return Match::yes;
        if (name == "sameuser" && !replication && caller.database == caller.user) return Match::yes;
        if (!replication && (name == "samerole" || name == "samegroup" || name.starts_with("/"))) best = Match::maybe;
    }
    return best;
}

Match type_matches(const std::string& type) {
    if (type == "local") return Match::no;
    return type == "host" ? Match::yes : Match::maybe;
}

}  // namespace

std::optional<bool> admits(const std::vector<HbaRule>& rules, const Caller& caller) {
    bool may_admit = false;
    bool may_refuse = false;
    for (const auto& rule : rules) {
        const auto who = both(user_matches(rule, caller.user), database_matches(rule, caller));
        const auto match = both(both(type_matches(rule.type), address_matches(rule, caller.address)), who);
        if (match == Match::no) continue;
        const bool admits = rule.method != "reject";
        if (match == Match::yes) return (admits ? may_refuse : may_admit) ? std::nullopt : std::optional{admits};
        (admits ? may_admit : may_refuse) = true;
    }
    return may_admit ? std::nullopt : std::optional{false};
}

}  // namespace pgcm::view
