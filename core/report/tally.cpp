#include "report/tally.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/units.hpp"

namespace pgcm::report {
namespace {

VoterRow row_of(const Observation& voter, bool witness, milliseconds ttl) {
    VoterRow row{voter.node, witness, voter.reach, false, "", "", "", ""};
    if (voter.reach != Reach::accepting || !voter.vote) return row;
    const auto& vote = *voter.vote;
    row.stranger = vote.stranger;
    row.vote = vote.holder ? printable(vote.holder->str()) : vote.stranger ? "a stranger" : "free";
    if (!vote.holder) return row;
    if (vote.term > 0) row.term = std::to_string(vote.term);
    if (!vote.silent) return row;
    row.silent = duration(*vote.silent);
    row.lasts = *vote.silent < ttl ? duration(ttl - *vote.silent) : "over";
    return row;
}

}  // namespace

Tally tally(const View& view, std::size_t voters) {
    Tally tally;
    tally.voters = static_cast<int>(voters);
    tally.needed = majority_of(voters);
    int seen = 0;
    const auto count = [&](const Observation& voter) {
        if (voter.reach != Reach::accepting || !voter.vote) return;
        ++seen;
        if (voter.vote->holder)
            ++tally.held[*voter.vote->holder];
        else
            ++(voter.vote->stranger ? tally.strangers : tally.free);
    };
    for (const auto& node : view.nodes) count(node);
    for (const auto& witness : view.witnesses) count(witness);
    tally.unknown = std::max(tally.voters - seen, 0);
    return tally;
}

std::optional<NodeName> holder_of(const Tally& tally) {
    for (const auto& [node, votes] : tally.held)
        if (votes >= tally.needed) return node;
    return std::nullopt;
}

std::string words(const Tally& tally) {
    if (const auto holder = holder_of(tally))
        return fmt::format("{} holds {} of {} votes, {} needed", printable(holder->str()), tally.held.at(*holder),
                           tally.voters, tally.needed);
    std::string parts;
    const auto add = [&](std::string_view who, int votes) {
        if (votes > 0) parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", who, votes);
    };
    for (const auto& [node, votes] : tally.held) add(printable(node.str()), votes);
    add("strangers", tally.strangers);
    add("free", tally.free);
    add("unknown", tally.unknown);
    return fmt::format("nobody holds a majority: {}; {} of {} needed", parts, tally.needed, tally.voters);
}

std::vector<VoterRow> voter_rows(const View& view, milliseconds ttl) {
    std::vector<VoterRow> rows;
    for (const auto& node : view.nodes) rows.push_back(row_of(node, false, ttl));
    for (const auto& witness : view.witnesses) rows.push_back(row_of(witness, true, ttl));
    return rows;
}

}  // namespace pgcm::report
