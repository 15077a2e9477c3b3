#pragma once
// Host names to addresses without blocking anybody: libpq would call getaddrinfo in the middle of the loop
// (LESSONS 11). Each look-up has a thread of its own, so that a hung name server delays only the name it serves.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <string>

#include "model/error.hpp"
#include "model/time.hpp"

namespace pgcm::postgres {

class Resolver {
  public:
    Resolver();
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    // A literal address or a socket directory comes back as it is, at once. On failure or in silence the last good
    // address of that name is used, where there is one; then silence is waited for no longer than a quarter of the
    // timeout, so that the rest is left for whoever is at that address. Error: the system's words.
    boost::asio::awaitable<Result<std::string>> resolve(std::string host, milliseconds timeout);

  private:
    struct Lookup;
    struct Door;
    std::shared_ptr<Lookup> start(const std::string& host, const boost::asio::any_io_executor& executor);

    std::shared_ptr<Door> door_;
    std::map<std::string, std::string> last_good_;
    std::map<std::string, std::shared_ptr<Lookup>> pending_;  // at most one thread a name
};

}  // namespace pgcm::postgres
