#include "loop/hooks.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "loop/clock.hpp"

using namespace pgcm;
using namespace pgcm::loop;

namespace {

namespace asio = act::asio;

class HooksTest : public testing::Test {
  protected:
    HooksTest() {
        std::string pattern = std::filesystem::temp_directory_path() / "pgcm-hooks-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
        config_.cluster = "c";
        config_.local = NodeName::make("b").value();
        config_.hooks.timeout = 2s;
    }
    ~HooksTest() override { std::filesystem::remove_all(folder_); }

    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    std::string text(const std::string& name) const {
        std::ostringstream out;
        out << std::ifstream(path(name)).rdbuf();
        return out.str();
    }
    void on_event(const std::string& shell) { config_.hooks.on_event.shell = shell; }
    void before_promote(const std::string& shell) { config_.hooks.before_promote.shell = shell; }

    // Runs the coroutine, and whatever it began, to the end.
    template <class Work>
    void run(Work work) {
        Hooks hooks(io_.get_executor(), config_, clock_,
                    [this](Level, const std::string& said, const Facts&) { said_ += said + "\n"; });
        asio::co_spawn(io_, work(hooks), [](const std::exception_ptr& bug) {
            if (bug) std::rethrow_exception(bug);
        });
        io_.run();
        failure_ = hooks.failure();
    }

    std::string folder_;
    config::Config config_;
    SystemClock clock_;
    asio::io_context io_{1};
    std::string said_;
    std::optional<Hooks::Failure> failure_;
};

TEST_F(HooksTest, events_come_in_order_as_json_on_standard_input) {
    on_event("sleep 0.1; cat >>" + path("events") + "; echo $PGCM_EVENT of {node}");
    run([](Hooks& hooks) -> asio::awaitable<void> {
        const Deed begins{{}, NodeName::make("b").value(), "promote", {}, DeedState::begins, 0ms, "promote \"b\"", {}};
        auto done = begins;
        done.state = DeedState::done;
        done.took = 17ms;
        auto step = begins;
        step.step = "wait";
        hooks.tell(begins);
        hooks.tell(step);
        hooks.tell(done);
        hooks.tell("alert_raised", {{"alert", std::string("lag")}});
        EXPECT_FALSE(hooks.idle());
        co_await hooks.settled();
        EXPECT_TRUE(hooks.idle());
    });
    std::istringstream lines(text("events"));
    std::vector<nlohmann::json> events;
    for (std::string line; std::getline(lines, line);) events.push_back(nlohmann::json::parse(line));
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0]["schema"], "pgcm.event/1");
    EXPECT_EQ(events[0]["event"], "before_promote");
    EXPECT_EQ(events[0]["text"], "promote \"b\"");
    EXPECT_FALSE(events[0].contains("result"));
    EXPECT_EQ(events[1]["event"], "after_promote");
    EXPECT_EQ(events[1]["result"], "done");
    EXPECT_EQ(events[1]["took_ms"], 17);
    EXPECT_EQ(events[2]["alert"], "lag");
    EXPECT_EQ(events[2]["node"], "b");
    EXPECT_NE(said_.find("after_promote of b\n"), std::string::npos) << said_;
    EXPECT_FALSE(failure_);
}

TEST_F(HooksTest, a_failure_stands_until_a_run_goes_well) {
    on_event("grep -q good");
    run([&](Hooks& hooks) -> asio::awaitable<void> {
        hooks.tell("bad");
        co_await hooks.settled();
        EXPECT_EQ(hooks.failure().value_or(Hooks::Failure{}).event, "bad");
        hooks.tell("good");
        co_await hooks.settled();
    });
    EXPECT_FALSE(failure_);
}

TEST_F(HooksTest, one_that_hangs_is_ended) {
    config_.hooks.timeout = 200ms;
    on_event("sleep 1000");
    run([](Hooks& hooks) -> asio::awaitable<void> {
        hooks.tell("e");
        co_await hooks.settled();
    });
    ASSERT_TRUE(failure_);
    EXPECT_NE(failure_->message.find("200 ms"), std::string::npos) << failure_->message;
}

TEST_F(HooksTest, the_oldest_of_too_many_is_dropped) {
    on_event("true");
    run([](Hooks& hooks) -> asio::awaitable<void> {
        for (int i = 0; i < 102; ++i) hooks.tell("e");  // one at most is taken off before
        EXPECT_TRUE(hooks.failure());
        hooks.stop();
        co_return;
    });
}

TEST_F(HooksTest, without_a_hook_all_is_permitted) {
    run([&](Hooks& hooks) -> asio::awaitable<void> {
        EXPECT_TRUE(hooks.permits(clock_.now()));
        hooks.tell("nobody hears it");
        EXPECT_TRUE(hooks.idle());
        co_return;
    });
}

TEST_F(HooksTest, a_veto_is_the_first_line_of_what_it_said) {
    before_promote("echo; echo 'not today, password=secret'; echo more; exit 3");
    run([&](Hooks& hooks) -> asio::awaitable<void> {
        EXPECT_FALSE(hooks.permits(clock_.now()));
        const auto why = co_await hooks.ask();
        EXPECT_EQ(why, "not today, password=********");
        EXPECT_FALSE(hooks.permits(clock_.now()));
    });
    EXPECT_FALSE(failure_);
}

TEST_F(HooksTest, consent_is_good_for_a_moment) {
    before_promote("cat >" + path("asked"));
    run([&](Hooks& hooks) -> asio::awaitable<void> {
        EXPECT_EQ(co_await hooks.ask(), std::nullopt);
        EXPECT_TRUE(hooks.permits(clock_.now()));
        EXPECT_FALSE(hooks.permits(clock_.now() + 2 * config_.policy.scan_period + config_.policy.probe_timeout + 2s));
    });
    EXPECT_EQ(nlohmann::json::parse(text("asked"))["event"], "before_promote");
}

TEST_F(HooksTest, one_that_hangs_is_killed_or_missing_has_no_veto) {
    config_.hooks.timeout = 200ms;
    for (const std::string hook : {"sleep 1000", "kill -9 $$"}) {
        before_promote(hook);
        run([&](Hooks& hooks) -> asio::awaitable<void> {
            EXPECT_EQ(co_await hooks.ask(), std::nullopt) << hook;
            EXPECT_TRUE(hooks.permits(clock_.now()));
        });
        EXPECT_TRUE(failure_) << hook;
        io_.restart();
    }
    config_.hooks.before_promote = {{"/nonexistent/hook"}, "", ""};
    run([&](Hooks& hooks) -> asio::awaitable<void> { EXPECT_EQ(co_await hooks.ask(), std::nullopt); });
    ASSERT_TRUE(failure_);
    EXPECT_NE(failure_->message.find("/nonexistent/hook"), std::string::npos);
}

}  // namespace
