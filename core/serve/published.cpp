#include "serve/published.hpp"

#include <iterator>

namespace pgcm::serve {
namespace {

constexpr std::size_t most_news = 256;

template <class T, class Make>
const T& once(std::optional<T>& place, const Make& make) {
    if (!place) place = make();
    return *place;
}

template <class T>
void push(std::deque<T>& queue, T item) {
    if (queue.size() >= most_news) queue.pop_front();
    queue.push_back(std::move(item));
}

template <class T>
std::vector<T> all_of(std::deque<T>& queue) {
    std::vector<T> all(std::make_move_iterator(queue.begin()), std::make_move_iterator(queue.end()));
    queue.clear();
    return all;
}

}  // namespace

const std::string& Published::view_json() const {
    return once(view_json_, [&] { return renderer_.view_json(seen_.view); });
}
const std::string& Published::status_json() const {
    return once(status_json_, [&] { return renderer_.status_json(seen_, view_json()); });
}
const std::string& Published::decision_json() const {
    return once(decision_json_, [&] { return renderer_.decision_json(seen_); });
}
const std::string& Published::alerts_json() const {
    return once(alerts_json_, [&] { return renderer_.alerts_json(seen_); });
}
const std::vector<NodeRow>& Published::rows() const {
    return once(rows_, [&] { return renderer_.rows(seen_.view); });
}

bool is_fresh(const Published& snapshot, BootTime now) {
    return now - snapshot.seen().turned_at < snapshot.seen().valid_for;
}

void Board::publish(Seen seen) {
    std::shared_ptr<const Published> next = std::make_shared<const Published>(std::move(seen), renderer_);
    const std::lock_guard hold(mutex_);
    latest_.swap(next);  // the former one is let go after the lock
    if (!wake_) return;
    push(turns_, latest_);
    wake_();
}

void Board::tell(Step step) {
    const std::lock_guard hold(mutex_);
    if (!wake_) return;
    push(steps_, std::move(step));
    wake_();
}

std::shared_ptr<const Published> Board::read() const {
    const std::lock_guard hold(mutex_);
    return latest_;
}

void Board::subscribe(std::function<void()> wake) {
    const std::lock_guard hold(mutex_);
    wake_ = std::move(wake);
    turns_.clear();
    steps_.clear();
    if (wake_ && latest_) push(turns_, latest_);
}

Board::News Board::take_news() {
    const std::lock_guard hold(mutex_);
    return {all_of(turns_), all_of(steps_)};
}

}  // namespace pgcm::serve
