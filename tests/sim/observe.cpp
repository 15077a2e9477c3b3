#include "observe.hpp"

namespace pgcm::sim {

WallTime wall_of(const World& world, int host) {
    const auto& clock = world.hosts[static_cast<std::size_t>(host)].clock;
    return WallTime{std::chrono::duration_cast<std::chrono::microseconds>(
        clock.boot(world.schedule.now()).time_since_epoch() + clock.wall)};
}

WallTime date_of(const World& world, int host) {
    const auto off = world.hosts[static_cast<std::size_t>(host)].clock.wall;
    return WallTime{std::chrono::duration_cast<std::chrono::microseconds>(1h + world.schedule.now() + off)};
}

Observation observe(World& world, Server& server, int number) {
    Observation seen;
    seen.reach = Reach::accepting;
    seen.server_version = 150000;
    server.expire(world.boot(number), idle_limit_of(world.setting));
    seen.vote.emplace();
    if (const auto* holder = server.holder()) {
        seen.vote->holder = node_name(holder->agent);
        seen.vote->term = holder->promised;
    }
    if (server.witness) {
        seen.role = Role::primary;
        return seen;
    }
    seen.system_identifier = the_system;
    seen.timeline = server.timeline;
    seen.synchronous_standby_names = server.sync_names;
    if (const auto mark = server.mark()) seen.mark = world.marks[static_cast<std::size_t>(*mark)];
    if (const auto* order = world.order_at(server, FaultKind::pause_cluster)) seen.pause = order->pause;
    if (const auto* order = world.order_at(server, FaultKind::switchover)) seen.switchover = order->switchover;
    seen.sessions.emplace();
    for (int i = 0; i < world.nodes(); ++i)
        if (server.looks[static_cast<std::size_t>(i)]) seen.sessions->push_back(agent_session(node_name(i)));
    for (const auto& word : server.words) seen.sessions->push_back(handover_session(word.request));
    seen.replicas.emplace();
    for (int i = 0; i < world.nodes(); ++i) {
        if (i == number || !server.attached[static_cast<std::size_t>(i)]) continue;
        Replica replica;
        replica.application_name = node_name(i).str();
        replica.state = "streaming";
        seen.replicas->push_back(std::move(replica));
    }
    if (server.primary) {
        seen.role = Role::primary;
        seen.written = lsn_of(server.position());
        seen.history = server.history;
        return seen;
    }
    seen.role = Role::standby;
    if (server.received) seen.received = lsn_of(*server.received);
    seen.replayed = lsn_of(server.replayed);
    if (server.upstream) {
        seen.upstream = Address{node_name(*server.upstream).str(), 5432};
        seen.primary_conninfo = "host=" + node_name(*server.upstream).str();
    } else {
        seen.primary_conninfo = "";
    }
    if (server.streams_from) {
        WalReceiver receiver;
        receiver.status = "streaming";
        receiver.timeline = server.timeline;
        receiver.message_age = to_ms(world.boot(number) - server.last_message);
        seen.wal_receiver = receiver;
    }
    return seen;
}

}  // namespace pgcm::sim
