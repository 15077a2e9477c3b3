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

}  // namespace pgcm::loop
