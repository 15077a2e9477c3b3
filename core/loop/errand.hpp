#pragma once
// A command's coroutine, run to its end in a loop of its own.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>

#include "loop/by_hand.hpp"

namespace pgcm::loop {

namespace asio = boost::asio;

// Blocks. Nothing of the command needs to be undone when a signal ends the process.
Result<Answer> run_errand(const std::function<asio::awaitable<Result<Answer>>(asio::io_context& io)>& errand);

}  // namespace pgcm::loop
