#pragma once
// fork and exec, with everything that may block, allocate or fail in between prepared beforehand.
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "act/descriptor.hpp"
#include "act/invocation.hpp"
#include "model/error.hpp"

namespace pgcm::act {

// A user as a process needs it.
struct Identity {
    uid_t user = 0;
    gid_t group = 0;
    std::vector<gid_t> groups;
    std::string name, home;
};

// Who the process must become to run as that user; empty: it is that user already. Each user is looked up once in the
// life of the process (name services may be slow). Error: usage, when there is no such user, or when we are not root
// and would have to be.
Result<std::optional<Identity>> identity_of(const std::string& run_as);

// A child that has been forked. It leads a process group of its own, and is not waited for by anybody yet.
struct Spawned {
    int pid = 0;
    Descriptor process;  // pidfd: readable when it has ended
    Descriptor output;   // read end, non-blocking; none with log_file
    Descriptor errors;
    Descriptor failure;  // tells why it could not become the program; see exec_error()
};

// Error: the system's, for what fails before the fork.
Result<Spawned> spawn(const Invocation& invocation);

// To be asked once the child has ended: why the program was never reached; empty when it was.
std::optional<Error> exec_error(const Spawned& child, const Invocation& invocation);

}  // namespace pgcm::act
