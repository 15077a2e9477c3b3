#include "loop/service.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/lookup.hpp"

namespace pgcm::loop {
namespace {

struct Address {
    sockaddr_un bytes{};
    socklen_t size = 0;
};

std::optional<Address> address_of(const std::string& name) {
    Address address;
    if ((name[0] != '/' && name[0] != '@') || name.size() >= sizeof address.bytes.sun_path) return std::nullopt;
    address.bytes.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), address.bytes.sun_path);
    // An abstract name has no end of its own: its length counts.
    if (name[0] == '@') address.bytes.sun_path[0] = '\0';
    address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    return address;
}

// False only where another try may help.
bool tell(std::string_view state) {
    const auto name = config::environment("NOTIFY_SOCKET");
    const auto address = name ? address_of(*name) : std::nullopt;
    if (!address) return true;
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return false;
    const auto sent = ::sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&address->bytes), address->size);
    ::close(descriptor);
    return sent >= 0;
}

bool ready_is_owed = false;

}  // namespace

void tell_ready() {
    ready_is_owed = !tell("READY=1");
}
void tell_alive() {
    if (!ready_is_owed)
        (void)tell("WATCHDOG=1");
    else
        ready_is_owed = !tell("READY=1\nWATCHDOG=1");
}
void tell_stopping() {
    (void)tell("STOPPING=1");
}

std::vector<int> passed_sockets() {
    constexpr int first_passed = 3;
    const auto number = [](const char* variable) {
        const auto text = config::environment(variable).value_or("");
        int value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc{} && end == text.data() + text.size() ? value : 0;
    };
    // They are for the process that systemd named, and not for its children.
    if (number("LISTEN_PID") != ::getpid()) return {};
    std::vector<int> sockets;
    for (int i = 0; i < number("LISTEN_FDS"); ++i) {
        const int passed = first_passed + i;
        if (::fcntl(passed, F_SETFD, FD_CLOEXEC) == 0) sockets.push_back(passed);
    }
    return sockets;
}

}  // namespace pgcm::loop
