#include "decide/conflict.hpp"

#include <algorithm>

namespace pgcm::decide {
namespace {

std::optional<std::uint64_t> size_of(const Observation& node) {
    return node.inventory ? node.inventory->database_bytes : std::nullopt;
}

// Keeps those with the greatest figure; false when one of several is unknown, for then nobody knows the greatest.
template <class Figure>
bool keep_greatest(std::vector<const Observation*>& nodes, Figure figure) {
    if (nodes.size() < 2) return true;
    for (const auto* node : nodes)
        if (!figure(*node)) return false;
    const auto greatest = figure(**std::max_element(
        nodes.begin(), nodes.end(), [&](const auto* a, const auto* b) { return figure(*a) < figure(*b); }));
    std::erase_if(nodes, [&](const auto* node) { return figure(*node) != greatest; });
    return true;
}

}  // namespace

std::optional<NodeName> keeper(const std::vector<const Observation*>& primaries, const Policy& policy) {
    if (policy.keep == ConflictKeep::manual || primaries.empty()) return std::nullopt;
    auto left = primaries;
    if (policy.keep == ConflictKeep::timeline &&
        !keep_greatest(left, [](const Observation& node) { return node.timeline; }))
        return std::nullopt;
    if (!keep_greatest(left, size_of)) return std::nullopt;
    for (const auto& node : policy.nodes)
        for (const auto* primary : left)
            if (primary->node == node.name) return node.name;
    return std::nullopt;
}

}  // namespace pgcm::decide
