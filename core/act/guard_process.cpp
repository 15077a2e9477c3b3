// The guard's own side. From "ready" on nothing here may touch a disk, or need memory that might not be there.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <ctime>
#include <optional>

#include "act/guard.hpp"
#include "act/guard_orders.hpp"
#include "act/pidfd.hpp"
#include "act/server_processes.hpp"

namespace pgcm::act {
namespace {

constexpr auto look_again = 100ms;  // while it acts, should no process end before
constexpr auto never = BootTime::max();

// Its own, for it stands alone: nobody is there to hand it a Clock.
BootTime now() {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return BootTime{std::chrono::seconds{time.tv_sec} + nanoseconds{time.tv_nsec}};
}

// What may end it is SIGKILL, its own fault, or its own decision.
void ignore_signals() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGTSTP, SIGTTIN,
                             SIGTTOU, SIGVTALRM, SIGPROF, SIGXCPU, SIGXFSZ})
        ::signal(signal, SIG_IGN);
}

void write_word(const char* path, std::string_view word) {
    const Descriptor file{::open(path, O_WRONLY | O_CLOEXEC)};
    [[maybe_unused]] const auto written = file ? ::write(file.get(), word.data(), word.size()) : -1;
}

// Each as far as the system lets us: most of it is root's.
void claim_privileges() {
    ::prctl(PR_SET_NAME, "pgcm-guard");
    // Memory that the kernel needs on our behalf is not to be had by writing to a disk that may hang.
#ifdef PR_SET_IO_FLUSHER
    ::prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0);
#endif
    write_word("/proc/self/oom_score_adj", "-1000");
    sched_param lowest{};
    lowest.sched_priority = ::sched_get_priority_min(SCHED_FIFO);
    if (::sched_setscheduler(0, SCHED_FIFO, &lowest) != 0) ::setpriority(PRIO_PROCESS, 0, -20);
    // Text and libraries, too: a page that must be read back from a hung disk would hold it up for ever.
    ::mlockall(MCL_CURRENT | MCL_FUTURE);
}

std::optional<int> number(const char* text) {
    int value = 0;
    const auto* end = text + std::strlen(text);
    const auto [stopped, error] = std::from_chars(text, end, value);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return value;
}

class Watch {
  public:
    Watch(std::string real_data_dir, GuardOrders& orders, Descriptor wake, Descriptor agent)
        : real_data_dir_(std::move(real_data_dir)),
          orders_(orders),
          wake_(std::move(wake)),
          agent_(std::move(agent)),
          timer_(::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)) {
        // Whatever a look needs has been in memory once before it is ready.
        [[maybe_unused]] const auto first = find_server_processes(real_data_dir_, found_);
    }
    bool ok() const { return static_cast<bool>(timer_); }

    void run() {
        for (;;) {
            const auto next = look();
            if (gone_ && orders_.deadlines == deadlines::none) return;
            wait_until(next);
        }
    }

  private:
    // Judges by the orders as they stand at this moment, and says when to look again at the latest.
    BootTime look() {
        ++orders_.looks;
        first_ = 0;
        auto word = orders_.deadlines.load();
        const auto time = now();
        if (word == deadlines::none || time < deadlines::immediate_at(word)) {
            acting_ = false;
            return word == deadlines::none ? never : deadlines::immediate_at(word);
        }
        const auto count = find_server_processes(real_data_dir_, found_);
        if (!count) return time + look_again;
        if (*count == 0) {
            acting_ = false;
            // Unless a new order has come; that one is looked at now.
            return orders_.deadlines.compare_exchange_strong(word, deadlines::none) ? never : time;
        }
        if (!acting_) ++orders_.acted;
        acting_ = true;
        const std::span<const int> processes{found_.data(), std::min(*count, found_.size())};
        first_ = processes.front();
        if (time >= deadlines::kill_at(word)) {
            kill_server(processes, real_data_dir_);
            return time + look_again;
        }
        quit_server(processes, real_data_dir_);
        return std::min(time + look_again, deadlines::kill_at(word));
    }

    // Until then, or until the agent wakes us or ends, or one of the server's processes ends that we are stopping.
    void wait_until(BootTime time) {
        const auto since_boot = time == never ? nanoseconds{0} : std::max(time.time_since_epoch(), nanoseconds{1});
        const auto whole = std::chrono::floor<std::chrono::seconds>(since_boot);
        itimerspec alarm{};  // all zero: none
        alarm.it_value.tv_sec = whole.count();
        alarm.it_value.tv_nsec = (since_boot - whole).count();
        ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &alarm, nullptr);
        const auto process = first_ > 0 ? open_pidfd(first_) : Descriptor{};
        std::array<pollfd, 4> waiting{{{wake_.get(), POLLIN, 0},
                                       {timer_.get(), POLLIN, 0},
                                       {gone_ ? -1 : agent_.get(), POLLIN, 0},
                                       {process.get(), POLLIN, 0}}};
        ::poll(waiting.data(), waiting.size(), -1);
        std::uint64_t ignored = 0;
        for (const auto* descriptor : {&wake_, &timer_})
            [[maybe_unused]] const auto drained = ::read(descriptor->get(), &ignored, sizeof ignored);
        gone_ = gone_ || waiting[2].revents != 0 || orders_.left != 0;
    }

    std::string real_data_dir_;
    GuardOrders& orders_;
    Descriptor wake_, agent_, timer_;
    std::array<int, 16384> found_{};  // more than that are found in the next round
    int first_ = 0;                   // of the processes that are being stopped
    bool acting_ = false;
    bool gone_ = false;  // the agent
};

int give_up(const char* what) {
    const auto text = fmt::format("{}: {}\n", what, std::strerror(errno));
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    return 1;
}

// From now on it speaks to nobody.
void announce() {
    constexpr std::string_view word = "ready\n";
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, word.data(), word.size());
    const Descriptor nowhere{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere.get(), stream);
}

}  // namespace

int run_guard(std::span<char* const> arguments) {
    ignore_signals();
    errno = EINVAL;
    if (arguments.size() != 4) return give_up("bad arguments");
    std::array<Descriptor, 3> inherited;
    for (std::size_t i = 0; i < inherited.size(); ++i) {
        const auto given = number(arguments[i + 1]);
        if (!given || *given < 3 || ::fcntl(*given, F_SETFD, FD_CLOEXEC) != 0) return give_up("bad arguments");
        inherited[i].reset(*given);
    }
    void* mapping = ::mmap(nullptr, sizeof(GuardOrders), PROT_READ | PROT_WRITE, MAP_SHARED, inherited[0].get(), 0);
    if (mapping == MAP_FAILED) return give_up("cannot map its orders");
    inherited[0].reset();
    claim_privileges();
    static std::optional<Watch> watch;  // too large for the stack
    watch.emplace(arguments[0], *static_cast<GuardOrders*>(mapping), std::move(inherited[1]), std::move(inherited[2]));
    if (!watch->ok()) return give_up("cannot make a timer");
    announce();
    watch->run();
    return 0;
}

}  // namespace pgcm::act
