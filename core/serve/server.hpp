#pragma once
// The HTTP side of an agent: a thread of its own that answers from the board and touches nothing else.
#include <memory>
#include <string>
#include <vector>

#include "model/error.hpp"
#include "model/time.hpp"
#include "serve/limits.hpp"
#include "serve/published.hpp"
#include "serve/security_files.hpp"

namespace pgcm::serve {

class HttpServer {
  public:
    // Both must outlive the server; the clock is read on the server's thread.
    HttpServer(Board& board, const Clock& clock, Limits limits = {});
    ~HttpServer();  // stops
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // Listens on all of the addresses and passed sockets (see listener.hpp), or on none where there is an error: the
    // address, or the file, and what to do about it. To be called by one thread, and again only after stop().
    Result<void> start(const std::vector<std::string>& addresses, const SecurityFiles& files = {},
                       const std::vector<int>& passed = {});
    // Listens on these addresses instead, beside the passed sockets, and reads the files again. Where it listens
    // already there is no gap, and connections go on, with the files of when they began. Error: nothing has changed. To
    // be called while it runs, by the thread that started it.
    Result<void> reload(const std::vector<std::string>& addresses, const SecurityFiles& files);

    // Closes the listeners and every connection and joins the thread; a second call does nothing. Answers that are
    // under way may be cut short. Waits for no client.
    void stop() noexcept;

    // Where it listens, with the ports that the system chose; empty when stopped.
    std::vector<std::string> addresses() const;

  private:
    struct Running;
    Board& board_;
    const Clock& clock_;
    Limits limits_;
    std::unique_ptr<Running> running_;
};

}  // namespace pgcm::serve
