#include "loop/hooks.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "act/operation_log.hpp"

namespace pgcm::loop {
namespace {

namespace asio = act::asio;

constexpr std::size_t longest_queue = 100;

std::string first_line(const std::string& text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string::npos) return {};
    return text.substr(from, std::min(text.find_first_of("\r\n", from), text.size()) - from);
}

}  // namespace

Hooks::Hooks(asio::any_io_executor executor, const config::Config& config, const Clock& clock, Say say)
    : executor_(executor), config_(config), clock_(clock), say_(std::move(say)), news_(executor) {}

Hooks::Event Hooks::event_of(const std::string& name, const Facts& facts) const {
    nlohmann::ordered_json json{{"schema", "pgcm.event/1"},
                                {"event", name},
                                {"time", act::format_time(clock_.wall())},
                                {"cluster", config_.cluster},
                                {"node", config_.local ? config_.local->str() : ""}};
    for (const auto& fact : facts) std::visit([&](const auto& known) { json[fact.key] = known; }, fact.value);
    return {name, json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"};
}

void Hooks::tell(const std::string& name, Facts facts) {
    if (config_.hooks.on_event.empty() || stopped_) return;
    if (waiting_.size() >= longest_queue) {
        failed("on_event", waiting_.front().name,
               {ErrorCode::failed, "dropped: too many events wait for the hook", {}});
        waiting_.pop_front();
    }
    waiting_.push_back(event_of(name, facts));
    if (running_) return;
    running_ = true;
    asio::co_spawn(executor_, work(), asio::bind_cancellation_slot(end_.slot(), [this](const std::exception_ptr& bug) {
                       running_ = false;
                       if (bug && !stopped_) std::rethrow_exception(bug);
                       news_.cancel();
                       if (when_idle) when_idle();
                   }));
}

void Hooks::tell(const Deed& deed) {
    if (!deed.step.empty()) return;
    const bool begins = deed.state == DeedState::begins;
    Facts facts{{"action", deed.action}, {"text", deed.text}};
    if (!begins) {
        facts.push_back({"result", std::string(name_of(deed.state))});
        facts.push_back({"took_ms", std::int64_t{deed.took.count()}});
    }
    if (!deed.user.empty()) facts.push_back({"user", deed.user});
    tell((begins ? "before_" : "after_") + deed.action, std::move(facts));
}

asio::awaitable<void> Hooks::work() {
    // Not at once: whoever told of it, perhaps of a fence, goes on first.
    co_await asio::post(executor_, asio::use_awaitable);
    while (!waiting_.empty() && !stopped_) {
        auto event = std::move(waiting_.front());
        waiting_.pop_front();
        const auto name = event.name;
        const auto ended = co_await run(config_.hooks.on_event, "on_event", std::move(event));
        if (!ended)
            failed("on_event", name, ended.error());
        else
            went_well("on_event");
    }
}

// An Outcome with another status than 0 is an error of on_event, and an answer of before_promote.
asio::awaitable<Result<act::Outcome>> Hooks::run(const Command& command, const std::string& hook, Event event) {
    const act::Placeholders values{{"node", config_.local ? config_.local->str() : ""}};
    auto invocation = act::from(command, values);
    invocation.environment = {{"PGCM_EVENT", event.name}};
    invocation.input = std::move(event.json);
    invocation.timeout = config_.hooks.timeout;
    invocation.on_line = [this, hook, name = event.name](std::string_view line) {
        say_(Level::info, act::without_secrets(line), {{"hook", hook}, {"on", name}});
    };
    auto for_errors = invocation;
    for_errors.on_line = {};
    auto outcome = co_await act::run(std::move(invocation));
    if (!outcome) co_return fail(outcome.error());
    const bool answers = hook == "before_promote" && !outcome->timed_out && outcome->signal == 0;
    if (!outcome->ok() && !answers) co_return fail(act::to_error(*outcome, for_errors));
    co_return std::move(*outcome);
}

bool Hooks::permits(BootTime now) const {
    if (config_.hooks.before_promote.empty()) return true;
    const auto& policy = config_.policy;
    return permitted_at_ && now - *permitted_at_ <= 2 * policy.scan_period + policy.probe_timeout + 1s;
}

asio::awaitable<std::optional<std::string>> Hooks::ask() {
    permitted_at_.reset();
    auto event = event_of("before_promote", {});
    auto outcome = co_await run(config_.hooks.before_promote, "before_promote", std::move(event));
    if (!outcome && outcome.error().code == ErrorCode::interrupted) co_return "it was interrupted";
    if (!outcome)
        failed("before_promote", "before_promote", outcome.error());
    else
        went_well("before_promote");
    if (!outcome || outcome->exit_status == 0) {
        permitted_at_ = clock_.now();
        co_return std::nullopt;
    }
    auto why = first_line(outcome->output);
    if (why.empty()) why = first_line(outcome->errors);
    if (why.empty()) why = "it ended with status " + std::to_string(outcome->exit_status);
    co_return act::without_secrets(why);
}

void Hooks::failed(const std::string& hook, const std::string& event, const Error& error) {
    if (error.code == ErrorCode::interrupted) return;
    failure_ = Failure{hook, event, error.what};
    say_(Level::error, error.what, {{"hook", hook}, {"on", event}, {"hint", error.hint}});
}

void Hooks::went_well(const std::string& hook) {
    if (failure_ && failure_->hook == hook) failure_.reset();
}

asio::awaitable<void> Hooks::settled() {
    while (!idle()) {
        news_.expires_at(asio::steady_timer::time_point::max());
        boost::system::error_code ignored;
        co_await news_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

void Hooks::stop() {
    if (stopped_) return;
    stopped_ = true;
    waiting_.clear();
    end_.emit(asio::cancellation_type::terminal);
}

}  // namespace pgcm::loop
