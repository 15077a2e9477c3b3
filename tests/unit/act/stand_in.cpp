#include "stand_in.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <sstream>

#include "act/child.hpp"
#include "act/server_processes.hpp"

namespace pgcm::act::test {
namespace {

constexpr const char* server_command = "stand-in-server";
constexpr const char* agent_command = "stand-in-agent";

// The first line it writes.
std::string line_from(const Spawned& child) {
    std::string line;
    char letter = 0;
    pollfd waiting{child.output.get(), POLLIN, 0};
    while (::poll(&waiting, 1, 20'000) > 0 && ::read(child.output.get(), &letter, 1) == 1 && letter != '\n')
        line += letter;
    return line;
}

Spawned begin(const std::string& program, std::vector<std::string> argv) {
    Invocation invocation;
    invocation.program = program;
    invocation.argv = std::move(argv);
    invocation.detached_children = true;
    auto child = spawn(invocation);
    EXPECT_TRUE(child) << (child ? "" : child.error().what);
    return child ? std::move(*child) : Spawned{};
}

void say(const std::string& text) {
    EXPECT_EQ(::write(STDOUT_FILENO, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) ::close(stream);
}

int begin_child() {
    const int pid = ::fork();
    if (pid != 0) return pid;
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (;;) ::pause();
}

// argv: data directory, children, heeds fast, heeds immediate, goes on forking
int run_server(char** argv) {
    if (::chdir(argv[0]) != 0) return 1;
    const auto yes = [&](int index) { return std::string_view{argv[index]} == "1"; };
    sigset_t awaited;
    ::sigemptyset(&awaited);
    for (const int signal : {SIGINT, SIGQUIT}) {
        // One that is blocked would be awaited even while it is ignored.
        if (yes(signal == SIGINT ? 2 : 3))
            ::sigaddset(&awaited, signal);
        else
            ::signal(signal, SIG_IGN);
    }
    ::sigprocmask(SIG_BLOCK, &awaited, nullptr);
    std::string text;
    std::vector<int> children;
    for (int i = 0; i < std::stoi(argv[1]); ++i) {
        children.push_back(begin_child());
        text += std::to_string(children.back()) + " ";
    }
    say(text + "\n");
    for (int forked = 0;;) {
        const timespec moment{yes(4) && forked < 300 ? 0 : 3600, 1'000'000};
        const int signal = ::sigtimedwait(&awaited, nullptr, &moment);
        if (signal < 0 && yes(4) && forked++ < 300) children.push_back(begin_child());
        if (signal < 0) continue;
        for (const int pid : children) ::kill(pid, signal == SIGINT ? SIGTERM : SIGQUIT);
        for (const int pid : children) ::waitpid(pid, nullptr, 0);
        return 0;
    }
}

// argv: data directory, the deadlines in nanoseconds, 0 for none
int run_agent(char** argv) {
    auto guard = Guard::start(argv[0]);
    if (!guard) return 1;
    const BootTime immediate_at{nanoseconds{std::stoll(argv[1])}}, kill_at{nanoseconds{std::stoll(argv[2])}};
    if (immediate_at != BootTime{}) guard->arm(immediate_at, kill_at);
    say(std::to_string(guard->pid()) + " " + std::to_string(guard->start_ticks()) + "\n");
    for (;;) ::pause();
}

}  // namespace

int run_stand_in(int argc, char** argv) {
    if (argc == 7 && std::string_view{argv[1]} == server_command) return run_server(argv + 2);
    if (argc == 5 && std::string_view{argv[1]} == agent_command) return run_agent(argv + 2);
    return -1;
}

BootTime boot_now() {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return BootTime{std::chrono::seconds{time.tv_sec} + nanoseconds{time.tv_nsec}};
}

bool until(const std::function<bool()>& condition) {
    for (int i = 0; i < 20'000; ++i) {
        if (condition()) return true;
        ::usleep(1000);
    }
    return condition();
}

char state_of(int pid) {
    const auto stat = get("/proc/" + std::to_string(pid) + "/stat");
    const auto bracket = stat.rfind(')');
    return bracket != std::string::npos && stat.size() > bracket + 2 ? stat[bracket + 2] : ' ';
}

bool ended(int pid) {
    const char state = state_of(pid);
    return state == ' ' || state == 'Z' || state == 'X';
}

StandIn::StandIn(const TemporaryDirectory& directory, const std::string& name)
    : data_dir(directory / name), program_(directory / "postgres") {
    std::filesystem::create_directory(data_dir);
    if (there(program_)) return;
    std::error_code failed;
    const auto ourselves = std::filesystem::read_symlink("/proc/self/exe");
    std::filesystem::create_hard_link(ourselves, program_, failed);
    if (failed) std::filesystem::copy_file(ourselves, program_);  // on another file system
}

StandIn::~StandIn() {
    const bool clean = until([&] {
        kill_server(server_processes(data_dir), data_dir);
        reap_ended();
        return gone();
    });
    EXPECT_TRUE(clean) << "processes are left in " << data_dir;
    if (postmaster > 0) ::waitpid(postmaster, nullptr, 0);
}

void StandIn::start(const Manners& manners) {
    if (postmaster > 0) ::waitpid(postmaster, nullptr, 0);
    const auto flag = [](bool value) { return std::string{value ? "1" : "0"}; };
    const auto child =
        begin(program_, {"postgres", server_command, data_dir, std::to_string(manners.children),
                         flag(manners.heeds_fast), flag(manners.heeds_immediate), flag(manners.goes_on_forking)});
    postmaster = child.pid;
    std::istringstream words{line_from(child)};
    children.clear();
    for (int pid = 0; words >> pid;) children.push_back(pid);
    ASSERT_EQ(children.size(), static_cast<std::size_t>(manners.children));
}

bool StandIn::gone() const {
    return server_is_gone(data_dir);
}

bool StandIn::ends() const {
    return until([&] { return gone(); });
}

void StandIn::stop_all() const {
    auto all = children;
    all.push_back(postmaster);
    for (const int pid : all) {
        ::kill(pid, SIGSTOP);
        EXPECT_TRUE(until([&] { return state_of(pid) == 'T'; }));
    }
}

StandInAgent::StandInAgent(const std::string& data_dir, BootTime immediate_at, BootTime kill_at) {
    const auto text = [](BootTime time) { return std::to_string(time.time_since_epoch().count()); };
    process_ = begin("/proc/self/exe", {"agent", agent_command, data_dir, text(immediate_at), text(kill_at)});
    std::istringstream words{line_from(process_)};
    words >> guard_pid >> guard_start;
    EXPECT_GT(guard_pid, 0);
}

StandInAgent::~StandInAgent() {
    kill();
    const auto retired = retire_guard(guard_pid, guard_start);
    EXPECT_TRUE(retired) << (retired ? "" : retired.error().what);
}

void StandInAgent::kill() {
    if (process_.pid <= 0) return;
    ::kill(process_.pid, SIGKILL);
    ::waitpid(process_.pid, nullptr, 0);
    process_.pid = 0;
}

}  // namespace pgcm::act::test
