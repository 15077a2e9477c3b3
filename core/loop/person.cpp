#include "loop/person.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace pgcm::loop {

std::string user_name() {
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found);
    return found != nullptr ? found->pw_name : std::to_string(::getuid());
}

std::string user_and_host() {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) return user_name();
    return user_name() + "@" + host.data();
}

}  // namespace pgcm::loop
