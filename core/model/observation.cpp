#include "model/observation.hpp"

#include <algorithm>

namespace pgcm {

std::optional<Lsn> position(const Observation& node) {
    if (node.role == Role::primary) return node.written;
    if (!node.received) return node.replayed;
    if (!node.replayed) return node.received;
    return std::max(*node.received, *node.replayed);
}

}  // namespace pgcm
