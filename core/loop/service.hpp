#pragma once
// What systemd is told (sd_notify); nothing where pgcm is not a service of it, or was built without libsystemd.

namespace pgcm::loop {

void tell_ready();
void tell_alive();  // feeds WatchdogSec
void tell_stopping();

}  // namespace pgcm::loop
