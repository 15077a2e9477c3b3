#pragma once
// A descriptor that stands for one process, whatever becomes of its number. glibc 2.36 declares these without C
// linkage.
#include <sys/syscall.h>
#include <unistd.h>

#include "act/descriptor.hpp"

namespace pgcm::act {

// Readable when the process has ended; any process of the host, child or not. errno as the system sets it.
inline Descriptor open_pidfd(int pid) {
    return Descriptor{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
}

inline bool signal_pidfd(const Descriptor& process, int signal) {
    return ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0;
}

}  // namespace pgcm::act
