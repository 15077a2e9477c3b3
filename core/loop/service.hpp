#pragma once
// What systemd is told, by its datagram protocol (sd_notify(3), "Notes"), and hands over; nothing where pgcm is not a
// service of it. Never blocks: a sign of life for which systemd has no room is dropped, for the next one follows.
// "Ready" is said once only, and goes with the next sign of life when there was no room for it.
#include <vector>

namespace pgcm::loop {

void tell_ready();
void tell_alive();  // feeds WatchdogSec
void tell_stopping();

// Listening sockets that systemd handed over (sd_listen_fds(3), "Notes"), closed on exec from here on; empty: none.
std::vector<int> passed_sockets();

}  // namespace pgcm::loop
