#include "loop/log.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "report/units.hpp"

namespace pgcm::loop {
namespace {

constexpr std::size_t longest_queue = 4096;

std::string_view name_of_level(Level level) {
    switch (level) {
        case Level::debug: return "debug";
        case Level::info: return "info";
        case Level::warning: return "warning";
        case Level::error: return "error";
    }
    return "?";
}

// RFC 3339 in UTC, with milliseconds.
std::string stamp(WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<milliseconds>(time - day)};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::string json_line(const std::string& time, Level level, std::string_view event, std::string_view text,
                      const Facts& facts) {
    nlohmann::ordered_json line{{"time", time}, {"level", name_of_level(level)}, {"event", event}, {"text", text}};
    for (const auto& [key, value] : facts) std::visit([&, &name = key](const auto& v) { line[name] = v; }, value);
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string text_line(const std::string& time, Level level, std::string_view event, std::string_view text,
                      const Facts& facts) {
    std::string line = fmt::format("{} {:<7} {}: {}", time, name_of_level(level), event, report::printable(text));
    for (const auto& [key, value] : facts)
        line +=
            fmt::format(" {}={}", key,
                        std::visit(
                            [](const auto& v) {
                                return nlohmann::json(v).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
                            },
                            value));
    return line;
}

}  // namespace

Log::Log(config::LogFormat format, int verbosity, const Clock& clock)
    : format_(format),
      least_(verbosity < 0    ? Level::error
             : verbosity == 0 ? Level::info
                              : Level::debug),
      clock_(clock) {
    spdlog::init_thread_pool(longest_queue, 1);
    logger_ = spdlog::create_async_nb<spdlog::sinks::stderr_sink_mt>("pgcm");
    logger_->set_pattern("%v");
    logger_->set_level(spdlog::level::trace);
    logger_->flush_on(spdlog::level::trace);
}

Log::~Log() {
    logger_.reset();
    spdlog::shutdown();
}

void Log::say(Level level, std::string_view event, std::string_view text, const Facts& facts) {
    if (level < least_) return;
    const auto time = stamp(clock_.wall());
    logger_->info("{}", format_ == config::LogFormat::json ? json_line(time, level, event, text, facts)
                                                           : text_line(time, level, event, text, facts));
}

}  // namespace pgcm::loop
