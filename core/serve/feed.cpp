#include "serve/feed.hpp"

#include <fmt/core.h>

namespace pgcm::serve {
namespace {

constexpr std::size_t most_events = 100;

}  // namespace

std::string sse(std::string_view name, std::string_view data) {
    return fmt::format("event: {}\ndata: {}\n\n", name, data);
}

void Feed::add(std::shared_ptr<const Published> turn, const std::vector<Event>& events) {
    latest_ = std::move(turn);
    ++turn_;
    turn_piece_.reset();
    for (const auto& event : events) {
        event_ = event.number;
        events_.emplace_back(event.number, std::make_shared<const std::string>(sse("event", Recent::json(event))));
    }
    while (events_.size() > most_events) events_.pop_front();
}

void Feed::add(const Step& step, const Renderer& renderer) {
    ++step_;
    step_piece_ = std::make_shared<const std::string>(sse("operation", renderer.step_json(step)));
}

std::vector<Feed::Piece> Feed::since(Place& place) {
    std::vector<Piece> news;
    if (place.turn != turn_ && latest_) {
        if (!turn_piece_)
            turn_piece_ = std::make_shared<const std::string>(sse("status", latest_->status_json()) +
                                                              sse("decision", latest_->decision_json()));
        news.push_back(turn_piece_);
    }
    for (const auto& [number, piece] : events_)
        if (number > place.event) news.push_back(piece);
    if (place.step != step_) news.push_back(step_piece_);
    place = {turn_, event_, step_};
    return news;
}

}  // namespace pgcm::serve
