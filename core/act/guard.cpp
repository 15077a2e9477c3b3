#include "act/guard.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <utility>

#include "act/child.hpp"
#include "act/guard_orders.hpp"
#include "act/pidfd.hpp"
#include "act/server_processes.hpp"
#include "act/spawn.hpp"

namespace pgcm::act {
namespace {

constexpr auto start_patience = 5s;
constexpr auto end_patience = 1s;

Error failure(std::string_view what) {
    return {ErrorCode::failed, fmt::format("cannot start the guard: {}: {}", what, std::strerror(errno)), {}};
}

// A descriptor for the guard: above the standard streams, which are others in it.
Descriptor lifted(Descriptor made) {
    if (!made || made.get() > 2) return made;
    return Descriptor{::fcntl(made.get(), F_DUPFD_CLOEXEC, 3)};
}

bool readable_within(const Descriptor& descriptor, milliseconds longest) {
    pollfd waiting{descriptor.get(), POLLIN, 0};
    int ready = 0;
    do ready = ::poll(&waiting, 1, static_cast<int>(longest.count()));
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

// No disk behind it, and of a size that nobody can change.
Result<Descriptor> shared_memory() {
    auto memory = lifted(Descriptor{::memfd_create("pgcm-guard", MFD_CLOEXEC | MFD_ALLOW_SEALING)});
    if (!memory || ::ftruncate(memory.get(), sizeof(GuardOrders)) != 0 ||
        ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return fail(failure("no shared memory"));
    return memory;
}

// What it says before it takes its place; empty when it says nothing in time, or has ended.
std::string first_words(const Spawned& child) {
    std::array<char, 1024> buffer{};
    if (!readable_within(child.output, start_patience)) return {};
    const auto size = ::read(child.output.get(), buffer.data(), buffer.size());
    return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

// SIGKILL to a child of ours, which is buried now or later.
void end_child(int pid, const Descriptor& process) {
    ::kill(pid, SIGKILL);  // not yet buried, so the number is still its own
    if (readable_within(process, end_patience) && ::waitpid(pid, nullptr, WNOHANG) == pid) return;
    reap_later(pid);
}

Error not_ready(const Spawned& child, const Invocation& invocation, std::string words) {
    const bool ended = readable_within(child.process, end_patience);
    if (const auto error = exec_error(child, invocation)) words = error->what;
    while (words.ends_with('\n')) words.pop_back();
    if (words.empty()) words = ended ? "it ended at once" : "it was not ready in time";
    return {ErrorCode::failed, "cannot start the guard: " + words, {}};
}

// /proc/PID/cmdline: each argument ends with a NUL.
bool is_guard(int pid) {
    const Descriptor file{::open(fmt::format("/proc/{}/cmdline", pid).c_str(), O_RDONLY | O_CLOEXEC)};
    std::array<char, 256> buffer{};
    const auto size = file ? ::read(file.get(), buffer.data(), buffer.size()) : -1;
    const std::string_view text{buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    return text.starts_with(fmt::format("pgcm{}{}{}", '\0', guard_command, '\0'));
}

}  // namespace

Result<Guard> Guard::start(std::string real_data_dir, std::string program) {
    Guard guard;
    auto memory = shared_memory();
    if (!memory) return fail(memory.error());
    guard.wake_ = lifted(Descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)});
    // A pipe would be held open by each child of ours that hangs between fork and exec.
    const auto ourselves = lifted(open_pidfd(::getpid()));
    if (!guard.wake_ || !ourselves) return fail(failure("no descriptors"));
    void* mapping = ::mmap(nullptr, sizeof(GuardOrders), PROT_READ | PROT_WRITE, MAP_SHARED, memory->get(), 0);
    if (mapping == MAP_FAILED) return fail(failure("no shared memory"));
    guard.orders_ = new (mapping) GuardOrders;

    Invocation invocation;
    invocation.program = std::move(program);
    invocation.argv = {"pgcm", std::string{guard_command}, std::move(real_data_dir)};
    invocation.inherited = {memory->get(), guard.wake_.get(), ourselves.get()};
    for (const int number : invocation.inherited) invocation.argv.push_back(std::to_string(number));
    invocation.detached_children = true;  // a session of its own: no terminal's Ctrl-C, no signal to our group
    auto child = spawn(invocation);
    if (!child) return fail(child.error());
    guard.pid_ = child->pid;
    const auto words = child->process ? first_words(*child) : "";
    if (words != "ready\n") {
        auto error = not_ready(*child, invocation, words);
        guard.process_ = std::move(child->process);
        return fail(std::move(error));  // and ~Guard ends what there is
    }
    guard.process_ = std::move(child->process);
    guard.start_ticks_ = act::start_ticks(guard.pid_).value_or(0);
    return guard;
}

Guard::Guard(Guard&& other) noexcept
    : orders_(std::exchange(other.orders_, nullptr)),
      wake_(std::move(other.wake_)),
      process_(std::move(other.process_)),
      pid_(std::exchange(other.pid_, 0)),
      start_ticks_(std::exchange(other.start_ticks_, 0)) {}

Guard& Guard::operator=(Guard&& other) noexcept {
    if (this == &other) return *this;
    let_go();
    orders_ = std::exchange(other.orders_, nullptr);
    wake_ = std::move(other.wake_);
    process_ = std::move(other.process_);
    pid_ = std::exchange(other.pid_, 0);
    start_ticks_ = std::exchange(other.start_ticks_, 0);
    return *this;
}

Guard::~Guard() {
    let_go();
}

void Guard::let_go() {
    if (orders_ == nullptr) return;
    if (pid_ != 0 && armed()) {
        orders_->left = 1;
        ::eventfd_write(wake_.get(), 1);
        reap_later(pid_);
    } else if (pid_ != 0) {
        end_child(pid_, process_);
    }
    ::munmap(orders_, sizeof(GuardOrders));
    orders_ = nullptr;
    pid_ = 0;
}

void Guard::order(std::uint64_t word) {
    const auto before = orders_->deadlines.exchange(word);
    if (word == deadlines::none) return;
    // Later than it plans to look: it will find that out by itself.
    if (before != deadlines::none && deadlines::immediate_at(word) >= deadlines::immediate_at(before) &&
        deadlines::kill_at(word) >= deadlines::kill_at(before))
        return;
    ::eventfd_write(wake_.get(), 1);
}

void Guard::arm(BootTime immediate_at, BootTime kill_at) {
    order(deadlines::pack(immediate_at, kill_at));
}
void Guard::disarm() {
    order(deadlines::none);
}

bool Guard::armed() const {
    return orders_->deadlines != deadlines::none;
}
std::uint32_t Guard::acted() const {
    return orders_->acted;
}
std::uint32_t Guard::looks() const {
    return orders_->looks;
}
bool Guard::alive() const {
    return !readable_within(process_, 0ms);
}

Result<bool> retire_guard(int pid, std::uint64_t start_ticks) {
    // The descriptor pins the process; what is checked after it is true of the one that gets the signal.
    const auto process = pid > 0 ? open_pidfd(pid) : Descriptor{};
    if (!process && pid > 0 && errno != ESRCH && errno != EINVAL)
        return fail(fmt::format("cannot look at the guard of before (pid {}): {}", pid, std::strerror(errno)));
    if (!process || act::start_ticks(pid) != start_ticks || !is_guard(pid)) return false;
    if (!signal_pidfd(process, SIGKILL) && errno != ESRCH)
        return fail(fmt::format("cannot end the guard of before (pid {}): {}", pid, std::strerror(errno)),
                    "run pgcm as the user that it ran as");
    if (!readable_within(process, end_patience))
        return fail(ErrorCode::timeout, fmt::format("the guard of before (pid {}) does not end", pid));
    return true;
}

}  // namespace pgcm::act
