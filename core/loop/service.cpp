#include "loop/service.hpp"

#ifdef PGCM_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

namespace pgcm::loop {
namespace {

void tell([[maybe_unused]] const char* state) {
#ifdef PGCM_SYSTEMD
    ::sd_notify(0, state);
#endif
}

}  // namespace

void tell_ready() {
    tell("READY=1");
}
void tell_alive() {
    tell("WATCHDOG=1");
}
void tell_stopping() {
    tell("STOPPING=1");
}

std::vector<int> passed_sockets() {
    std::vector<int> sockets;
#ifdef PGCM_SYSTEMD
    const int count = ::sd_listen_fds(1);
    for (int i = 0; i < count; ++i) sockets.push_back(SD_LISTEN_FDS_START + i);
#endif
    return sockets;
}

}  // namespace pgcm::loop
