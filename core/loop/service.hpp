#pragma once
// What systemd is told (sd_notify) and hands over; nothing where pgcm is not a service of it, or was built without
// libsystemd.

#include <vector>

namespace pgcm::loop {

void tell_ready();
void tell_alive();  // feeds WatchdogSec
void tell_stopping();

// Listening sockets that systemd handed over (systemd.socket(5)), closed on exec; empty: none. To be called once.
std::vector<int> passed_sockets();

}  // namespace pgcm::loop
