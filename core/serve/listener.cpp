#include "serve/listener.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <charconv>
#include <memory>
#include <system_error>
#include <utility>

namespace pgcm::serve {

namespace {

constexpr int backlog = 512;
constexpr int kind = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
constexpr std::string_view forms = "host:port, [IPv6 address]:port, or unix:/path";

std::string words(int error) {
    return std::system_category().message(error);
}

std::string hint_for(int error) {
    switch (error) {
        case EADDRINUSE: return "another process listens there; stop it, or choose another address in [serve] listen";
        case EACCES: return "a port under 1024 needs a privilege, and a socket file a directory that can be written to";
        case EADDRNOTAVAIL: return "no network interface of this host has that address";
        case EAFNOSUPPORT: return "this host has no such kind of address; is IPv6 switched off?";
        case ENOENT: return "the directory of the socket file must exist";
        default: return {};
    }
}

tl::unexpected<Error> cannot_listen(std::string_view address, std::string_view why, std::string hint = {}) {
    return fail(fmt::format("cannot listen on {}: {}", address, why), std::move(hint));
}
tl::unexpected<Error> cannot_listen(std::string_view address, int error) {
    return cannot_listen(address, words(error), hint_for(error));
}
tl::unexpected<Error> malformed(std::string_view address, std::string_view why) {
    return fail(ErrorCode::usage, fmt::format("\"{}\" is no address to listen on: {}", address, why),
                fmt::format("it is written as {}", forms));
}

struct HostPort {
    std::string host;
    std::string port;
};

Result<HostPort> split(std::string_view address) {
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos) return malformed(address, "the port is missing");
    std::string_view host = address.substr(0, colon);
    const std::string_view port = address.substr(colon + 1);
    std::uint16_t number = 0;
    const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (problem != std::errc() || end != port.data() + port.size())
        return malformed(address, "the port is not a number from 0 to 65535");
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.find_first_of(":[]") != std::string_view::npos)
        return malformed(address, "an IPv6 address stands in brackets");
    if (host.empty()) return malformed(address, "the host is missing (0.0.0.0 and [::] mean all interfaces)");
    return HostPort{std::string(host), std::string(port)};
}

std::string printed(const sockaddr_storage& name) {
    char text[INET6_ADDRSTRLEN] = "";
    if (name.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(name);
        inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
        return fmt::format("[{}]:{}", text, ntohs(v6.sin6_port));
    }
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(name);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return fmt::format("{}:{}", text, ntohs(v4.sin_port));
}

// Empty when nobody answers there any more, or nothing is there; otherwise why the path cannot be had.
std::string occupied(const sockaddr_un& name) {
    struct stat file {};
    if (::lstat(name.sun_path, &file) != 0) return {};
    if (!S_ISSOCK(file.st_mode)) return "a file that is no socket stands there";
    const int fd = ::socket(AF_UNIX, kind, 0);
    if (fd < 0) return words(errno);
    const bool refused = ::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 &&
                         (errno == ECONNREFUSED || errno == ENOENT);
    ::close(fd);
    return refused ? std::string{} : "another process listens there";
}

}  // namespace

// Fills in Listeners; the only one beside them that knows their inside.
struct Opener {
    std::string_view address;
    Beside beside = Beside::nobody;

