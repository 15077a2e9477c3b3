#pragma once
// Listening sockets by address. Plain POSIX: non-blocking, closed on exec, so that a server started by the agent
// never inherits them.
#include <sys/types.h>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"

namespace pgcm::serve {

// Owns one listening descriptor and, for a Unix socket, its file.
class Listener {
  public:
    Listener() = default;
    ~Listener() { close(); }
    Listener(Listener&& other) noexcept { *this = std::move(other); }
    Listener& operator=(Listener&& other) noexcept;

    int fd() const { return fd_; }
    int family() const { return family_; }  // AF_INET, AF_INET6, AF_UNIX
    // As listen_on() takes it, with the real port: "127.0.0.1:9889", "[::1]:9889", "unix:/run/pgcm/http.sock".
    const std::string& address() const { return address_; }
    // Lets listen_on(address, Beside::ours) have the port too, on this or all addresses, until this one is closed. Of
    // no effect on a Unix socket.
    void share() const noexcept;
    void close() noexcept;  // removes the socket file too, unless somebody has replaced it

  private:
    friend struct Opener;
    int fd_ = -1;
    int family_ = 0;
    std::string address_;
    std::string path_;  // of the socket file, once it is ours
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

// "host:port", "[IPv6]:port" or "unix:/absolute/path"; port 0 lets the system choose. A host name gives one listener
// for each of its addresses that this host has; looking it up may block. A socket file that nobody listens on is
// replaced; mode 0660. Errors name the address: usage when it is malformed, else failed.
enum class Beside { nobody, ours };  // who may listen there already: ours are those that were told to share()
Result<std::vector<Listener>> listen_on(std::string_view address, Beside beside = Beside::nobody);

// A socket that somebody else has opened (systemd): its own copy of the descriptor, whose file it leaves alone.
// Error: it is no listening stream socket of a kind that is known here.
Result<Listener> adopt(int descriptor);

}  // namespace pgcm::serve
