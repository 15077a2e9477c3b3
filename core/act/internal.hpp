#pragma once
// Whatever touches the data directory runs in a child of pgcm's own binary, with a deadline: a hung disk costs a child,
// never the loop (LESSONS 8).
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "act/data_directory.hpp"
#include "act/operation_log.hpp"
#include "model/error.hpp"
#include "model/settings.hpp"
#include "model/time.hpp"

namespace pgcm::act {

namespace asio = boost::asio;

// argv[1] by which pgcm's binary becomes that child; argv[2] is the operation.
inline constexpr std::string_view internal_command = "internal-data-directory";

// The child's whole life: reads a request (JSON) from one descriptor, does it, writes the answer (JSON) to the other.
// Returns the exit status: 0 whenever an answer was written, be it an error.
int run_internal(std::string_view operation, int input, int output);

// The same operations for the loop: each is one child. Error: timeout when the child does not answer in time.
// What each one means stands in data_directory.hpp and clone_directory.hpp.
class DataDirectory {
  public:
    // `state_dir` is pgcm's; the part of the server's user, state_dir/server, is made when it is first needed.
    // `program` is the binary whose main() knows internal_command.
    DataDirectory(ServerSettings settings, std::string state_dir, const Clock& clock, milliseconds command_timeout,
                  std::string program = "/proc/self/exe");

    // Past the timeout it is no Error: disk_stalled is set, and Process is what /proc alone tells.
    asio::awaitable<Result<LocalHost>> inspect(milliseconds timeout);
    asio::awaitable<Result<Survey>> survey();
    asio::awaitable<Result<std::optional<PostmasterFile>>> postmaster(int awaited);

    asio::awaitable<Result<void>> prepare_start();
    asio::awaitable<Result<bool>> bury_postmaster();
    asio::awaitable<Result<void>> prepare_standby(std::string directory, std::optional<Upstream> upstream);
    asio::awaitable<Result<void>> clear_signals();
    asio::awaitable<Result<void>> mark_rewinding(std::string why);
    asio::awaitable<Result<void>> clear_rewinding();
    asio::awaitable<Result<void>> save_configuration();
    asio::awaitable<Result<void>> restore_configuration();
    asio::awaitable<Result<void>> adopt_configuration(std::string directory);
    asio::awaitable<Result<void>> discard_configuration();

    asio::awaitable<Result<std::string>> clone_path();
    asio::awaitable<Result<void>> discard_clone();
    asio::awaitable<Result<void>> accept_clone();
    asio::awaitable<Result<void>> swap_in();
    asio::awaitable<Result<bool>> finish_swap();
    asio::awaitable<Result<int>> discard_old(bool keep_first);
    asio::awaitable<Result<void>> empty_in_place();

    // In pgcm's own part of the state directory, as pgcm's own user.
    asio::awaitable<Result<void>> write_operation(OperationFile file);
    asio::awaitable<Result<std::optional<OperationFile>>> read_operation(std::optional<milliseconds> patience = {});
    asio::awaitable<Result<void>> remove_operation();
    asio::awaitable<Result<std::string>> log_tail();

    // Where the server's output goes when nothing else is configured.
    std::string log_file() const { return state_dir_ + "/server.log"; }
    // With symbolic links resolved, once an inspect() has said so; until then as configured.
    const std::string& real_data_dir() const { return real_data_dir_; }
    const ServerSettings& settings() const { return settings_; }
    const Clock& clock() const { return clock_; }

  private:
    enum class As { server_user, ourselves };
    asio::awaitable<Result<std::string>> ask(std::string operation, std::string arguments, milliseconds timeout,
                                             As whom = As::server_user);
    asio::awaitable<Result<std::string>> change(std::string operation, std::string arguments, int patience = 1);
    asio::awaitable<Result<void>> order(std::string operation, std::string arguments = "{}", int patience = 1);
    asio::awaitable<Result<void>> claim();
    Place place() const;
    milliseconds timeout() const { return command_timeout_; }

    ServerSettings settings_;
    std::string state_dir_;
    const Clock& clock_;
    milliseconds command_timeout_;
    std::string program_;
    std::string real_data_dir_;
    bool claimed_ = false;
};

}  // namespace pgcm::act
