#include "loop/service.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

namespace pgcm::loop {
namespace {

// systemd's end: a datagram socket with the given name, which $NOTIFY_SOCKET tells.
class Manager {
  public:
    explicit Manager(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)), name_(name) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name.copy(address.sun_path, sizeof address.sun_path - 1);
        if (name[0] == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0);
        ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    }
    ~Manager() {
        ::unsetenv("NOTIFY_SOCKET");
        ::close(socket_);
        if (name_[0] == '/') ::unlink(name_.c_str());
    }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    std::string heard() const {
        std::array<char, 100> text{};
        const auto size = ::recv(socket_, text.data(), text.size(), 0);
        return size < 0 ? "nothing" : std::string(text.data(), static_cast<std::size_t>(size));
    }

  private:
    int socket_;
    std::string name_;
};

std::string name_of_this_test(const char* prefix) {
    return prefix + std::to_string(::getpid()) + ".notify";
}

TEST(Service, SystemdIsTold) {
    for (const char* prefix : {"/tmp/pgcm-", "@pgcm-"}) {
        const Manager manager(name_of_this_test(prefix));
        tell_ready();
        EXPECT_EQ(manager.heard(), "READY=1") << prefix;
        tell_alive();
        EXPECT_EQ(manager.heard(), "WATCHDOG=1") << prefix;
        tell_stopping();
        EXPECT_EQ(manager.heard(), "STOPPING=1") << prefix;
        EXPECT_EQ(manager.heard(), "nothing") << prefix;
    }
}

// A systemd that is busy must not hold the loop up, and must hear of readiness all the same.
TEST(Service, NothingWaitsForSystemd) {
    const Manager manager(name_of_this_test("@pgcm-"));
    for (int i = 0; i < 10000; ++i) tell_alive();
    tell_ready();
    std::string last = "nothing";
    for (auto text = manager.heard(); text != "nothing"; text = manager.heard()) last = text;
    EXPECT_EQ(last, "WATCHDOG=1");
    tell_alive();
    EXPECT_EQ(manager.heard(), "READY=1\nWATCHDOG=1");
    tell_alive();
    EXPECT_EQ(manager.heard(), "WATCHDOG=1");
}

// Cut short, a name that is too long would be another's.
TEST(Service, ANameThatCannotBeIsNobodys) {
    const std::string longest = "@" + std::string(sizeof(sockaddr_un::sun_path) - 2, 'x');
    const Manager manager(longest);
    ::setenv("NOTIFY_SOCKET", (longest + "x").c_str(), 1);
    tell_ready();
    EXPECT_EQ(manager.heard(), "nothing");
    ::setenv("NOTIFY_SOCKET", longest.c_str(), 1);
    tell_ready();
    EXPECT_EQ(manager.heard(), "READY=1");
}

// In a process of its own: descriptors 3 and 4 are open there, 5 is not.
std::vector<int> passed(const std::string& pid, const std::string& count) {
    if (::dup2(STDERR_FILENO, 3) != 3 || ::dup2(STDERR_FILENO, 4) != 4) std::abort();
    ::close(5);
    ::setenv("LISTEN_PID", (pid == "own" ? std::to_string(::getpid()) : pid).c_str(), 1);
    ::setenv("LISTEN_FDS", count.c_str(), 1);
    return passed_sockets();
}

TEST(Service, SocketsOfSystemdAreTakenByTheProcessThatTheyAreFor) {
    const auto ends = [](bool well) { std::_Exit(well ? 0 : 1); };
    const testing::ExitedWithCode well(0);
    EXPECT_EXIT(ends(passed("own", "1") == std::vector<int>{3}), well, "");
    EXPECT_EXIT(ends(passed("own", "2") == std::vector<int>{3, 4}), well, "");
    // One that is none is left out, and none is inherited by what the agent starts.
    EXPECT_EXIT(ends(passed("own", "3") == std::vector<int>{3, 4}), well, "");
    EXPECT_EXIT(ends(passed("own", "1").size() == 1 && (::fcntl(3, F_GETFD) & FD_CLOEXEC) != 0), well, "");
    EXPECT_EXIT(ends(passed("own", "1").size() == 1 && (::fcntl(4, F_GETFD) & FD_CLOEXEC) == 0), well, "");
    for (const auto* const other : {"1", "", "x", "-1", "0"})
        EXPECT_EXIT(ends(passed(other, "2").empty()), well, "") << other;
    for (const auto* const none : {"", "0", "-1", "2x", " 2", "99999999999999"})
        EXPECT_EXIT(ends(passed("own", none).empty()), well, "") << none;
}

}  // namespace
}  // namespace pgcm::loop
