#pragma once
// What systemd is told, by its datagram protocol (sd_notify(3), "Notes"); nothing where pgcm is not a service of it.
// Never blocks: a sign of life for which systemd has no room is dropped, for the next one follows. "Ready" is said
// once only, and goes with the next sign of life when there was no room for it.

namespace pgcm::loop {

void tell_ready();
void tell_alive();  // feeds WatchdogSec
void tell_stopping();

}  // namespace pgcm::loop
