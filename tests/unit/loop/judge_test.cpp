#include "loop/judge.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace pgcm::loop {
namespace {

constexpr BootTime start{1h};

NodeName called(std::string_view text) {
    return NodeName::make(text).value();
}

Policy three(Quorum quorum) {
    Policy policy;
    policy.cluster = "test";
    policy.local = called("a");
    policy.quorum = quorum;
    for (const auto* name : {"a", "b", "c"}) policy.nodes.push_back({called(name), 100, false, {{name, 5432}}});
    policy.sync_mode = SyncMode::off;
    return policy;
}

// The agent of a: a primary with two standbys, and voters that give it what it asks for.
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

const Action the_fence{ActionKind::fence, called("a"), ""};
const Action a_start{ActionKind::start, called("a"), ""};

TEST(Judge, tells_the_lease_what_is_wished) {
    Seat seat;
    const auto decision = seat.turn();
    EXPECT_EQ(decision.wish.kind, LeaseWishKind::keep);
    ASSERT_TRUE(seat.view.lease);
    EXPECT_TRUE(seat.judge.lease()->due(1)) << "votes are asked for";
}

TEST(Judge, has_no_lease_where_none_is_used) {
    Seat seat(Quorum::any);
    seat.turn();
    EXPECT_EQ(seat.judge.lease(), nullptr);
    EXPECT_FALSE(seat.view.lease);
    EXPECT_FALSE(seat.judge.guard());
    EXPECT_TRUE(seat.judge.may_promote(seat.now));
}

TEST(Judge, remembers) {
    Seat seat;
    seat.turn();
    EXPECT_EQ(seat.judge.state().last_primary, called("a"));
    EXPECT_EQ(seat.judge.state().serving_since, start);
}

TEST(ToBegin, nothing_while_busy) {
    Seat seat(Quorum::any);
    seat.be_down();
    auto decision = seat.turn();
    ASSERT_EQ(decision.actions, std::vector{a_start});
    EXPECT_EQ(seat.judge.to_begin(seat.view, decision), decision.actions);
    seat.judge.begins(a_start, seat.now);
    EXPECT_TRUE(seat.judge.busy());
    EXPECT_TRUE(seat.judge.to_begin(seat.view, decision).empty());
    EXPECT_EQ(seat.judge.state().operation, "start");
    EXPECT_EQ(seat.judge.state().local_started_at, seat.now);
}

TEST(ToBegin, nothing_before_the_outcome_was_seen) {
    Seat seat(Quorum::any);
    seat.be_down();
    auto decision = seat.turn();
    seat.judge.begins(a_start, seat.now);
    seat.judge.ends(a_start, nullptr, seat.now + 1s);
    EXPECT_TRUE(seat.judge.busy()) << "others may have begun with it";
    seat.judge.idle(seat.now + 1s);
    EXPECT_FALSE(seat.judge.busy());
    EXPECT_FALSE(seat.judge.state().operation);
    EXPECT_TRUE(seat.judge.to_begin(seat.view, decision).empty()) << "the look is older than the end";
    seat.local().asked_at = seat.now + 1s;
    EXPECT_FALSE(seat.judge.to_begin(seat.view, decision).empty());
}

TEST(ToBegin, a_fence_waits_for_nothing) {
    Seat seat;
    seat.turn();
    seat.judge.begins({ActionKind::set_sync_names, called("a"), ""}, seat.now);
    seat.now += 20s;
    auto decision = seat.turn();
    ASSERT_EQ(decision.actions, std::vector{the_fence}) << "no vote came";
    seat.local().asked_at = start;
    EXPECT_EQ(seat.judge.to_begin(seat.view, decision), std::vector{the_fence});
}

TEST(ToBegin, a_fence_once_at_a_time) {
    Seat seat;
    seat.turn();
    seat.now += 20s;
    auto decision = seat.turn();
    seat.judge.begins(the_fence, seat.now);
    EXPECT_EQ(seat.judge.state().fencing_since, seat.now);
    EXPECT_FALSE(seat.judge.busy());
    EXPECT_TRUE(seat.judge.to_begin(seat.view, decision).empty());
    seat.judge.ends(the_fence, nullptr, seat.now + 1s);
    EXPECT_TRUE(seat.judge.to_begin(seat.view, decision).empty()) << "nobody has looked at the host since";
    seat.view.host->looked_at = seat.now + 1s;
    EXPECT_EQ(seat.judge.to_begin(seat.view, decision), std::vector{the_fence}) << "and it still runs";
}

TEST(ToBegin, nothing_else_beside_a_fence) {
    Seat seat;
    seat.turn();
    seat.judge.begins(the_fence, seat.now);
    Decision other;
    other.actions = {a_start};
    EXPECT_TRUE(seat.judge.to_begin(seat.view, other).empty());
}

TEST(Fence, is_decided_until_the_server_is_proven_down) {
    Seat seat;
    seat.turn();
    seat.now += 20s;
    seat.turn();
    seat.judge.begins(the_fence, seat.now);
    seat.now += 1s;
    seat.local().reach = Reach::refused;
    EXPECT_EQ(seat.turn().actions, std::vector{the_fence}) << "a process may be left";
    seat.be_down();
    seat.now += 1s;
    seat.turn();
    EXPECT_FALSE(seat.judge.state().fencing_since);
    EXPECT_FALSE(seat.judge.state().serving_since);
}

TEST(Failures, back_off) {
    Seat seat(Quorum::any);
    const Error error{ErrorCode::failed, "no", ""};
    const std::vector<milliseconds> pauses{1s, 2s, 4s, 8s};
    for (const auto pause : pauses) {
        seat.judge.begins(a_start, seat.now);
        seat.judge.ends(a_start, &error, seat.now);
        seat.judge.idle(seat.now);
        EXPECT_EQ(seat.judge.state().not_before.at("start"), seat.now + pause);
        seat.now += 1h;
    }
    for (int i = 0; i < 100; ++i) seat.judge.ends(a_start, &error, seat.now);
    EXPECT_EQ(seat.judge.state().not_before.at("start"), seat.now + 5min) << "but not for ever";
    EXPECT_EQ(seat.judge.failures().at("start").what, "no");
    seat.judge.ends(a_start, nullptr, seat.now);
    EXPECT_TRUE(seat.judge.state().not_before.empty());
    EXPECT_TRUE(seat.judge.failures().empty());
}

TEST(Follow, begins_a_wait_of_its_own) {
    State lost;
    lost.not_following_since = start;
    Judge judge{Policy{}, lost, {}};
    const Action a_follow{ActionKind::follow, called("p1"), {}};
    const Error error{ErrorCode::failed, "no", ""};
    judge.begins(a_follow, start + 20s);
    judge.ends(a_follow, &error, start + 21s);
    EXPECT_EQ(judge.state().not_following_since, start) << "it did not";
    judge.ends(a_follow, nullptr, start + 22s);
    EXPECT_EQ(judge.state().not_following_since, start + 22s);
    judge.ends({ActionKind::rejoin, called("p1"), {}}, nullptr, start + 23s);
    EXPECT_EQ(judge.state().not_following_since, start + 23s);
    Judge well{Policy{}, State{}, {}};
    well.ends(a_follow, nullptr, start);
    EXPECT_FALSE(well.state().not_following_since) << "it streams";
}

TEST(Failures, that_are_interruptions_do_not_count) {
    Seat seat(Quorum::any);
    const Error error{ErrorCode::interrupted, "stopped", ""};
    seat.judge.begins(a_start, seat.now);
    seat.judge.ends(a_start, &error, seat.now);
    EXPECT_TRUE(seat.judge.state().not_before.empty());
}

TEST(Failures, of_a_fence_hold_nothing_back) {
    Seat seat;
    seat.turn();
    const Error error{ErrorCode::failed, "a process is left", ""};
    seat.judge.begins(the_fence, seat.now);
    seat.judge.ends(the_fence, &error, seat.now);
    EXPECT_TRUE(seat.judge.state().not_before.empty());
    seat.now += 1s;
    const auto decision = seat.turn();
    EXPECT_EQ(seat.judge.to_begin(seat.view, decision), std::vector{the_fence});
}

TEST(Guard, stands_behind_the_fence) {
    Seat seat;
    seat.win();
    const auto until = *seat.view.lease->valid_until;
    ASSERT_TRUE(seat.judge.guard());
    const auto guard = *seat.judge.guard();
    EXPECT_EQ(guard.immediate_at, until - 1500ms) << "half the margin of 3 s";
    EXPECT_EQ(guard.kill_at, until - 750ms);
}

TEST(Guard, is_moved_on_by_a_renewal) {
    Seat seat;
    seat.win();
    const auto before = *seat.judge.guard();
    seat.pass(2s);
    EXPECT_EQ(seat.judge.guard()->kill_at, before.kill_at + 2s);
}

TEST(Guard, is_not_moved_on_by_a_fence) {
    Seat seat;
    seat.win();
    const auto before = *seat.judge.guard();
    seat.now = *seat.view.lease->valid_until + 30s;
    ASSERT_EQ(seat.turn().actions, std::vector{the_fence});
    EXPECT_EQ(seat.judge.guard(), before);
    seat.judge.begins(the_fence, seat.now);
    seat.now += 1s;
    ASSERT_EQ(seat.turn().actions, std::vector{the_fence});
    EXPECT_EQ(seat.judge.guard(), before) << "nor by a second one";
}

TEST(Guard, is_drawn_nearer_by_a_fence) {
    Seat seat;
    seat.win();
    seat.judge.lease()->noticed(1, {called("b"), false, 9, {}});
    seat.view.nodes[1].vote = Vote{called("b"), false, 9, {}};
    ASSERT_EQ(seat.turn().actions, std::vector{the_fence});
    EXPECT_EQ(seat.judge.guard()->immediate_at, seat.now + 1500ms);
}

TEST(Guard, is_not_needed_by_a_server_that_does_not_lead) {
    Seat seat;
    seat.local().role = Role::standby;
    seat.view.host->lineup = Lineup::standby;
    seat.view.nodes[1].role = Role::primary;
    seat.turn();
    EXPECT_FALSE(seat.judge.guard());
}

TEST(Lease, is_renewed_at_once_when_the_server_dies) {
    Seat seat;
    seat.win();
    seat.vote();
    ASSERT_GT(seat.judge.lease()->due(1).value(), seat.now);
    seat.be_down();
    seat.turn();
    EXPECT_EQ(seat.judge.lease()->due(1), seat.now);
    seat.vote();
    seat.turn();
    EXPECT_GT(seat.judge.lease()->due(1).value(), seat.now) << "once, not in every turn";
}

TEST(LeaseNews, come_when_a_decision_may_turn_on_them) {
    Seat seat;
    seat.turn();
    EXPECT_FALSE(seat.judge.lease_news(seat.now).turn) << "no lease is no news";
    seat.vote();
    auto news = seat.judge.lease_news(seat.now);
    EXPECT_TRUE(news.turn);
    EXPECT_TRUE(news.look) << "a majority of locks is in hand";
    EXPECT_FALSE(seat.judge.lease_news(seat.now).turn) << "told once";
    seat.pass(11s);
    news = seat.judge.lease_news(seat.now);
    EXPECT_TRUE(news.turn) << "ripe";
    EXPECT_FALSE(news.look);
    EXPECT_TRUE(seat.judge.lease_news(*seat.view.lease->valid_until).turn) << "over";
}

TEST(MayPromote, is_judged_by_the_moment) {
    Seat seat;
    EXPECT_FALSE(seat.judge.may_promote(seat.now)) << "no lease";
    seat.win();
    const auto until = *seat.view.lease->valid_until;
    EXPECT_TRUE(seat.judge.may_promote(until - 3s - 1ns));
    EXPECT_FALSE(seat.judge.may_promote(until - 3s)) << "no margin";
}

TEST(MayPromote, not_once_a_newer_timeline_was_seen) {
    Seat seat;
    seat.win();
    seat.judge.begins({ActionKind::promote, called("a"), ""}, seat.now);
    EXPECT_TRUE(seat.judge.may_promote(seat.now));
    seat.local().role = Role::standby;
    seat.view.nodes[1].role = Role::primary;
    seat.view.nodes[1].timeline = Timeline{2};
    seat.turn();
    EXPECT_FALSE(seat.judge.may_promote(seat.now)) << "somebody else is primary after all";
    EXPECT_TRUE(seat.judge.has_lease(seat.now));
    seat.judge.idle(seat.now);
    EXPECT_TRUE(seat.judge.may_promote(seat.now)) << "the next one is decided from what is known by then";
}

lease::Record left_behind(int pid) {
    return {4, pid, {{called("a"), start + 6s}, {called("b"), start + 6s}, {called("c"), start + 6s}}};
}

TEST(Inheritance, is_of_the_very_server_that_runs) {
    Seat seat(Quorum::majority, left_behind(77));
    seat.turn();
    EXPECT_EQ(seat.view.lease->withheld_until, start + 6s);
    EXPECT_FALSE(seat.view.lease->valid_until);
    seat.vote();
    seat.turn();
    EXPECT_TRUE(seat.view.lease->valid_until);
}

TEST(Inheritance, of_another_server_is_none) {
    Seat seat(Quorum::majority, left_behind(78));
    seat.turn();
    EXPECT_FALSE(seat.view.lease->withheld_until);
}

TEST(Inheritance, of_a_server_that_is_down_is_none) {
    Seat seat(Quorum::majority, left_behind(77));
    seat.be_down();
    seat.turn();
    EXPECT_FALSE(seat.view.lease->withheld_until);
}

TEST(Inheritance, is_judged_when_the_host_was_seen) {
    Seat seat(Quorum::majority, left_behind(77));
    seat.view.at = seat.now;
    seat.view.host->looked_at = {};
    seat.judge.turn(seat.view, 0.5);
    EXPECT_TRUE(seat.view.lease->withheld_until);
    EXPECT_FALSE(seat.judge.lease()->due(1)) << "nothing is wished before that";
}

TEST(Judge, a_veto_is_told_waits_a_little_and_is_no_failure) {
    Seat seat(Quorum::any);
    seat.local().role = Role::standby;
    seat.local().received = Lsn{0x5000};
    seat.view.nodes[1].reach = Reach::refused;
    seat.view.nodes[2].reach = Reach::refused;
    seat.view.host->lineup = Lineup::standby;
    (void)seat.turn();
    seat.now += seat.judge.policy().failover_after;
    const auto promotes = [](const Decision& decision) {
        return !decision.actions.empty() && decision.actions.front().kind == ActionKind::promote;
    };
    const auto says = [](const Decision& decision, Rule rule) {
        return std::any_of(decision.reasons.begin(), decision.reasons.end(),
                           [&](const Reason& reason) { return reason.rule == rule; });
    };
    const auto wished = seat.turn();
    ASSERT_TRUE(promotes(wished));
    EXPECT_FALSE(says(wished, Rule::hook_vetoed));
    seat.judge.begins(wished.actions.front(), seat.now);
    seat.judge.vetoed("not today", seat.now);
    seat.judge.idle(seat.now);
    const auto held = seat.turn();
    EXPECT_FALSE(promotes(held));
    EXPECT_TRUE(says(held, Rule::hook_vetoed));
    EXPECT_TRUE(says(held, Rule::retry_later));
    EXPECT_TRUE(seat.judge.failures().empty());
    seat.now += 5 * seat.judge.policy().scan_period;
    EXPECT_TRUE(promotes(seat.turn()));
    seat.judge.vetoed(std::nullopt, seat.now);
    EXPECT_FALSE(says(seat.turn(), Rule::hook_vetoed));
}

}  // namespace
}  // namespace pgcm::loop
