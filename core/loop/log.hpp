#pragma once
// One line a change on standard error: for people, or as JSON with stable keys. Never waits for the reader: when the
// pipe is full, the oldest lines are dropped.
#include <memory>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "model/facts.hpp"
#include "model/time.hpp"

namespace spdlog {
class logger;
}

namespace pgcm::loop {

enum class Level { debug, info, warning, error };
class Log {
  public:
    // `verbosity`: -1 only errors, 0 changes, 1 and more: debug too.
    Log(config::LogFormat format, int verbosity, const Clock& clock);
    ~Log();  // what was said is written first

    // `event` is the stable key of what happened ("decision", "operation", ...), `text` the sentence.
    void say(Level level, std::string_view event, std::string_view text, const Facts& facts = {});

  private:
    config::LogFormat format_;
    Level least_;
    const Clock& clock_;
    std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace pgcm::loop
