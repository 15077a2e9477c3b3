#pragma once
// What carries out a decision. The loop knows only this; the real one is made of act/, a dry one reports and does
// nothing, a simulation brings its own.
#include <boost/asio/awaitable.hpp>
#include <string>

#include "model/decision.hpp"
#include "model/error.hpp"
#include "model/view.hpp"

namespace pgcm::loop {

namespace asio = boost::asio;

class Performer {
  public:
    virtual ~Performer() = default;
    // Carries it out to its end; what was done, in words. May take long, and may be cancelled.
    virtual asio::awaitable<Result<std::string>> perform(Action action, View view) = 0;
};

}  // namespace pgcm::loop
