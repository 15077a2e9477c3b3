#include "loop/clock.hpp"

#include <ctime>
#include <fstream>

namespace pgcm::loop {
namespace {

nanoseconds read(clockid_t id) {
    timespec time{};
    ::clock_gettime(id, &time);
    return std::chrono::seconds{time.tv_sec} + nanoseconds{time.tv_nsec};
}

}  // namespace

BootTime SystemClock::now() const {
    return BootTime{read(CLOCK_BOOTTIME)};
}

WallTime SystemClock::wall() const {
    return WallTime{std::chrono::duration_cast<std::chrono::microseconds>(read(CLOCK_REALTIME))};
}

std::string boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id;
}

}  // namespace pgcm::loop
