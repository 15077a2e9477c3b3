#pragma once
// What /events tells: server-sent events, as pieces of text that all streams share. Nothing is rendered while nobody
// listens, and a stream that was slow gets the latest of what it missed, but every event of the time line.
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "serve/published.hpp"
#include "serve/recent.hpp"

namespace pgcm::serve {

class Feed {
  public:
    using Piece = std::shared_ptr<const std::string>;
    // How far one stream has come.
    struct Place {
        std::uint64_t turn = 0, event = 0, step = 0;
    };

    void add(std::shared_ptr<const Published> turn, const std::vector<Event>& events);
    void add(const Step& step, const Renderer& renderer);

    // Where a new stream begins: it is told the present turn, and no event that is over.
    Place begin() const { return {0, event_, step_}; }
    // What is new since `place`, which moves on; empty: nothing.
    std::vector<Piece> since(Place& place);

  private:
    std::shared_ptr<const Published> latest_;
    std::uint64_t turn_ = 0, event_ = 0, step_ = 0;
    Piece turn_piece_, step_piece_;  // of the latest; null until somebody asks
    std::deque<std::pair<std::uint64_t, Piece>> events_;
};

// "event: NAME\ndata: DATA\n\n"; data is one line.
std::string sse(std::string_view name, std::string_view data);

}  // namespace pgcm::serve
