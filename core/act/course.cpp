#include "act/course.hpp"

#include <fmt/format.h>

namespace pgcm::act {
namespace {

class RealPerformer : public Performer {
  public:
    RealPerformer(DataDirectory& data, std::optional<OperationFile>& file, Course::Log log)
        : data_(data), file_(file), log_(log) {}

    asio::awaitable<Result<std::string>> perform(Step& step, const Effect& effect) override {
        if (file_ && (log_ == Course::Log::each_step || file_->step.empty())) {
            // On disk before the step begins, or the step does not begin.
            file_->step = step.name;
            const auto written = co_await data_.write_operation(*file_);
            if (!written) co_return fail(written.error());
        }
        co_return co_await effect(step);
    }
    StepState after() const override { return StepState::done; }

  private:
    DataDirectory& data_;
    std::optional<OperationFile>& file_;
    Course::Log log_;
};

class DryPerformer : public Performer {
  public:
    asio::awaitable<Result<std::string>> perform(Step&, const Effect&) override { co_return std::string{}; }
    StepState after() const override { return StepState::planned; }
};

}  // namespace

Course::Course(Site& site, std::string operation, std::optional<OperationFile> file, Log log)
    : site_(site), file_(std::move(file)), log_(log) {
    report_.operation = std::move(operation);
    if (file_) file_->from = site.node.str();
    report_.dry_run = site.dry_run;
    if (site.dry_run)
        performer_ = std::make_unique<DryPerformer>();
    else
        performer_ = std::make_unique<RealPerformer>(site.server.data(), file_, log);
}
Course::~Course() = default;

void Course::tell(const Step& step) const {
    if (site_.progress) site_.progress(step);
}

asio::awaitable<Result<void>> Course::take(Step step, Effect effect, bool may_fail) {
    const auto& clock = site_.server.data().clock();
    const auto began = clock.now();
    step.state = dry_run() ? StepState::planned : StepState::running;
    if (!dry_run()) tell(step);
    auto result = co_await performer_->perform(step, effect);
    step.took = to_ms(clock.now() - began);
    step.state = result ? performer_->after() : may_fail ? StepState::skipped : StepState::failed;
    step.detail = result ? *result : without_secrets(result.error().what);
    tell(step);
    report_.steps.push_back(step);
    if (result) co_return Result<void>{};
    auto error = std::move(result.error());
    if (may_fail && error.code != ErrorCode::interrupted) co_return Result<void>{};
    error.what = fmt::format("{}: {}", step.what, without_secrets(error.what));
    co_return fail(std::move(error));
}

asio::awaitable<Result<void>> Course::step(std::string name, std::string what, Effect effect) {
    Step step;
    step.name = std::move(name);
    step.what = std::move(what);
    return take(std::move(step), std::move(effect), false);
}

asio::awaitable<Result<void>> Course::attempt(std::string name, std::string what, Effect effect) {
    Step step;
    step.name = std::move(name);
    step.what = std::move(what);
    return take(std::move(step), std::move(effect), true);
}

void Course::enter(std::string name, std::string what, StepState state, std::string detail) {
    Step step;
    step.name = std::move(name);
    step.what = std::move(what);
    step.state = state;
    step.detail = without_secrets(detail);
    tell(step);
    report_.steps.push_back(std::move(step));
}

void Course::skip(std::string name, std::string what, std::string why) {
    enter(std::move(name), std::move(what), StepState::skipped, std::move(why));
}

void Course::found(std::string name, std::string what, std::string detail) {
    enter(std::move(name), std::move(what), performer_->after(), std::move(detail));
}

asio::awaitable<Result<OperationReport>> Course::finish() {
    if (file_ && !dry_run()) {
        const auto removed = co_await site_.server.data().remove_operation();
        if (!removed) co_return fail(removed.error());
    }
    co_return std::move(report_);
}

asio::awaitable<Result<OperationReport>> Course::finish(Error error) {
    // Cut short, it is to be gone on with; ended by a failure, it is over.
    if (!file_ || dry_run() || error.code == ErrorCode::interrupted) co_return fail(std::move(error));
    if (log_ == Log::each_step) {
        file_->step = failed_step;
        file_->why = without_secrets(error.what);
        [[maybe_unused]] const auto kept = co_await site_.server.data().write_operation(*file_);
    } else {
        [[maybe_unused]] const auto removed = co_await site_.server.data().remove_operation();
    }
    co_return fail(std::move(error));
}

}  // namespace pgcm::act
