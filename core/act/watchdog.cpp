#include "act/watchdog.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/watchdog.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

namespace pgcm::act {
namespace {

constexpr char food = '\0';
constexpr char magic_close = 'V';  // seen by the device before its descriptor closes: that was meant

auto failure(std::string_view what, const std::string& path, std::string hint = {}) {
    return fail(fmt::format("cannot {} the watchdog {}: {}", what, path, std::strerror(errno)), std::move(hint));
}

}  // namespace

Result<Watchdog> Watchdog::open(const std::string& path) {
    Descriptor device{::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
    if (device) return Watchdog{path, std::move(device)};
    switch (errno) {
        case ENOENT:
        case ENODEV:
        case ENXIO: return failure("open", path, "is its kernel module loaded? softdog needs no hardware");
        case EACCES:
        case EPERM: return failure("open", path, "the user that runs pgcm must own it: a udev rule may see to that");
        case EBUSY: return failure("open", path, "another program holds it: see RuntimeWatchdogSec of systemd");
        default: return failure("open", path);
    }
}

Result<std::chrono::seconds> Watchdog::timeout() const {
    int seconds = 0;
    if (::ioctl(device_.get(), WDIOC_GETTIMEOUT, &seconds) != 0) return failure("ask", path_);
    return std::chrono::seconds{seconds};
}

Result<std::chrono::seconds> Watchdog::set_timeout(std::chrono::seconds timeout) {
    int seconds = static_cast<int>(timeout.count());
    if (::ioctl(device_.get(), WDIOC_SETTIMEOUT, &seconds) != 0) return failure("set the timeout of", path_);
    return std::chrono::seconds{seconds};
}

Result<void> Watchdog::write(char sign) {
    ssize_t size = 0;
    do size = ::write(device_.get(), &sign, 1);
    while (size < 0 && errno == EINTR);
    if (size != 1) return failure(sign == magic_close ? "release" : "feed", path_);
    return {};
}

Result<void> Watchdog::feed() {
    return write(food);
}

Result<void> Watchdog::release() {
    auto released = write(magic_close);
    if (released) device_.reset();
    return released;
}

}  // namespace pgcm::act
