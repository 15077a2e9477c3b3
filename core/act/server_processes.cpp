#include "act/server_processes.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <memory>
#include <sstream>
#include <string_view>

#include "act/descriptor.hpp"
#include "act/pidfd.hpp"

namespace pgcm::act {
namespace {

constexpr std::string_view deleted = " (deleted)";

std::optional<std::string> link_of(int pid, std::string_view name) {
    const auto path = fmt::format("/proc/{}/{}", pid, name);
    std::array<char, PATH_MAX> target{};
    const auto size = ::readlink(path.c_str(), target.data(), target.size());
    if (size < 0) return std::nullopt;
    return std::string{target.data(), static_cast<std::size_t>(size)};
}

std::string_view without_deleted(std::string_view path) {
    return path.ends_with(deleted) ? path.substr(0, path.size() - deleted.size()) : path;
}

bool serves(int pid, const std::string& real_data_dir) {
    const auto directory = link_of(pid, "cwd");
    if (!directory || without_deleted(*directory) != real_data_dir) return false;
    const auto program = link_of(pid, "exe");
    if (!program) return false;
    const auto path = without_deleted(*program);
    const auto name = path.substr(path.find_last_of('/') + 1);
    return name == "postgres" || name == "postmaster";
}

// The fields of /proc/PID/stat after the program's name, which may hold spaces and brackets: state is the first.
std::vector<std::string> stat_fields(int pid) {
    const Descriptor file{::open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC)};
    std::array<char, 1024> buffer{};
    const auto size = file ? ::read(file.get(), buffer.data(), buffer.size()) : -1;
    if (size <= 0) return {};
    const std::string_view text{buffer.data(), static_cast<std::size_t>(size)};
    const auto bracket = text.rfind(')');
    if (bracket == std::string_view::npos) return {};
    std::istringstream rest{std::string{text.substr(bracket + 1)}};
    std::vector<std::string> fields;
    for (std::string field; rest >> field;) fields.push_back(field);
    return fields;
}

template <class T>
std::optional<T> number_in(const std::vector<std::string>& fields, std::size_t index) {
    T value{};
    if (index >= fields.size()) return std::nullopt;
    const auto& text = fields[index];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::uint64_t> start_ticks(int pid) {
    constexpr std::size_t start_time = 22 - 3;
    return number_in<std::uint64_t>(stat_fields(pid), start_time);
}

std::optional<int> parent_process(int pid) {
    return number_in<int>(stat_fields(pid), 1);
}

bool is_zombie(int pid) {
    const auto fields = stat_fields(pid);
    return !fields.empty() && fields[0] == "Z";
}

std::vector<int> server_processes(const std::string& real_data_dir) {
    std::vector<int> found;
    const std::unique_ptr<DIR, int (*)(DIR*)> directory{::opendir("/proc"), &::closedir};
    while (const dirent* entry = directory ? ::readdir(directory.get()) : nullptr) {
        const std::string_view name{&entry->d_name[0]};
        int pid = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (error == std::errc{} && end == name.data() + name.size() && serves(pid, real_data_dir))
            found.push_back(pid);
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::optional<int> postmaster_among(const std::vector<int>& processes) {
    std::optional<int> candidate;
    for (const int pid : processes) {
        const auto parent = parent_process(pid);
        if (parent && std::binary_search(processes.begin(), processes.end(), *parent)) continue;
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

}  // namespace pgcm::act
