#include "act/server_processes.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <csignal>
#include <string_view>

#include "act/descriptor.hpp"
#include "act/pidfd.hpp"

namespace pgcm::act {
namespace {

// Nothing in this file may allocate, but for the one that gives back a vector: the guard works when memory is short.

constexpr std::string_view deleted = " (deleted)";

class ProcPath {
  public:
    ProcPath(int pid, std::string_view name) {
        const auto end = fmt::format_to_n(text_.data(), text_.size() - 1, "/proc/{}/{}", pid, name).out;
        *end = '\0';
    }
    const char* c_str() const { return text_.data(); }

  private:
    std::array<char, 64> text_{};
};

// Where a link of /proc/PID points to.
class Link {
  public:
    Link(int pid, std::string_view name)
        : size_(::readlink(ProcPath{pid, name}.c_str(), target_.data(), target_.size())) {}
    std::string_view target() const {
        std::string_view path{target_.data(), size_ > 0 ? static_cast<std::size_t>(size_) : 0};
        if (path.ends_with(deleted)) path.remove_suffix(deleted.size());
        return path;
    }

  private:
    std::array<char, PATH_MAX> target_;
    ssize_t size_;
};

bool serves(int pid, const std::string& real_data_dir) {
    if (Link{pid, "cwd"}.target() != real_data_dir) return false;
    const Link program{pid, "exe"};
    const auto path = program.target();
    const auto name = path.substr(path.find_last_of('/') + 1);
    return name == "postgres" || name == "postmaster";
}

template <class T>
std::optional<T> number_in(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// The fields of /proc/PID/stat after the program's name, which may hold spaces and brackets: state is the first.
class StatFields {
  public:
    explicit StatFields(int pid) {
        const Descriptor file{::open(ProcPath{pid, "stat"}.c_str(), O_RDONLY | O_CLOEXEC)};
        const auto size = file ? ::read(file.get(), buffer_.data(), buffer_.size()) : -1;
        if (size > 0) text_ = {buffer_.data(), static_cast<std::size_t>(size)};
        const auto bracket = text_.rfind(')');
        text_ = bracket == std::string_view::npos ? std::string_view{} : text_.substr(bracket + 1);
    }
    StatFields(const StatFields&) = delete;
    // Empty when there is none.
    std::string_view field(std::size_t index) const {
        constexpr std::string_view spaces = " \n";
        auto rest = text_;
        for (;; --index) {
            rest.remove_prefix(std::min(rest.find_first_not_of(spaces), rest.size()));
            const auto end = std::min(rest.find_first_of(spaces), rest.size());
            if (index == 0 || rest.empty()) return rest.substr(0, end);
            rest.remove_prefix(end);
        }
    }

  private:
    std::array<char, 1024> buffer_;
    std::string_view text_;
};

// One walk through /proc, which shows its processes in ascending order.
std::optional<std::size_t> walk(const std::string& real_data_dir, std::span<int> found) {
    const Descriptor directory{::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    alignas(dirent64) std::array<char, 16384> room;
    std::size_t count = 0;
    for (;;) {
        const auto size = directory ? ::getdents64(directory.get(), room.data(), room.size()) : -1;
        if (size < 0) return std::nullopt;
        if (size == 0) return count;
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            const auto* entry = reinterpret_cast<const dirent64*>(room.data() + at);
            at += entry->d_reclen;
            const auto pid = number_in<int>(&entry->d_name[0]);
            if (!pid || !serves(*pid, real_data_dir)) continue;
            if (count < found.size()) found[count] = *pid;
            ++count;
        }
    }
}

}  // namespace

std::optional<std::uint64_t> start_ticks(int pid) {
    constexpr std::size_t start_time = 22 - 3;
    return number_in<std::uint64_t>(StatFields{pid}.field(start_time));
}

std::optional<int> parent_process(int pid) {
    return number_in<int>(StatFields{pid}.field(1));
}

bool is_zombie(int pid) {
    return StatFields{pid}.field(0) == "Z";
}

std::optional<std::size_t> find_server_processes(const std::string& real_data_dir, std::span<int> found) {
    auto count = walk(real_data_dir, found);
    // The walk misses a child whose number begins anew below the place it has reached, when its parent ends meanwhile.
    if (count && *count == 0) count = walk(real_data_dir, found);
    if (count) std::sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(std::min(*count, found.size())));
    return count;
}

bool server_is_gone(const std::string& real_data_dir) {
    const auto count = find_server_processes(real_data_dir, {});
    return count && *count == 0;
}

std::vector<int> server_processes(const std::string& real_data_dir) {
    std::vector<int> found(256);
    for (;;) {
        const auto count = find_server_processes(real_data_dir, found).value_or(0);
        const bool complete = count <= found.size();
        found.resize(complete ? count : 2 * count);
        if (complete) return found;
    }
}

std::optional<int> postmaster_among(std::span<const int> processes) {
    std::optional<int> candidate;
    for (const int pid : processes) {
        const auto parent = parent_process(pid);
        if (!parent) continue;  // it ended since it was found, as backends do all the time: no orphan
        if (std::binary_search(processes.begin(), processes.end(), *parent)) continue;
        if (candidate) return std::nullopt;
        candidate = pid;
    }
    return candidate;
}

bool signal_server_process(int pid, const std::string& real_data_dir, int signal) {
    // The descriptor pins the process; what is checked after it is true of the one that gets the signal.
    const auto process = open_pidfd(pid);
    if (!process || !serves(pid, real_data_dir)) return false;
    return signal_pidfd(process, signal);
}

void quit_server(std::span<const int> processes, const std::string& real_data_dir) {
    const auto postmaster = postmaster_among(processes);
    for (const int pid : processes)
        if (!postmaster || pid == *postmaster) signal_server_process(pid, real_data_dir, SIGQUIT);
}

void kill_server(std::span<const int> processes, const std::string& real_data_dir) {
    for (const int pid : processes) signal_server_process(pid, real_data_dir, SIGKILL);
}

}  // namespace pgcm::act
