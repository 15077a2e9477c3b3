#include "config/check.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

#include "config/toml_text.hpp"

namespace pgcm::config {
namespace {

using Findings = std::vector<Finding>;

void add(Findings& out, Severity severity, FindingCode code, std::string_view subject, std::string what,
         std::string remedy) {
    out.push_back({severity, code, {}, std::string{subject}, std::move(what), std::move(remedy), {}});
}

std::string quoted(std::string_view text) {
    return toml_string(text);
}

// 0, or the errno that stands in the way of the effective user.
int access_error(const std::string& path, int mode) {
    return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0 ? 0 : errno;
}

std::string message(int error) {
    return std::generic_category().message(error);
}

// The effective user's when `user` is empty; nothing when there is no such user.
std::optional<uid_t> uid_of(const std::string& user) {
    if (user.empty()) return ::geteuid();
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 16384> buffer{};
    ::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
    return found != nullptr ? std::optional{found->pw_uid} : std::nullopt;
}

void check_members(const Config& config, Findings& out) {
    constexpr std::array<std::string_view, 3> own = {"localhost", "127.0.0.1", "::1"};
    for (const auto& node : config.nodes)
        for (const auto& address : node.conninfo.addresses())
            if (config.nodes.size() > 1 && std::find(own.begin(), own.end(), address.host) != own.end())
                add(out, Severity::warning, FindingCode::node_address, "node.conninfo",
                    fmt::format("{} is looked for at {}, where every host finds itself", quoted(node.name.str()),
                                address.host),
                    "put its name in the network into conninfo, and the local address into local_conninfo");
    if (config.policy.quorum == Quorum::majority && config.nodes.size() + config.witnesses.size() == 2)
        add(out, Severity::warning, FindingCode::voters_few, "failover.quorum",
            "the majority of 2 voters is 2: when one is lost, there is no failover", "add a [[witness]]");
    if (!config.local)
        add(out, Severity::notice, FindingCode::not_a_node, "cluster.local",
            "this host is no node: it can look, but not act", "set cluster.local or $PGCM_NODE, if it is one");
}

void check_run_as(const ServerSettings& server, Findings& out) {
    if (!uid_of(server.run_as))
        add(out, Severity::critical, FindingCode::run_as, "postgres.run_as",
            fmt::format("there is no user {}", quoted(server.run_as)), "name the user who owns the data directory");
    const bool root_starts_it = server.run_as.empty() && ::geteuid() == 0 && server.commands.start.empty();
    if (root_starts_it && server.managed)
        add(out, Severity::warning, FindingCode::run_as, "postgres.run_as",
            "is not set, and PostgreSQL does not run as root", "set it to \"postgres\"");
}

void check_binaries(const ServerSettings& server, Findings& out) {
    const auto& commands = server.commands;
    const auto uses = [&](RejoinMethod method) {
        return std::find(server.methods.begin(), server.methods.end(), method) != server.methods.end();
    };
    const bool rewind = uses(RejoinMethod::rewind) && commands.rewind.empty();
    const bool basebackup = uses(RejoinMethod::basebackup) && commands.basebackup.empty();
    if (server.bin_dir.empty()) {
        const bool built_in = rewind || basebackup || commands.start.empty() || commands.stop.empty();
        add(out, built_in ? Severity::critical : Severity::warning, FindingCode::programs, "postgres.bin_dir",
            "is not set", "set it to the directory of pg_ctl, such as \"/usr/lib/postgresql/15/bin\"");
        return;
    }
    std::vector<std::string> needed = {"pg_ctl", "postgres", "pg_controldata"};
    if (rewind) needed.emplace_back("pg_rewind");
    if (basebackup) needed.emplace_back("pg_basebackup");
    for (const auto& name : needed)
        if (const int error = access_error(server.bin_dir + "/" + name, X_OK); error != 0)
            add(out, Severity::critical, FindingCode::programs, "postgres.bin_dir",
                fmt::format("{} cannot be run: {}", quoted(server.bin_dir + "/" + name), message(error)),
                "install the server's package of that version, or correct bin_dir");
}

void check_data_dir(const ServerSettings& server, Findings& out) {
    const auto say = [&](Severity severity, std::string what, std::string remedy) {
        add(out, severity, FindingCode::data_directory, "postgres.data_dir", std::move(what), std::move(remedy));
    };
    const auto& path = server.data_dir;
    if (path.empty())
        return say(Severity::critical, "is not set", "set it to the data directory, as SHOW data_directory tells it");
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return say(Severity::critical, fmt::format("{}: {}", quoted(path), message(errno)),
                   "correct it, or run the check as a user who may look there");
    if (!S_ISDIR(status.st_mode)) return say(Severity::critical, quoted(path) + " is not a directory", "correct it");
    if (const int error = access_error(path, R_OK | X_OK); error != 0)
        return say(Severity::critical, fmt::format("{} cannot be read: {}", quoted(path), message(error)),
                   "run pgcm as its owner, or as root with postgres.run_as");
    if (const int error = access_error(path + "/PG_VERSION", R_OK); error != 0)
        say(Severity::warning, fmt::format("{} holds no PG_VERSION: {}", quoted(path), message(error)),
            "make the server with initdb or pg_basebackup");
    // checkDataDir() in miscinit.c refuses to start a server otherwise.
    if ((status.st_mode & (S_IWGRP | S_IRWXO)) != 0)
        say(Severity::warning,
            fmt::format("{} has the mode {:04o}, with which no server starts", quoted(path), status.st_mode & 07777),
            "chmod 0700 or 0750");
    const auto owner = uid_of(server.run_as);
    if (owner && *owner != status.st_uid && (*owner != 0 || !server.run_as.empty()))
        say(Severity::critical,
            fmt::format("{} belongs to the user {}, and the server would run as {}", quoted(path), status.st_uid,
                        *owner),
            "set postgres.run_as to its owner");
}

void check_readable(std::string_view subject, const std::string& path, Findings& out) {
    if (path.empty()) return;
    if (const int error = access_error(path, R_OK); error != 0)
        add(out, Severity::critical, FindingCode::file_unreadable, subject,
            fmt::format("{} cannot be read: {}", quoted(path), message(error)), "correct it, or its mode");
}

void check_watchdog(const Config& config, Findings& out) {
    const auto& path = config.lease.watchdog;
    if (path.empty()) return;
    struct stat status {};
    if (config.policy.quorum != Quorum::majority)
        add(out, Severity::warning, FindingCode::watchdog, "lease.watchdog",
            "is never fed: failover.quorum is not \"majority\"", "leave it out");
    else if (::stat(path.c_str(), &status) != 0)
        add(out, Severity::critical, FindingCode::watchdog, "lease.watchdog",
            fmt::format("{}: {}", quoted(path), message(errno)),
            "load the driver of the watchdog (softdog, where there is no hardware), or leave it out");
    else if (!S_ISCHR(status.st_mode))
        add(out, Severity::critical, FindingCode::watchdog, "lease.watchdog", quoted(path) + " is not a device",
            "correct it");
    else if (const int error = access_error(path, W_OK); error != 0)
        add(out, Severity::critical, FindingCode::watchdog, "lease.watchdog",
            fmt::format("{} cannot be opened: {}", quoted(path), message(error)), "give it to the user who runs pgcm");
}

void check_state_dir(const std::string& path, Findings& out) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        add(out, Severity::warning, FindingCode::state_directory, "state.dir",
            fmt::format("{}: {}", quoted(path), message(errno)), "install -d -m 0700 it, for the user who runs pgcm");
    else if (!S_ISDIR(status.st_mode))
        add(out, Severity::critical, FindingCode::state_directory, "state.dir", quoted(path) + " is not a directory",
            "correct it");
    else if (const int error = access_error(path, R_OK | W_OK | X_OK); error != 0)
        add(out, Severity::critical, FindingCode::state_directory, "state.dir",
            fmt::format("{} cannot be written: {}", quoted(path), message(error)), "give it to the user who runs pgcm");
}

}  // namespace

std::vector<Finding> check(const Config& config) {
    Findings out;
    check_members(config, out);
    if (config.local) {
        check_run_as(config.server, out);
        check_binaries(config.server, out);
        check_data_dir(config.server, out);
        check_readable("postgres.config_file", config.server.config_file, out);
        check_watchdog(config, out);
    }
    check_readable("lease.ca", config.lease.etcd_ca, out);
    check_readable("lease.cert", config.lease.etcd_cert, out);
    check_readable("lease.key", config.lease.etcd_key, out);
    check_readable("serve.cert", config.serve.cert, out);
    check_readable("serve.key", config.serve.key, out);
    check_readable("serve.client_ca", config.serve.client_ca, out);
    check_state_dir(config.state_dir, out);
    return out;
}

}  // namespace pgcm::config
