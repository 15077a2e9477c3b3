#include "act/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/close_range.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <mutex>

#include "act/pidfd.hpp"

namespace pgcm::act {
namespace {

enum class Stage : int { setup, log_file, identity, exec };
struct Failed {
    Stage stage;
    int error;
};

// All that the child needs between fork and exec, where memory may not be allocated.
struct Plan {
    std::vector<std::string> environment;
    std::vector<char*> argv, envp;
    std::vector<std::string> candidates;  // paths to try for argv[0]
    std::optional<Identity> identity;
    std::vector<int> inherited;
    const char* log_file = nullptr;
    int input = -1, output = -1, errors = -1, failure = -1;
    bool detached = false;
    pid_t parent = 0;
};

[[noreturn]] void give_up(const Plan& plan, Stage stage, int error) {
    const Failed failed{stage, error};
    [[maybe_unused]] const auto written = ::write(plan.failure, &failed, sizeof failed);
    ::_exit(127);
}

void reset_signals() {
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Libraries may have opened descriptors without close-on-exec.
void forbid_inheritance() {
    if (::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
    constexpr int plenty = 65536;
    for (int number = 3; number < plenty; ++number) ::fcntl(number, F_SETFD, FD_CLOEXEC);
}

void connect_streams(const Plan& plan) {
    int input = plan.input, output = plan.output, errors = plan.errors;
    if (input < 0) input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (plan.log_file != nullptr) {
        output = errors =
            ::open(plan.log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
        if (output < 0) give_up(plan, Stage::log_file, errno);
    }
    if (::dup2(input, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(errors, 2) < 0) give_up(plan, Stage::setup, errno);
}

void take_identity(const Plan& plan) {
    if (!plan.identity) return;
    const auto& identity = *plan.identity;
    if (::setgroups(identity.groups.size(), identity.groups.data()) != 0 || ::setgid(identity.group) != 0 ||
        ::setuid(identity.user) != 0)
        give_up(plan, Stage::identity, errno);
}

// Runs in the child. Only async-signal-safe calls.
[[noreturn]] void become(const Plan& plan) {
    if (plan.detached)
        ::setsid();
    else
        ::setpgid(0, 0);
    reset_signals();
    connect_streams(plan);
    forbid_inheritance();
    for (const int number : plan.inherited)
        if (::fcntl(number, F_SETFD, 0) != 0) give_up(plan, Stage::setup, errno);
    if (::chdir("/") != 0) give_up(plan, Stage::setup, errno);
    take_identity(plan);
    if (!plan.detached) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a change of user clears it, so it comes after
        if (::getppid() != plan.parent) ::_exit(127);
    }
    int error = ENOENT;
    for (const auto& path : plan.candidates) {
        ::execve(path.c_str(), plan.argv.data(), plan.envp.data());
        if (errno != ENOENT && errno != ENOTDIR) error = errno;
    }
    give_up(plan, Stage::exec, error);
}

// Both ends above the standard streams, so that connecting those cannot close them.
Result<std::pair<Descriptor, Descriptor>> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    std::array<Descriptor, 2> lifted;
    for (std::size_t i = 0; i < 2; ++i) {
        Descriptor end{ends[i]};
        lifted[i] = end.get() > 2 ? std::move(end) : Descriptor{::fcntl(end.get(), F_DUPFD_CLOEXEC, 3)};
    }
    if (!lifted[0] || !lifted[1]) return fail(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    ::fcntl(lifted[0].get(), F_SETFL, O_NONBLOCK);
    return std::pair{std::move(lifted[0]), std::move(lifted[1])};
}

// The whole input, held in memory: nobody has to feed a pipe, and nobody gets SIGPIPE.
Result<Descriptor> input_of(const std::string& text) {
    if (text.empty()) return Descriptor{};
    Descriptor made{::memfd_create("pgcm-input", MFD_CLOEXEC)};
    Descriptor file{made ? ::fcntl(made.get(), F_DUPFD_CLOEXEC, 3) : -1};
    for (std::size_t done = 0; file && done < text.size();) {
        const auto wrote = ::write(file.get(), text.data() + done, text.size() - done);
        if (wrote <= 0)
            file.reset();
        else
            done += static_cast<std::size_t>(wrote);
    }
    if (!file || ::lseek(file.get(), 0, SEEK_SET) != 0)
        return fail(fmt::format("cannot hold a program's input: {}", std::strerror(errno)));
    return file;
}

// What a service manager tells pgcm is not for its children: a postmaster would announce itself in pgcm's name.
bool is_ours_alone(const std::string& name) {
    constexpr std::array<std::string_view, 6> names = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
                                                       "LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::map<std::string, std::string> environment_of(const Invocation& invocation, const std::optional<Identity>& user) {
    std::map<std::string, std::string> all;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const auto equals = text.find('=');
        if (equals == std::string_view::npos || is_ours_alone(std::string{text.substr(0, equals)})) continue;
        all.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    if (user) {
        all["HOME"] = user->home;  // where libpq looks for .pgpass
        all["USER"] = all["LOGNAME"] = user->name;
    }
    if (invocation.c_locale) {
        all["LC_ALL"] = "C";
        all.erase("LANGUAGE");
    }
    for (const auto& [name, value] : invocation.environment) {
        all[name] = value;
        if (value.empty()) all.erase(name);
    }
    return all;
}

std::vector<std::string> candidates_for(const std::string& program, const std::string& path) {
    if (program.find('/') != std::string::npos) return {program};
    std::vector<std::string> found;
    for (std::size_t at = 0; at <= path.size();) {
        const auto colon = std::min(path.find(':', at), path.size());
        // An empty entry means the current folder, which is "/" here and never meant.
        if (colon > at) found.push_back(path.substr(at, colon - at) + "/" + program);
        at = colon + 1;
    }
    return found;
}

Result<Plan> plan_of(const Invocation& invocation) {
    if (invocation.argv.empty() || invocation.argv.front().empty())
        return fail(ErrorCode::usage, "there is no command to run");
    for (const auto& word : invocation.argv)
        if (word.find('\0') != std::string::npos) return fail(ErrorCode::usage, "a command holds a NUL character");
    auto identity = identity_of(invocation.run_as);
    if (!identity) return fail(identity.error());
    Plan plan;
    plan.identity = std::move(*identity);
    auto environment = environment_of(invocation, plan.identity);
    const auto path = environment.find("PATH");
    const auto& program = invocation.program.empty() ? invocation.argv.front() : invocation.program;
    plan.candidates = candidates_for(
        program, path != environment.end() && !path->second.empty() ? path->second : "/usr/local/bin:/usr/bin:/bin");
    for (const auto& [name, value] : environment) plan.environment.push_back(name + "=" + value);
    for (auto& entry : plan.environment) plan.envp.push_back(entry.data());
    plan.envp.push_back(nullptr);
    for (const auto& word : invocation.argv) plan.argv.push_back(const_cast<char*>(word.c_str()));
    plan.argv.push_back(nullptr);
    plan.log_file = invocation.log_file.empty() ? nullptr : invocation.log_file.c_str();
    plan.inherited = invocation.inherited;
    plan.detached = invocation.detached_children;
    plan.parent = ::getpid();
    return plan;
}

Result<Identity> look_up(const std::string& user) {
    std::vector<char> room(16384);
    passwd entry{};
    passwd* found = nullptr;
    while (::getpwnam_r(user.c_str(), &entry, room.data(), room.size(), &found) == ERANGE) room.resize(room.size() * 2);
    if (found == nullptr)
        return fail(ErrorCode::usage, fmt::format("there is no user \"{}\" on this host", user), "see postgres.run_as");
    Identity identity{entry.pw_uid, entry.pw_gid, {}, user, entry.pw_dir};
    int count = 64;
    identity.groups.resize(static_cast<std::size_t>(count));
    while (::getgrouplist(user.c_str(), entry.pw_gid, identity.groups.data(), &count) < 0)
        identity.groups.resize(static_cast<std::size_t>(count));
    identity.groups.resize(static_cast<std::size_t>(count));
    return identity;
}

}  // namespace

Result<std::optional<Identity>> identity_of(const std::string& run_as) {
    if (run_as.empty()) return std::nullopt;
    static std::mutex guard;
    static std::map<std::string, Identity> known;
    const std::lock_guard lock{guard};
    auto found = known.find(run_as);
    if (found == known.end()) {
        auto identity = look_up(run_as);
        if (!identity) return fail(identity.error());
        found = known.emplace(run_as, std::move(*identity)).first;
    }
    if (found->second.user == ::geteuid()) return std::nullopt;
    if (::geteuid() != 0)
        return fail(ErrorCode::usage, fmt::format("only root may run programs as the user \"{}\"", run_as),
                    fmt::format("run pgcm as root or as {}, or leave postgres.run_as out", run_as));
    return found->second;
}

Result<Spawned> spawn(const Invocation& invocation) {
    auto plan = plan_of(invocation);
    if (!plan) return fail(plan.error());
    auto input = input_of(invocation.input);
    if (!input) return fail(input.error());
    auto failure = make_pipe();
    if (!failure) return fail(failure.error());
    std::pair<Descriptor, Descriptor> output, errors;
    if (invocation.log_file.empty()) {
        auto first = make_pipe();
        auto second = make_pipe();
        if (!first || !second) return fail(first ? second.error() : first.error());
        output = std::move(*first);
        errors = std::move(*second);
    }
    plan->input = input->get();
    plan->output = output.second.get();
    plan->errors = errors.second.get();
    plan->failure = failure->second.get();

    // No handler of ours may run in the child before it has reset them.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid == 0) become(*plan);
    const int error = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (pid < 0) return fail(fmt::format("cannot start {}: {}", invocation.argv.front(), std::strerror(error)));
    // Done on both sides, so that the group exists for whoever looks first.
    if (!invocation.detached_children) ::setpgid(pid, pid);
    return Spawned{pid, open_pidfd(pid), std::move(output.first), std::move(errors.first), std::move(failure->first)};
}

std::optional<Error> exec_error(const Spawned& child, const Invocation& invocation) {
    Failed failed{};
    if (::read(child.failure.get(), &failed, sizeof failed) != static_cast<ssize_t>(sizeof failed)) return std::nullopt;
    const auto* reason = std::strerror(failed.error);
    switch (failed.stage) {
        case Stage::log_file:
            return Error{ErrorCode::failed, fmt::format("cannot write {}: {}", invocation.log_file, reason), {}};
        case Stage::identity:
            return Error{
                ErrorCode::failed, fmt::format("cannot become the user {}: {}", invocation.run_as, reason), {}};
        case Stage::setup:
        case Stage::exec: break;
    }
    const bool missing = failed.error == ENOENT || failed.error == ENOTDIR;
    return Error{ErrorCode::failed, fmt::format("cannot run {}: {}", invocation.argv.front(), reason),
                 missing                  ? "is it installed, and is postgres.bin_dir right?"
                 : failed.error == EACCES ? "it must be executable for the user that runs it"
                                          : ""};
}

}  // namespace pgcm::act
