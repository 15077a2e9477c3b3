#pragma once
// What the tests of the act room share.
#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <string>

#include "model/error.hpp"
#include "model/time.hpp"

namespace pgcm::act::test {

namespace asio = boost::asio;

// The loop of one test: runs a coroutine to its end.
class Loop {
  public:
    template <class T>
    T wait(asio::awaitable<T> work) {
        std::optional<T> result;
        asio::co_spawn(context_, std::move(work), [&](const std::exception_ptr& thrown, T value) {
            if (thrown) std::rethrow_exception(thrown);
            result = std::move(value);
        });
        context_.restart();
        context_.run();
        return std::move(*result);
    }
    asio::io_context& context() { return context_; }

  private:
    asio::io_context context_;
};

class TestClock : public Clock {
  public:
    BootTime now() const override;
    WallTime wall() const override;
};

// A directory of its own under /tmp, owned by the server's user, removed in the end.
class TemporaryDirectory {
  public:
    explicit TemporaryDirectory(const std::string& name = "pgcm act");
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string root_, path_;
};

void put(const std::string& path, const std::string& text);
std::string get(const std::string& path);
bool there(const std::string& path);

// The user that may run a server: "postgres" when the tests run as root, else empty (ourselves).
std::string server_user();
void give_to_server_user(const std::string& path);
// Where initdb is; empty when no server is installed.
std::string bin_dir();

// Runs it and gives back its output; a failure fails the test.
std::string shell(const std::string& command, bool as_server_user = true);

}  // namespace pgcm::act::test
