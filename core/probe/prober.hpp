#pragma once
// All nodes and witnesses side by side: none waits for another.
#include <memory>
#include <vector>

#include "probe/node_probe.hpp"

namespace pgcm::probe {

class Prober {
  public:
    // `targets` in the configuration's order, nodes before witnesses. The clock and the resolver must outlive the
    // prober.
    Prober(asio::any_io_executor executor, postgres::Resolver& resolver, const Clock& clock,
           std::vector<Target> targets, milliseconds timeout);

    // One look at every node; returns when the last has answered or run into its deadline.
    asio::awaitable<void> look_once(bool with_inventory);

    // Keeps looking, until stop(). `looked(target, changed)` after each look.
    void start(Beat beat, milliseconds inventory_period, std::function<void(std::size_t, bool)> looked);
    void stop();
    // Every node is looked at again at once, or as soon as the look under way has ended.
    void kick();

    std::vector<Observation> observations() const;
    std::vector<Observation> observations(bool of_witnesses) const;  // those of the witnesses only, or of the nodes
    // The latest look at one node or witness; null when it is not a target.
    const Observation* latest(const NodeName& node) const;

  private:
    asio::any_io_executor executor_;
    std::vector<std::unique_ptr<NodeProbe>> probes_;
    std::vector<std::unique_ptr<asio::cancellation_signal>> running_;
};

}  // namespace pgcm::probe
