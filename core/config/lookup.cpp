#include "config/lookup.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>

namespace pgcm::config {
namespace {

// A file that cannot be looked at counts as there: reading it tells why it cannot be used.
bool exists(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

std::string lower(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x80) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

std::string before_dot(const std::string& name) {
    return name.substr(0, name.find('.'));
}

}  // namespace

std::optional<std::string> environment(const char* name) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets any
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
}

Result<std::string> find_file(const std::optional<std::string>& given, const Environment& variables,
                              const std::string& system_file) {
    if (given) return *given;
    if (const auto named = variables("PGCM_CONFIG")) return *named;

    std::vector<std::string> looked_at;
    const auto xdg = variables("XDG_CONFIG_HOME");
    const auto home = variables("HOME");
    // A relative XDG_CONFIG_HOME is invalid by the XDG Base Directory Specification, and would be the current folder.
    if (xdg && xdg->starts_with('/'))
        looked_at.push_back(*xdg + "/pgcm/pgcm.toml");
    else if (home && home->starts_with('/'))
        looked_at.push_back(*home + "/.config/pgcm/pgcm.toml");
    looked_at.push_back(system_file);
    for (const auto& path : looked_at)
        if (exists(path)) return path;
    return fail(ErrorCode::usage,
                fmt::format("no configuration file: $PGCM_CONFIG is not set, and there is no {}",
                            fmt::join(looked_at, " and no ")),
                "give one with --config FILE");
}

Circumstances circumstances() {
    std::array<char, 257> name{};  // HOST_NAME_MAX is 64 on Linux, 255 by POSIX
    if (::gethostname(name.data(), name.size() - 1) != 0) name[0] = '\0';
    return {environment("PGCM_NODE"), name.data()};
}

std::optional<NodeName> node_of_host(const std::vector<Node>& nodes, std::string_view hostname) {
    const auto host = lower(hostname);
    if (host.empty()) return std::nullopt;
    std::optional<NodeName> found;
    bool ambiguous = false;
    for (const auto& node : nodes) {
        const auto name = lower(node.name.str());
        if (name == host) return node.name;
        const bool one_has_a_dot = (name.find('.') == std::string::npos) != (host.find('.') == std::string::npos);
        if (!one_has_a_dot || before_dot(name) != before_dot(host)) continue;
        ambiguous = found.has_value();
        found = node.name;
    }
    return ambiguous ? std::nullopt : found;
}

}  // namespace pgcm::config