    // On failure the errno.
    tl::expected<Listener, int> open_tcp(const addrinfo& info) const {
        Listener listener;
        listener.family_ = info.ai_family;
        listener.fd_ = ::socket(info.ai_family, kind, 0);
        const int on = 1;
        if (listener.fd_ < 0) return tl::unexpected<int>(errno);
        ::setsockopt(listener.fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (beside == Beside::ours) listener.share();
        // Accepted connections inherit it: answers are small and written whole.
        ::setsockopt(listener.fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        // "0.0.0.0" and "[::]" may then be listed side by side.
        if (info.ai_family == AF_INET6) ::setsockopt(listener.fd_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        sockaddr_storage name{};
        socklen_t size = sizeof name;
        if (::bind(listener.fd_, info.ai_addr, info.ai_addrlen) != 0 || ::listen(listener.fd_, backlog) != 0 ||
            ::getsockname(listener.fd_, reinterpret_cast<sockaddr*>(&name), &size) != 0)
            return tl::unexpected<int>(errno);
        listener.address_ = printed(name);
        return listener;
    }

    Result<Listener> open_unix(const std::string& path) const {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        if (path.empty() || path.front() != '/') return malformed(address, "the path must be absolute");
        if (path.find('\0') != std::string::npos) return malformed(address, "the path holds a zero byte");
        if (path.size() >= sizeof name.sun_path)
            return malformed(address, fmt::format("the path is longer than {} bytes", sizeof name.sun_path - 1));
        path.copy(name.sun_path, path.size());

        Listener listener;
        listener.family_ = AF_UNIX;
        listener.address_ = address;
        listener.fd_ = ::socket(AF_UNIX, kind, 0);
        if (listener.fd_ < 0) return cannot_listen(address, errno);
        if (auto why = occupied(name); !why.empty())
            return cannot_listen(address, why, "stop it, remove the file, or choose another path in [serve] listen");
        ::unlink(path.c_str());
        // On Linux the new file takes the socket's mode less the umask: it is never wider open than meant to be,
        // and chmod() then adds what the umask took.
        ::fchmod(listener.fd_, 0660);
        if (::bind(listener.fd_, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0)
            return cannot_listen(address, errno);
        listener.path_ = path;
        struct stat file {};
        if (::stat(path.c_str(), &file) == 0) {
            listener.device_ = file.st_dev;
            listener.inode_ = file.st_ino;
        }
        if (::chmod(path.c_str(), 0660) != 0 || ::listen(listener.fd_, backlog) != 0)
            return cannot_listen(address, errno);
        return listener;
    }

    Result<Listener> adopt(int descriptor) const {
        sockaddr_storage name{};
        socklen_t size = sizeof name;
        int type = 0, listens = 0;
        socklen_t length = sizeof type;
        if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &size) != 0 ||
            ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) != 0 ||
            ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0)
            return cannot_listen(address, errno);
        const bool known = name.ss_family == AF_INET || name.ss_family == AF_INET6 || name.ss_family == AF_UNIX;
        if (type != SOCK_STREAM || listens == 0 || !known)
            return cannot_listen(address, "it is no listening stream socket", "ListenStream= and Accept=no");
        Listener listener;
        listener.family_ = name.ss_family;
        listener.fd_ = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        if (listener.fd_ < 0 || ::fcntl(listener.fd_, F_SETFL, O_NONBLOCK) != 0) return cannot_listen(address, errno);
        const int on = 1;
        if (name.ss_family != AF_UNIX) ::setsockopt(listener.fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        listener.address_ = name.ss_family == AF_UNIX
                                ? std::string("unix:") + reinterpret_cast<const sockaddr_un&>(name).sun_path
                                : printed(name);
        return listener;
    }

    Result<std::vector<Listener>> open_host(const HostPort& place) const {
        addrinfo wanted{};
        wanted.ai_socktype = SOCK_STREAM;
        wanted.ai_flags = AI_NUMERICSERV | AI_PASSIVE;
        addrinfo* found = nullptr;
        if (const int problem = ::getaddrinfo(place.host.c_str(), place.port.c_str(), &wanted, &found); problem != 0)
            return cannot_listen(address, ::gai_strerror(problem), "is the host name right?");
        const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, ::freeaddrinfo);
        std::vector<Listener> listeners;
        int missing = EADDRNOTAVAIL;
        for (const addrinfo* info = found; info; info = info->ai_next) {
            auto listener = open_tcp(*info);
            if (listener)
                listeners.push_back(std::move(*listener));
            else if (listener.error() == EADDRNOTAVAIL || listener.error() == EAFNOSUPPORT)
                missing = listener.error();  // "localhost" names ::1 even where IPv6 is switched off
            else
                return cannot_listen(address, listener.error());
        }
        if (listeners.empty()) return cannot_listen(address, missing);
        return listeners;
    }
};

Listener& Listener::operator=(Listener&& other) noexcept {
    if (this == &other) return *this;
    close();
    fd_ = std::exchange(other.fd_, -1);
    family_ = other.family_;
    address_ = std::move(other.address_);
    path_ = std::exchange(other.path_, {});
    device_ = other.device_;
    inode_ = other.inode_;
    return *this;
}

void Listener::close() noexcept {
    // The file first: while the descriptor listens, nobody can have put a socket of the same inode there.
    struct stat file {};
    if (!path_.empty() && ::lstat(path_.c_str(), &file) == 0 && file.st_dev == device_ && file.st_ino == inode_)
        ::unlink(path_.c_str());
    path_.clear();
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

void Listener::share() const noexcept {
    const int on = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
}

Result<std::vector<Listener>> listen_on(std::string_view address, Beside beside) {
    const Opener opener{address, beside};
    constexpr std::string_view unix_prefix = "unix:";
    if (address.starts_with(unix_prefix)) {
        auto listener = opener.open_unix(std::string(address.substr(unix_prefix.size())));
        if (!listener) return fail(std::move(listener.error()));
        std::vector<Listener> listeners;
        listeners.push_back(std::move(*listener));
        return listeners;
    }
    auto place = split(address);
    if (!place) return fail(std::move(place.error()));
    return opener.open_host(*place);
}

Result<Listener> adopt(int descriptor) {
    return Opener{"a socket that was handed over", Beside::nobody}.adopt(descriptor);
}

}  // namespace pgcm::serve
