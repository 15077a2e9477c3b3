#include "probe/prober.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace pgcm::probe {

Prober::Prober(asio::any_io_executor executor, postgres::Resolver& resolver, const Clock& clock,
               std::vector<Target> targets, milliseconds timeout)
    : executor_(executor) {
    for (auto& target : targets)
        probes_.push_back(std::make_unique<NodeProbe>(executor, resolver, clock, std::move(target), timeout));
}

asio::awaitable<void> Prober::look_once(bool with_inventory) {
    std::size_t open = probes_.size();
    asio::steady_timer all_done(executor_, asio::steady_timer::time_point::max());
    for (const auto& probe : probes_)
        asio::co_spawn(executor_, probe->observe(with_inventory), [&](const std::exception_ptr& bug) {
            if (bug) std::rethrow_exception(bug);
            if (--open == 0) all_done.cancel();
        });
    while (open > 0) {
        boost::system::error_code ignored;
        co_await all_done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

void Prober::start(Beat beat, milliseconds inventory_period, std::function<void(std::size_t, bool)> looked) {
    const auto spawn = [this](asio::awaitable<void> task) {
        running_.push_back(std::make_unique<asio::cancellation_signal>());
        asio::co_spawn(executor_, std::move(task),
                       asio::bind_cancellation_slot(running_.back()->slot(), asio::detached));
    };
    for (std::size_t i = 0; i < probes_.size(); ++i) {
        spawn(probes_[i]->watch(beat, [looked, i](bool changed) { looked(i, changed); }));
        if (!probes_[i]->is_witness()) spawn(probes_[i]->watch_inventory(inventory_period));
    }
}

void Prober::stop() {
    for (const auto& signal : running_) signal->emit(asio::cancellation_type::terminal);
}

void Prober::kick() {
    for (const auto& probe : probes_) probe->kick();
}

std::vector<Observation> Prober::observations() const {
    std::vector<Observation> all;
    for (const auto& probe : probes_) all.push_back(probe->latest());
    return all;
}

std::vector<Observation> Prober::observations(bool of_witnesses) const {
    std::vector<Observation> some;
    for (const auto& probe : probes_)
        if (probe->is_witness() == of_witnesses) some.push_back(probe->latest());
    return some;
}

const Observation* Prober::latest(const NodeName& node) const {
    for (const auto& probe : probes_)
        if (probe->latest().node == node) return &probe->latest();
    return nullptr;
}

}  // namespace pgcm::probe
