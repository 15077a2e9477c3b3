#pragma once
// A judge in its seat: the agent of a, a primary with two standbys, and voters that give it what it asks for.
#include <gtest/gtest.h>

#include <algorithm>

#include "loop/judge.hpp"

namespace pgcm::loop {

inline constexpr BootTime start{1h};

inline NodeName called(std::string_view text) {
    return NodeName::make(text).value();
}

inline Policy three(Quorum quorum) {
    Policy policy;
    policy.cluster = "test";
    policy.local = called("a");
    policy.quorum = quorum;
    for (const auto* name : {"a", "b", "c"}) policy.nodes.push_back({called(name), 100, false, {{name, 5432}}});
    policy.sync_mode = SyncMode::off;
    return policy;
}

struct Seat {
    Judge judge;
    BootTime now = start;
    View view;

    explicit Seat(Quorum quorum = Quorum::majority, lease::Record inherited = {})
        : judge(three(quorum), {}, std::move(inherited)) {
        view.local = called("a");
        for (const auto* name : {"a", "b", "c"}) {
            Observation node;
            node.node = called(name);
            node.reach = Reach::accepting;
            node.role = name == std::string_view{"a"} ? Role::primary : Role::standby;
            node.timeline = Timeline{1};
            view.nodes.push_back(node);
        }
        view.host.emplace();
        view.host->process = Process::running;
        view.host->postmaster_pid = 77;
        view.host->lineup = Lineup::primary;
        view.host->network = Network::up;
    }
    Observation& local() { return view.nodes[0]; }
    Decision turn() {
        view.at = now;
        for (auto& node : view.nodes) node.asked_at = now;
        for (auto& node : view.nodes)
            if (node.reach == Reach::accepting) node.last_contact = now;
        view.host->looked_at = now;
        return judge.turn(view, 0.5);
    }
    void vote() {
        auto& lease = *judge.lease();
        for (int again = 0; again < 3; ++again)
            for (std::size_t i = 0; i < 3; ++i)
                if (const auto ask = lease.ask(i, now); ask && ask->kind != lease::AskKind::close)
                    lease.answered(i, *ask, {ask->kind != lease::AskKind::let_go, ask->term, false, {}, {}}, now, now);
    }
    void pass(nanoseconds time) {
        for (const auto end = now + time; now < end;) {
            now += std::min<nanoseconds>(500ms, end - now);
            vote();
            turn();
        }
    }
    void win() {
        turn();
        vote();
        pass(11s);
        ASSERT_TRUE(view.lease->valid_until);
    }
    void be_down() {
        local().reach = Reach::refused;
        view.host->process = Process::stopped;
        view.host->postmaster_pid.reset();
    }
};

inline const Action the_fence{ActionKind::fence, called("a"), ""};
inline const Action a_start{ActionKind::start, called("a"), ""};

}  // namespace pgcm::loop
