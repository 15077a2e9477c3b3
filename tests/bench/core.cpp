// What a turn costs without its sockets.
#include <benchmark/benchmark.h>

#include "decide/decide.hpp"
#include "probe/vitals.hpp"
#include "report/json.hpp"
#include "view/assess.hpp"
#include "view/document.hpp"
#include "view/remember.hpp"

namespace pgcm {
namespace {

struct World {
    View view;
    Policy policy;
};

// One primary and its standbys, all well.
World world_of(std::int64_t nodes) {
    World world;
    world.view.at = BootTime{1h};
    for (std::int64_t i = 0; i < nodes; ++i) {
        const auto name = *NodeName::make("n" + std::to_string(i));
        const Address address{"10.0.0." + std::to_string(i), 5432};
        world.policy.nodes.push_back({name, 100, false, {address}});
        auto& node = world.view.nodes.emplace_back();
        node.node = name;
        node.reach = Reach::accepting;
        node.role = i == 0 ? Role::primary : Role::standby;
        node.asked_at = world.view.at;
        node.system_identifier = 7301234567890123456u;
        node.timeline = Timeline{1};
        node.written = node.received = node.replayed = Lsn{0x5000000};
        if (i == 0) continue;
        node.upstream = Address{"10.0.0.0", 5432};
        node.wal_receiver = WalReceiver{"streaming", "10.0.0.0", 5432, {}, Timeline{1}, 100ms};
    }
    world.policy.local = world.view.local = world.view.nodes.back().node;
    world.view.host = LocalHost{};
    world.view.host->network = Network::up;
    return world;
}

void BM_turn(benchmark::State& run) {
    const auto world = world_of(run.range(0));
    State state;
    for (auto _ : run) {
        state = view::remember(state, world.view, world.policy);
        benchmark::DoNotOptimize(view::assess(world.view, world.policy));
        benchmark::DoNotOptimize(decide::decide(world.view, state, world.policy));
    }
}
BENCHMARK(BM_turn)->Arg(3)->Arg(16)->Arg(64);

void BM_write_view(benchmark::State& run) {
    const auto world = world_of(run.range(0));
    for (auto _ : run) benchmark::DoNotOptimize(view::write_view(world.view, view::Layout::line));
}
BENCHMARK(BM_write_view)->Arg(3)->Arg(64);

void BM_read_view(benchmark::State& run) {
    const auto text = view::write_view(world_of(run.range(0)).view, view::Layout::line);
    for (auto _ : run) benchmark::DoNotOptimize(view::read_view(text));
}
BENCHMARK(BM_read_view)->Arg(3)->Arg(64);

}  // namespace
}  // namespace pgcm
