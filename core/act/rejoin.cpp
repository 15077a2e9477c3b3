#include "act/rejoin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>

namespace pgcm::act {
namespace {

// Nothing is tried for ever: the pauses between attempts grow (loop/judge), and then a person has to look.
Result<void> may_try_again(const OperationFile& before) {
    constexpr int most_attempts = 10;
    if (before.step != failed_step || before.attempts < most_attempts) return {};
    return fail(ErrorCode::refused,
                fmt::format("{} attempts to rejoin {} failed, and a person has to look: mend the cause, then `pgcm "
                            "demote` tries again; the last: {}",
                            before.attempts, before.to, before.why));
}

}  // namespace

Rejoin::Rejoin(asio::any_io_executor executor, Site& site, RejoinRequest request, OperationFile file)
    : executor_(executor),
      site_(site),
      request_(std::move(request)),
      course_(site, "rejoin", std::move(file)),
      source_(executor, site.resolver, request_.upstream, "the primary " + request_.to.str(), site.command_timeout) {}

Rejoin::Went Rejoin::order(std::string name, std::string what, std::function<Went()> effect) {
    const Effect plain = [effect = std::move(effect)](Step&) -> Done {
        const auto done = co_await effect();
        if (!done) co_return fail(done.error());
        co_return std::string{};
    };
    co_return co_await course_.step(std::move(name), std::move(what), plain);
}

Rejoin::Went Rejoin::survey_again() {
    auto survey = co_await data().survey();
    if (!survey) co_return fail(survey.error());
    survey_ = std::move(*survey);
    co_return Result<void>{};
}

Result<void> Rejoin::check_system() const {
    if (!visible()) return {};
    if (!survey_.host.system_identifier) {
        if (survey_.host.rewinding || request_.method == Method::basebackup) return {};
        return fail(ErrorCode::refused,
                    "the data directory does not say which system it belongs to: " + survey_.host.message,
                    "--method basebackup replaces it all the same");
    }
    if (*survey_.host.system_identifier == facts_.system_identifier) return {};
    return fail(
        ErrorCode::refused,
        fmt::format("{} belongs to another cluster: its system identifier is {}, the local data directory's is {}",
                    source_.called(), facts_.system_identifier, *survey_.host.system_identifier),
        "is its conninfo right? The data of another cluster are not replaced; move them away by hand");
}

// All that must be known before anything is touched.
Rejoin::Went Rejoin::look() {
    const auto facts = co_await facts_of(source_);
    if (!facts) co_return fail(facts.error());
    facts_ = *facts;
    if (facts_.in_recovery)
        co_return fail(ErrorCode::refused, source_.called() + " is a standby itself",
                       "name the primary with --to NODE");
    if (!facts_.timeline || facts_.system_identifier == 0)
        co_return fail(source_.called() + " does not say what it is");
    co_await read_history();
    const auto mark = co_await source_.ask(
        "SELECT substr(s, length('pgcm.promotion=') + 1) FROM pg_catalog.pg_db_role_setting, unnest(setconfig) s"
        " WHERE setdatabase = 0 AND setrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)"
        " AND s LIKE 'pgcm.promotion=%'");
    if (mark) mark_ = mark->single().value_or("");
    if (auto surveyed = co_await survey_again(); !surveyed) co_return surveyed;
    if (!visible() && !site_.dry_run) {
        // Somebody may have been killed between the two renames of a swap.
        const auto finished = co_await data().finish_swap();
        if (finished && *finished)
            if (auto surveyed = co_await survey_again(); !surveyed) co_return surveyed;
    }
    const auto current = Conninfo::parse(survey_.primary_conninfo).value_or(Conninfo{});
    conninfo_ = replication_conninfo(current, request_.upstream, settings().replication_conninfo, site_.node);
    co_return check_system();
}

// Why pg_rewind would not help; empty when it may.
std::string Rejoin::against_rewind() const {
    if (survey_.host.rewinding) return "an earlier pg_rewind ended half-way";
    if (!settings().commands.rewind.empty()) return {};
    if (survey_.missing.contains("pg_rewind")) return "there is no pg_rewind in " + settings().bin_dir;
    if (!visible()) return "there is no data directory";
    if (!survey_.traces_changes) return "it needs wal_log_hints = on or data checksums";
    if (!survey_.full_page_writes) return "it needs full_page_writes = on";
    // Two histories of one number look the same to pg_rewind, which then does nothing (LESSONS 1); and of a former
    // primary the control file may still show the timeline before its promotion (LESSONS 25).
    if (!survey_.timeline) return "the local timeline is not known";
    if (*survey_.timeline == *facts_.timeline)
        return fmt::format("both have been on timeline {}, and pg_rewind cannot tell their histories apart",
                           to_string(*facts_.timeline));
    return {};
}

// Why a clone cannot be made; empty when it can.
asio::awaitable<std::string> Rejoin::against_clone() {
    const bool own_command = !settings().commands.basebackup.empty();
    if (!own_command && survey_.missing.contains("pg_basebackup"))
        co_return "there is no pg_basebackup in " + settings().bin_dir;
    if (settings().in_place && own_command) co_return "";
    if (!settings().in_place && !survey_.clone_obstacle.empty())
        co_return survey_.clone_obstacle + "; rejoin.in_place = true replaces the contents instead";
    const auto tablespaces = co_await source_.ask(
        "SELECT pg_catalog.count(*) FROM pg_catalog.pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')");
    const bool cared_for = own_command || (settings().in_place && !settings().commands.remove_dirs.empty());
    if (!cared_for && (!tablespaces || tablespaces->single() != "0"))
        co_return "the primary has tablespaces, which only commands.basebackup can place";
    if (settings().in_place) co_return "";
    const auto size = co_await source_.ask(
        "SELECT pg_catalog.sum(pg_catalog.pg_database_size(oid))::bigint FROM pg_catalog.pg_database");
    const auto text = size ? size->single().value_or("") : "";
    const auto bytes = text.empty() ? 0ULL : std::strtoull(text.c_str(), nullptr, 10);
    constexpr std::uint64_t for_wal = 64ULL << 20U;
    if (survey_.free_bytes && *survey_.free_bytes < bytes + bytes / 20 + for_wal)
        co_return fmt::format("there is no room for a second copy: {} bytes are free, {} needed", *survey_.free_bytes,
                              bytes + bytes / 20 + for_wal);
    co_return "";
}

asio::awaitable<Result<std::vector<Rejoin::Way>>> Rejoin::possible() {
    std::vector<Way> ways;
    auto methods = settings().methods;
    if (request_.method == Method::rewind) methods = {RejoinMethod::rewind};
    if (request_.method == Method::basebackup) methods = {RejoinMethod::basebackup};
    std::string reasons;
    for (const auto method : methods) {
        const bool rewinds = method == RejoinMethod::rewind;
        std::string reason = rewinds ? against_rewind() : "";
        if (!rewinds) reason = co_await against_clone();
        if (reason.empty()) {
            ways.push_back(rewinds ? Way::rewind : Way::basebackup);
            continue;
        }
        const std::string name = rewinds ? "pg_rewind" : "pg_basebackup";
        course_.skip(name, "by " + name, reason);
        reasons += (reasons.empty() ? "" : "; ") + name + ": " + reason;
    }
    if (ways.empty()) co_return fail(ErrorCode::refused, "no way to rejoin: " + reasons, "mend what is named first");
    co_return ways;
}

// The least that is enough, and where it does not come to stream, the next.
Rejoin::Went Rejoin::by_any_way() {
    std::string reason = "it was not asked for";
    if (request_.method == Method::automatic) reason = co_await against_reattaching();
    course_.found("find", "find out what is needed",
                  fmt::format("{}; a new upstream alone {}", evidence(),
                              reason.empty() ? "is enough" : "is not enough: " + reason));
    if (reason.empty()) {
        auto went = co_await by(Way::reattach);
        if (went || went.error().code == ErrorCode::interrupted) co_return went;
        if (auto surveyed = co_await survey_again(); !surveyed) co_return surveyed;
    }
    const auto ways = co_await possible();
    if (!ways) co_return fail(ways.error());
    for (std::size_t i = 0; i < ways->size(); ++i) {
        auto went = co_await by((*ways)[i]);
        const bool last = i + 1 == ways->size();
        if (went || last || went.error().code == ErrorCode::interrupted) co_return went;
        if (auto surveyed = co_await survey_again(); !surveyed) co_return surveyed;
    }
    co_return Result<void>{};
}

Rejoin::Went Rejoin::by(Way way) {
    if (way == Way::reattach) return by_reattaching();
    if (way == Way::rewind) return by_rewind();
    return settings().in_place ? by_clone_in_place() : by_clone_beside();
}

Rejoin::Went Rejoin::provide_our_slot() {
    if (request_.slot.empty()) co_return Result<void>{};
    const Effect provide = [&](Step&) { return provide_slot(source_, request_.slot); };
    co_return co_await course_.step("slot", fmt::format("have the slot {} on {}", request_.slot, source_.called()),
                                    provide);
}

Rejoin::Went Rejoin::stop_local() {
    return order("stop", "stop the local server",
                 [&] { return site_.server.stop(StopMode::fast, site_.command_timeout); });
}

Rejoin::Went Rejoin::start_and_prove() {
    const Effect start = [&](Step&) -> Done {
        old_walsenders_ = co_await walsenders();
        const auto pid = co_await site_.server.start(true, site_.command_timeout);
        if (!pid) co_return fail(pid.error());
        co_return *pid != 0 ? fmt::format("pid {}", *pid) : "";
    };
    if (auto went = co_await course_.step("start", "start the local server", start); !went) co_return went;
    const Effect proof = [&](Step&) { return prove(); };
    co_return co_await course_.step("prove_streaming", "see that it streams from " + source_.called(), proof);
}

Rejoin::Done Rejoin::drop_peer_slots() {
    Peer local{executor_, site_.resolver, site_.local, "the local server", site_.command_timeout};
    co_return co_await drop_idle_slots(local, request_.peer_slots);
}

Rejoin::Went Rejoin::tidy() {
    const Effect old = [&](Step&) -> Done {
        const auto removed = co_await data().discard_old(false);
        if (!removed) co_return fail(removed.error());
        const auto forgotten = co_await data().discard_configuration();
        if (!forgotten) co_return fail(forgotten.error());
        co_return fmt::format("{} removed", *removed);
    };
    if (auto went = co_await course_.attempt("drop_old", "remove old data directories", old); !went) co_return went;
    if (request_.peer_slots.empty()) co_return Result<void>{};
    const Effect slots = [&](Step&) { return drop_peer_slots(); };
    co_return co_await course_.attempt("drop_slots", "drop the slots of other standbys", slots);
}

asio::awaitable<bool> Rejoin::streams_already() {
    if (survey_.host.rewinding || survey_.host.process != Process::running) co_return false;
    Peer local{executor_, site_.resolver, site_.local, "the local server", site_.command_timeout};
    const auto ends = co_await both_ends(local);
    co_return ends.both();
}

asio::awaitable<Result<OperationReport>> Rejoin::run(std::optional<OperationFile> previous) {
    if (auto looked = co_await look(); !looked) co_return fail(looked.error());
    bool streaming = false;
    if (previous && only_proof_is_left(*previous) && previous->to == request_.to.str())
        streaming = co_await streams_already();
    if (streaming) {
        course_.skip("prove_streaming", "go on where the last attempt ended", "it streams already");
    } else if (auto went = co_await by_any_way(); !went) {
        co_return co_await course_.finish(went.error());
    }
    if (auto went = co_await tidy(); !went) co_return co_await course_.finish(went.error());
    co_return co_await course_.finish();
}

asio::awaitable<Result<OperationReport>> rejoin(Site& site, RejoinRequest request) {
    auto& data = site.server.data();
    auto previous = co_await data.read_operation();
    if (!previous && previous.error().code == ErrorCode::interrupted) co_return fail(previous.error());
    // A file that cannot be read tells nothing, and is overwritten.
    std::optional<OperationFile> before = previous ? std::move(*previous) : std::nullopt;
    OperationFile file;
    file.operation = "rejoin";
    file.to = request.to.str();
    file.method = request.method == Method::automatic ? "auto"
                  : request.method == Method::rewind  ? "rewind"
                                                      : "basebackup";
    file.started = data.clock().wall();
    file.why = request.why;
    if (before && before->operation == file.operation && before->to == file.to) {
        if (auto allowed = may_try_again(*before); !allowed && !site.dry_run) co_return fail(allowed.error());
        file.started = before->started;
        file.attempts = before->attempts + 1;
    }
    Rejoin task{co_await asio::this_coro::executor, site, std::move(request), std::move(file)};
    co_return co_await task.run(std::move(before));
}

}  // namespace pgcm::act
