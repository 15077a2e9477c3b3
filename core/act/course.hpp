#pragma once
// The steps of one operation: told, timed, and done by a performer, of which there is a real one and a dry one.
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "act/operation_log.hpp"
#include "act/operations.hpp"

namespace pgcm::act {

// Does one step; gives back a detail for the report.
using Effect = std::function<asio::awaitable<Result<std::string>>(Step& step)>;

class Performer {
  public:
    virtual ~Performer() = default;
    virtual asio::awaitable<Result<std::string>> perform(Step& step, const Effect& effect) = 0;
    virtual StepState after() const = 0;  // of a step that went well
};

class Course {
  public:
    enum class Log { each_step, first_step };
    // With a `file`, operation.json is written before each step (or the first one, where every millisecond counts), and
    // removed by finish(). An orderly failure leaves failed_step in it where each step is written, else removes it.
    Course(Site& site, std::string operation, std::optional<OperationFile> file = std::nullopt,
           Log log = Log::each_step);
    ~Course();

    // The error of the effect, with the step named.
    asio::awaitable<Result<void>> step(std::string name, std::string what, Effect effect);
    // A failure is only told. Empty unless it was interrupted.
    asio::awaitable<Result<void>> attempt(std::string name, std::string what, Effect effect);
    // Something that will not be done, and why; or was found done already.
    void skip(std::string name, std::string what, std::string why);
    // What was found out before anything is touched; stands in the report as a step.
    void found(std::string name, std::string what, std::string detail);
    void tell(const Step& step) const;

    // Ends the course: what a failing operation returns, and what a good one does.
    asio::awaitable<Result<OperationReport>> finish();
    asio::awaitable<Result<OperationReport>> finish(Error error);

    bool dry_run() const { return report_.dry_run; }

  private:
    asio::awaitable<Result<void>> take(Step step, Effect effect, bool may_fail);
    void enter(std::string name, std::string what, StepState state, std::string detail);

    Site& site_;
    OperationReport report_;
    std::optional<OperationFile> file_;
    Log log_;
    std::unique_ptr<Performer> performer_;
};

}  // namespace pgcm::act
