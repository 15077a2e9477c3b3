#pragma once
// A session's socket and the deadline of what it waits for; private to session.cpp and read_wal.cpp.
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <utility>

#include "postgres/session.hpp"

namespace pgcm::postgres {

struct Session::Line {
    explicit Line(const asio::any_io_executor& executor) : socket(executor), deadline(executor) {}

    // For as long as this lives every wait ends after the timeout. A cancelled coroutine takes its deadline with it:
    // one that nobody waits for would keep the loop from coming to its end.
    class Armed {
      public:
        Armed(std::shared_ptr<Line> line, milliseconds timeout) : line_(std::move(line)), round_(++line_->round) {
            line_->expired = false;
            line_->deadline.expires_after(timeout);
            line_->deadline.async_wait([line = line_, round = round_](const boost::system::error_code& error) {
                if (error || round != line->round) return;
                line->expired = true;
                boost::system::error_code ignored;
                line->socket.cancel(ignored);
            });
        }
        ~Armed() {
            if (round_ == line_->round) line_->disarm();
        }
        Armed(const Armed&) = delete;
        Armed& operator=(const Armed&) = delete;

      private:
        std::shared_ptr<Line> line_;
        std::uint64_t round_;
    };

    void disarm() {
        ++round;
        deadline.cancel();
    }

    asio::posix::stream_descriptor socket;  // a duplicate of libpq's, which libpq may close and open at will
    asio::steady_timer deadline;
    bool expired = false;
    std::uint64_t round = 0;
};

}  // namespace pgcm::postgres
