#include "model/lost_slot.hpp"

#include <algorithm>

namespace pgcm {

bool slot_is_lost(const Observation& standby, const Observation& primary, const Policy& policy) {
    const auto name = slot_name(policy.slot, standby.node);
    if (name.empty() || !primary.inventory) return false;
    const auto slots = primary.inventory->slots.value_or(std::vector<Slot>{});
    return std::any_of(slots.begin(), slots.end(),
                       [&](const Slot& slot) { return slot.name == name && slot.wal_status == "lost"; });
}

bool slot_is_missing(const Observation& standby, const Observation& primary, const Policy& policy) {
    const auto name = slot_name(policy.slot, standby.node);
    if (name.empty() || standby.primary_slot_name != name || !primary.inventory || !primary.inventory->slots)
        return false;
    const auto& slots = *primary.inventory->slots;
    return std::none_of(slots.begin(), slots.end(), [&](const Slot& slot) { return slot.name == name; });
}

}  // namespace pgcm
