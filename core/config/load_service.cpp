#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "config/loading.hpp"
#include "config/toml_text.hpp"

namespace pgcm::config {
namespace {

constexpr std::string_view unix_prefix = "unix:";
// sizeof(sockaddr_un::sun_path) on Linux, the closing NUL included.
constexpr std::size_t max_socket_path = 108;

std::string wrong_listen(std::string_view text) {
    if (!text.starts_with(unix_prefix)) return wrong_endpoint(text);
    const auto path = text.substr(unix_prefix.size());
    if (!path.starts_with('/')) return "is not an absolute path";
    return path.size() >= max_socket_path ? fmt::format("is longer than {} bytes", max_socket_path - 1) : std::string{};
}

void read_listen(Section& section, std::vector<std::string>& out) {
    const auto* value = section.find("listen");
    if (value == nullptr) return;
    if (std::string one; std::holds_alternative<std::string>(value->data)) {
        section.text("listen", one);
        if (!one.empty()) out = {one};
    } else if (std::holds_alternative<Array>(value->data)) {
        section.texts("listen", out);
    } else {
        return section.fail("listen",
                            fmt::format("expected a string or an array of strings, found {}", type_of(*value)));
    }
    for (const auto& entry : out)
        if (const auto wrong = wrong_listen(entry); !wrong.empty())
            return section.fail("listen", fmt::format("{} {}", toml_string(entry), wrong),
                                "write \"127.0.0.1:9889\", \"[::1]:9889\" or \"unix:/run/pgcm/http.sock\"");
}

void check_token(Section& section, const std::string& token) {
    if (token.empty()) return;
    section.secret("token", "a token");
    // It travels in a header of HTTP.
    if (std::any_of(token.begin(), token.end(), [](char c) { return c <= 0x20 || c >= 0x7F; }))
        section.fail("token", "holds a space, a control character or a letter beyond ASCII",
                     "make one with: openssl rand -hex 32");
}

}  // namespace

std::string wrong_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == text.size()) return "has no port";
    const auto host = text.substr(0, colon);
    const auto port = text.substr(colon + 1);
    const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (host.empty()) return "has no host";
    if (!brackets && host.find_first_of(":[]") != std::string_view::npos)
        return "needs brackets around the IPv6 address";
    if (host.find_first_of(" \t\n/\"") != std::string_view::npos) return "is not host:port";
    unsigned number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc{} || end != port.data() + port.size() || number < 1 || number > 65535)
        return "has a port that is not within 1 and 65535";
    return {};
}

void read_service(Reader& reader, Config& config) {
    auto serve = reader.section("serve");
    read_listen(serve, config.serve.listen);
    serve.path("cert", config.serve.cert);
    serve.path("key", config.serve.key);
    if (config.serve.cert.empty() != config.serve.key.empty())
        serve.fail(config.serve.cert.empty() ? "key" : "cert", "serve.cert and serve.key go together");
    serve.text("token", config.serve.token);
    check_token(serve, config.serve.token);

    reader.section("log").one_of("format", config.log_format);
    auto state = reader.section("state");
    if (state.path("dir", config.state_dir) && config.state_dir.empty()) state.fail("dir", "is empty");
    auto hooks = reader.section("hooks");
    hooks.command("on_event", config.hooks.on_event);
    hooks.command("before_promote", config.hooks.before_promote);
    hooks.duration("timeout", config.hooks.timeout, milliseconds{100}, std::chrono::minutes{5});
}

}  // namespace pgcm::config
