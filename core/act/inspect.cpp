#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "act/auto_conf.hpp"
#include "act/clone_directory.hpp"
#include "act/control_data.hpp"
#include "act/data_directory.hpp"
#include "act/files.hpp"
#include "act/server_processes.hpp"
#include "act/wait_for.hpp"

namespace pgcm::act {
namespace {

constexpr std::int64_t start_tolerance_s = 2;

void note(LocalHost& host, const std::string& message) {
    if (host.message.empty()) host.message = message;
}

// Seconds since the epoch at which the process began, by the kernel's idea of the boot.
std::optional<std::int64_t> started_at(int pid) {
    const auto ticks = start_ticks(pid);
    const auto text = read_file("/proc/stat");
    if (!ticks || !text || !*text) return std::nullopt;
    const auto at = (*text)->find("\nbtime ");
    if (at == std::string::npos) return std::nullopt;
    const auto boot = std::strtoll((*text)->c_str() + at + 7, nullptr, 10);
    return boot + static_cast<std::int64_t>(*ticks) / ::sysconf(_SC_CLK_TCK);
}

// Whether the process that postmaster.pid names is the server: a postgres whose directory this is (by another path,
// maybe), or, where /proc hides that from us, one that began when the file says (LESSONS 24).
bool is_server(const PostmasterFile& file, const std::string& data_dir) {
    const auto proc = fmt::format("/proc/{}", file.pid);
    struct stat theirs {
    }, ours{};
    if (::stat((proc + "/cwd").c_str(), &theirs) == 0) {
        const auto program = base_name(real_place(proc + "/exe"));
        return program.starts_with("postgres") && ::stat(data_dir.c_str(), &ours) == 0 &&
               theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
    }
    if (errno != EACCES) return false;
    const auto name = read_file(proc + "/comm");
    const auto started = started_at(file.pid);
    return name && *name && (*name)->starts_with("postgres") && started && file.started &&
           std::llabs(*started - *file.started) <= start_tolerance_s;
}

// Children without their postmaster find out within a moment, as a rule; to wait for it here is sooner than to look
// again.
std::vector<int> left_of(const std::string& real_data_dir) {
    constexpr std::chrono::milliseconds patience{100}, pause{2};
    auto left = server_processes(real_data_dir);
    for (auto looks = patience / pause; looks > 0 && !left.empty(); --looks) {
        std::this_thread::sleep_for(pause);
        left = server_processes(real_data_dir);
    }
    return left;
}

void look_at_processes(LocalHost& host, const std::string& data_dir) {
    const auto file = read_postmaster_file(data_dir);
    if (!file) note(host, file.error().what);
    const bool named = file && *file && is_server(**file, data_dir);
    const auto real_data_dir = real_place(data_dir);
    const auto processes = named ? server_processes(real_data_dir) : left_of(real_data_dir);
    if (named)
        host.postmaster_pid = (*file)->pid;
    else if (!processes.empty())
        host.postmaster_pid = postmaster_among(processes);
    if (named || !processes.empty())
        host.process = Process::running;
    else
        host.process = file ? Process::stopped : Process::unknown;
}

Lineup lineup_of(LocalHost& host, const std::string& data_dir) {
    const auto version = exists(data_dir + "/PG_VERSION");
    if (!version) note(host, version.error().what);
    if (!version) return Lineup::unknown;
    if (!*version) return Lineup::empty;
    bool signal = false;
    for (const auto* name : {"/standby.signal", "/recovery.signal"}) {
        const auto there = exists(data_dir + name);
        if (!there) {
            note(host, there.error().what);
            return Lineup::unknown;
        }
        signal = signal || *there;
    }
    return signal ? Lineup::standby : Lineup::primary;
}

void take_control_data(LocalHost& host, const ControlData& data) {
    host.system_identifier = data.system_identifier;
    host.timeline = data.timeline;
    host.checkpoint = data.checkpoint;
    host.cluster_state = data.cluster_state;
}

LocalHost look(const Place& place, std::optional<ControlData>& control) {
    LocalHost host;
    look_at_processes(host, place.data_dir);
    host.lineup = lineup_of(host, place.data_dir);
    const auto marked = is_marked_rewinding(place);
    if (marked)
        host.rewinding = *marked;
    else
        note(host, marked.error().what);
    if (host.lineup == Lineup::empty || host.lineup == Lineup::unknown) return host;
    if (const auto data = read_control_data(place.bin_dir, place.data_dir)) {
        take_control_data(host, *data);
        control = *data;
    } else {
        note(host, data.error().what);
    }
    return host;
}

// The newest timeline of which pg_wal holds a segment.
std::optional<Timeline> timeline_of_wal(const std::string& data_dir) {
    constexpr std::size_t segment_name = 24;
    std::optional<Timeline> newest;
    for (const auto& name : names_in(data_dir + "/pg_wal").value_or(std::vector<std::string>{})) {
        const bool segment =
            name.size() == segment_name && name.find_first_not_of("0123456789ABCDEF") == std::string::npos;
        if (segment) newest = std::max(newest, timeline_of_wal_file(name));
    }
    return newest;
}

// A parameter as the server would have it, asked of the server's own binary; of postgresql.auto.conf where that fails.
std::string configured(const Place& place, const std::string& parameter) {
    Invocation invocation;
    invocation.argv = {tool(place.bin_dir, "postgres"), "-C", parameter, "-D", place.data_dir};
    if (!place.config_file.empty())
        invocation.argv.insert(invocation.argv.end(), {"-c", "config_file=" + place.config_file});
    invocation.c_locale = true;
    if (auto outcome = wait_for(invocation); outcome && outcome->ok()) {
        auto& text = outcome->output;
        while (!text.empty() && text.back() == '\n') text.pop_back();
        return text;
    }
    const auto text = read_file(place.data_dir + "/postgresql.auto.conf");
    return text && *text ? parameter_in(**text, parameter).value_or("") : "";
}

std::optional<std::uint64_t> free_bytes(const std::string& path) {
    struct statvfs facts {};
    if (::statvfs(path.c_str(), &facts) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

}  // namespace

Result<std::optional<PostmasterFile>> read_postmaster_file(const std::string& data_dir) {
    const auto text = read_file(data_dir + "/postmaster.pid");
    if (!text) return fail(text.error());
    if (!*text) return std::nullopt;
    std::vector<std::string> lines;
    std::istringstream stream{**text};
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    constexpr std::size_t start_line = 2, port_line = 3, socket_line = 4, status_line = 7;  // LOCK_FILE_LINE_* less one
    PostmasterFile file;
    file.pid = lines.empty() ? 0 : static_cast<int>(std::labs(std::strtol(lines[0].c_str(), nullptr, 10)));
    if (file.pid == 0) return std::nullopt;  // just being written
    if (lines.size() > start_line) file.started = std::strtoll(lines[start_line].c_str(), nullptr, 10);
    if (lines.size() > socket_line && lines[socket_line].starts_with('/'))
        file.socket_lock = lines[socket_line] + "/.s.PGSQL." + lines[port_line] + ".lock";
    if (lines.size() > status_line) file.status = lines[status_line].substr(0, lines[status_line].find(' '));
    return file;
}

Result<std::optional<PostmasterFile>> await_listening(const std::string& data_dir, int pid) {
    constexpr std::chrono::milliseconds patience{1000}, pause{5};
    for (auto looks = patience / pause;; --looks) {
        auto file = read_postmaster_file(data_dir);
        const bool listens = file && *file && (*file)->pid == pid && !(*file)->status.empty();
        if (pid == 0 || listens || looks == 0 || is_zombie(pid) || !start_ticks(pid)) return file;
        std::this_thread::sleep_for(pause);
    }
}

LocalHost inspect(const Place& place) {
    std::optional<ControlData> control;
    return look(place, control);
}

Result<Survey> survey(const Place& place) {
    std::optional<ControlData> control;
    Survey survey;
    survey.host = look(place, control);
    survey.clone_obstacle = clone_obstacle(place);
    for (const auto* name : {"pg_rewind", "pg_basebackup"})
        if (!place.bin_dir.empty() && ::access(tool(place.bin_dir, name).c_str(), X_OK) != 0)
            survey.missing.insert(name);
    survey.free_bytes = free_bytes(parent_of(real_place(place.data_dir)));
    if (survey.host.lineup == Lineup::unknown)
        return fail("cannot look into " + place.data_dir + ": " + survey.host.message);
    if (survey.host.lineup == Lineup::empty) return survey;
    const auto version = major_version(place.data_dir);
    if (!version) return fail(version.error());
    survey.major_version = *version;
    survey.timeline = timeline_of_wal(place.data_dir);
    if (control) {
        survey.shut_down = control->shut_down();
        survey.full_page_writes = control->full_page_writes;
        survey.traces_changes = control->wal_log_hints || control->checksums;
        survey.wal_tail = wal_tail(place.data_dir, *control);
        survey.timeline = std::max({survey.timeline, control->timeline, control->recovery_timeline});
    }
    survey.primary_conninfo = configured(place, "primary_conninfo");
    survey.restore_command = !configured(place, "restore_command").empty();
    const auto wal = place.data_dir + "/pg_wal";
    struct stat facts {};
    if (::lstat(wal.c_str(), &facts) == 0 && S_ISLNK(facts.st_mode)) survey.wal_directory = real_place(wal);
    return survey;
}

}  // namespace pgcm::act
