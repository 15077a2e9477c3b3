#include <fmt/format.h>

#include "act/internal.hpp"
#include "act/process.hpp"
#include "act/server_processes.hpp"
#include "act/spawn.hpp"
#include "act/wire.hpp"

namespace pgcm::act {
namespace {

using wire::Json;

constexpr int long_patience = 60;  // removing a large tree takes its time

// What the child said, or the error that it reported.
Result<std::string> reply_of(const Outcome& outcome, const Invocation& invocation) {
    try {
        const auto json = Json::parse(outcome.output);
        if (json.contains("error")) return fail(wire::to_error(json.at("error")));
        return wire::text_of(json.at("ok"));
    } catch (const Json::exception&) {
        return fail(to_error(outcome, invocation));
    }
}

// What `read` makes of an answer; a child of another version may answer otherwise than we expect.
template <class F>
auto decoded(const std::string& text, F&& read) -> Result<decltype(read(Json{}))> {
    try {
        return read(Json::parse(text));
    } catch (const Json::exception& error) {
        return fail(
            fmt::format("the child that looks after the data directory gave a strange answer: {}", error.what()));
    }
}

template <class T>
std::string one(const char* key, const T& value) {
    Json json = Json::object();
    json[key] = value;
    return wire::text_of(json);
}

std::string without_trailing_slash(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
}

}  // namespace

DataDirectory::DataDirectory(ServerSettings settings, std::string state_dir, const Clock& clock,
                             milliseconds command_timeout, std::string program)
    : settings_(std::move(settings)),
      state_dir_(std::move(state_dir)),
      clock_(clock),
      command_timeout_(command_timeout),
      program_(std::move(program)),
      real_data_dir_(without_trailing_slash(settings_.data_dir)) {}

Place DataDirectory::place() const {
    return {settings_.data_dir, settings_.bin_dir, settings_.config_file, state_dir_ + "/server"};
}

asio::awaitable<Result<std::string>> DataDirectory::ask(std::string operation, std::string arguments,
                                                        milliseconds timeout, As whom) {
    Invocation invocation;
    invocation.program = program_;
    invocation.argv = {"pgcm", std::string{internal_command}, operation};
    invocation.run_as = whom == As::server_user ? settings_.run_as : "";
    invocation.input =
        fmt::format(R"({{"place":{},"arguments":{}}})", wire::text_of(wire::from_place(place())), arguments);
    invocation.timeout = timeout;
    invocation.grace = 0ms;
    const auto outcome = co_await run(invocation);
    if (!outcome) co_return fail(outcome.error());
    if (outcome->timed_out)
        co_return fail(
            ErrorCode::timeout,
            fmt::format("the disk of {} does not answer: {} took longer than {} ms",
                        whom == As::server_user ? settings_.data_dir : state_dir_, operation, timeout.count()),
            "look at the kernel's log and at what hangs in state D");
    co_return reply_of(*outcome, invocation);
}

asio::awaitable<Result<void>> DataDirectory::claim() {
    if (claimed_) co_return Result<void>{};
    Json arguments{{"log_file", log_file()}};
    const auto identity = identity_of(settings_.run_as);
    if (!identity) co_return fail(identity.error());
    if (*identity) {
        arguments["user"] = (*identity)->user;
        arguments["group"] = (*identity)->group;
    }
    const auto done = co_await ask("claim", wire::text_of(arguments), timeout(), As::ourselves);
    if (!done) co_return fail(done.error());
    claimed_ = true;
    co_return Result<void>{};
}

asio::awaitable<Result<std::string>> DataDirectory::change(std::string operation, std::string arguments, int patience) {
    const auto ready = co_await claim();
    if (!ready) co_return fail(ready.error());
    co_return co_await ask(std::move(operation), std::move(arguments), timeout() * patience);
}

asio::awaitable<Result<void>> DataDirectory::order(std::string operation, std::string arguments, int patience) {
    const auto done = co_await change(std::move(operation), std::move(arguments), patience);
    if (!done) co_return fail(done.error());
    co_return Result<void>{};
}

asio::awaitable<Result<LocalHost>> DataDirectory::inspect(milliseconds timeout) {
    const auto looked_at = clock_.now();
    const auto seen = co_await ask("inspect", "{}", timeout);
    LocalHost host;
    if (seen) {
        auto read = decoded(*seen, [&](const Json& json) {
            real_data_dir_ = json.at("real_data_dir");
            return wire::to_host(json.at("host"));
        });
        if (!read) co_return fail(read.error());
        host = std::move(*read);
    } else if (seen.error().code == ErrorCode::timeout) {
        host.disk_stalled = true;
        host.message = seen.error().what;
        const auto processes = server_processes(real_data_dir_);
        if (!processes.empty()) host.process = Process::running;
        host.postmaster_pid = postmaster_among(processes);
    } else {
        co_return fail(seen.error());
    }
    host.looked_at = looked_at;
    co_return host;
}

asio::awaitable<Result<Survey>> DataDirectory::survey() {
    const auto looked_at = clock_.now();
    const auto seen = co_await ask("survey", "{}", timeout());  // it looks only: nothing is claimed for it
    if (!seen) co_return fail(seen.error());
    auto survey = decoded(*seen, [](const Json& json) { return wire::to_survey(json); });
    if (survey) survey->host.looked_at = looked_at;
    co_return survey;
}

asio::awaitable<Result<std::optional<PostmasterFile>>> DataDirectory::postmaster(int awaited) {
    const auto seen = co_await ask("postmaster", one("awaited", awaited), timeout());
    if (!seen) co_return fail(seen.error());
    co_return decoded(*seen, [](const Json& json) -> std::optional<PostmasterFile> {
        if (json.is_null()) return std::nullopt;
        return PostmasterFile{json.at("pid"), {}, json.at("status"), {}};
    });
}

asio::awaitable<Result<void>> DataDirectory::prepare_start() {
    return order("prepare_start");
}

asio::awaitable<Result<bool>> DataDirectory::bury_postmaster() {
    const auto done = co_await change("bury_postmaster", "{}");
    if (!done) co_return fail(done.error());
    co_return decoded(*done, [](const Json& json) { return json.get<bool>(); });
}

asio::awaitable<Result<void>> DataDirectory::prepare_standby(std::string directory, std::optional<Upstream> upstream) {
    Json arguments{{"directory", directory}};
    if (upstream) {
        arguments["primary_conninfo"] = upstream->primary_conninfo;
        arguments["slot"] = upstream->slot;
    }
    return order("prepare_standby", wire::text_of(arguments));
}

asio::awaitable<Result<void>> DataDirectory::clear_signals() {
    return order("clear_signals");
}
asio::awaitable<Result<void>> DataDirectory::mark_rewinding(std::string why) {
    return order("mark_rewinding", one("why", why));
}
asio::awaitable<Result<void>> DataDirectory::clear_rewinding() {
    return order("clear_rewinding");
}
asio::awaitable<Result<void>> DataDirectory::save_configuration() {
    return order("save_configuration");
}
asio::awaitable<Result<void>> DataDirectory::restore_configuration() {
    return order("restore_configuration");
}
asio::awaitable<Result<void>> DataDirectory::discard_configuration() {
    return order("discard_configuration");
}
asio::awaitable<Result<void>> DataDirectory::adopt_configuration(std::string directory) {
    return order("adopt_configuration", one("directory", directory));
}

asio::awaitable<Result<std::string>> DataDirectory::clone_path() {
    const auto path = co_await ask("clone_path", "{}", timeout());
    if (!path) co_return fail(path.error());
    co_return decoded(*path, [](const Json& json) { return json.get<std::string>(); });
}
asio::awaitable<Result<void>> DataDirectory::discard_clone() {
    return order("discard_clone", "{}", long_patience);
}
asio::awaitable<Result<void>> DataDirectory::accept_clone() {
    return order("accept_clone");
}
asio::awaitable<Result<void>> DataDirectory::swap_in() {
    return order("swap_in", one("stamp", file_stamp(clock_.wall())));
}
asio::awaitable<Result<bool>> DataDirectory::finish_swap() {
    const auto done = co_await change("finish_swap", "{}");
    if (!done) co_return fail(done.error());
    co_return decoded(*done, [](const Json& json) { return json.get<bool>(); });
}
asio::awaitable<Result<int>> DataDirectory::discard_old(bool keep_first) {
    auto arguments = one("keep_first", keep_first);
    const auto done = co_await change("discard_old", std::move(arguments), long_patience);
    if (!done) co_return fail(done.error());
    co_return decoded(*done, [](const Json& json) { return json.get<int>(); });
}
asio::awaitable<Result<void>> DataDirectory::empty_in_place() {
    return order("empty_in_place", "{}", long_patience);
}

asio::awaitable<Result<void>> DataDirectory::write_operation(OperationFile file) {
    Json arguments = Json::object();
    arguments["state_dir"] = state_dir_;
    arguments["file"] = to_json(file);
    if (const auto ready = co_await claim(); !ready) co_return fail(ready.error());
    const auto done = co_await ask("write_operation", wire::text_of(arguments), timeout(), As::ourselves);
    if (!done) co_return fail(done.error());
    co_return Result<void>{};
}

asio::awaitable<Result<std::optional<OperationFile>>> DataDirectory::read_operation(
    std::optional<milliseconds> patience) {
    auto arguments = one("state_dir", state_dir_);
    const auto text = co_await ask("read_operation", std::move(arguments), patience.value_or(timeout()), As::ourselves);
    if (!text) co_return fail(text.error());
    const auto document =
        decoded(*text, [](const Json& json) { return json.is_null() ? "" : json.get<std::string>(); });
    if (!document) co_return fail(document.error());
    if (document->empty()) co_return std::optional<OperationFile>{};
    auto file = parse_operation(*document);
    if (!file) co_return fail(file.error());
    co_return std::optional{std::move(*file)};
}

asio::awaitable<Result<void>> DataDirectory::remove_operation() {
    auto arguments = one("state_dir", state_dir_);
    const auto done = co_await ask("remove_operation", std::move(arguments), timeout(), As::ourselves);
    if (!done) co_return fail(done.error());
    co_return Result<void>{};
}

asio::awaitable<Result<std::string>> DataDirectory::log_tail() {
    auto arguments = one("path", log_file());
    const auto text = co_await ask("log_tail", std::move(arguments), timeout(), As::ourselves);
    if (!text) co_return fail(text.error());
    co_return decoded(*text, [](const Json& json) { return json.get<std::string>(); });
}

}  // namespace pgcm::act
