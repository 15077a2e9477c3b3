#include "serve/truth.hpp"

#include <algorithm>

namespace pgcm::serve {

const Observation* Truth::local() const {
    if (!fresh() || !snapshot_->seen().view.local) return nullptr;
    const auto& seen = snapshot_->seen();
    const auto* node = seen.view.find(*seen.view.local);
    if (node == nullptr || node->reach != Reach::accepting || now_ - node->asked_at >= seen.valid_for) return nullptr;
    return node;
}

std::optional<nanoseconds> Truth::lease_left() const {
    if (!fresh()) return std::nullopt;
    const auto& lease = snapshot_->seen().view.lease;
    if (!lease || lease->slept || !lease->valid_until || now_ >= *lease->valid_until) return std::nullopt;
    return *lease->valid_until - now_;
}

bool Truth::leads() const {
    const auto* node = local();
    if (node == nullptr || node->role != Role::primary) return false;
    const auto& seen = snapshot_->seen();
    if (seen.leased) return lease_left().has_value();
    const auto serving = primaries(seen.view, cluster_system(seen.view));
    return std::ranges::all_of(serving, [&](const Observation* other) {
        return other == node || (node->timeline && other->timeline && *node->timeline > *other->timeline);
    });
}

bool Truth::is_standby() const {
    const auto* node = local();
    return node != nullptr && node->role == Role::standby;
}

const NodeRow* Truth::row() const {
    const auto* node = local();
    if (node == nullptr) return nullptr;
    const auto found = std::ranges::find(snapshot_->rows(), node->node, &NodeRow::name);
    return found == snapshot_->rows().end() ? nullptr : &*found;
}

bool Truth::is_synchronous() const {
    const auto* own = row();
    return own != nullptr && (own->sync == "sync" || own->sync == "quorum");
}

bool Truth::streams() const {
    const auto* own = row();
    return own != nullptr && own->streaming;
}

std::optional<std::uint64_t> Truth::lag(Mark mark) const {
    const auto* node = local();
    if (node == nullptr || node->role != Role::standby) return std::nullopt;
    const auto reached = mark == Mark::replayed ? node->replayed : position(*node);
    const auto& seen = snapshot_->seen();
    const auto serving = primaries(seen.view, cluster_system(seen.view));
    const auto written = serving.size() == 1 && serving.front()->written ? serving.front()->written : seen.last_lsn;
    if (!reached || !written) return std::nullopt;
    return bytes_between(*reached, *written);
}

}  // namespace pgcm::serve
