#include "serve/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

#include "serve/router.hpp"
#include "serve/wire.hpp"

namespace pgcm::serve {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

using boost::system::error_code;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t read_size = 2048;
constexpr std::size_t linger_bytes = 64 * 1024;

std::string_view view_of(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

struct Connection::Parser : http::request_parser<http::string_body> {
    explicit Parser(const Limits& limits) {
        header_limit(static_cast<std::uint32_t>(limits.header_bytes));
        body_limit(limits.body_bytes);
    }
    std::size_t header_bytes = 0;  // consumed so far
};

Connection::Connection(Socket socket, Clients& clients)
    : socket_(std::move(socket)),
      clients_(clients),
      buffer_(clients.limits.header_bytes + clients.limits.body_bytes),
      welcome_(clients.serving < clients.limits.connections),
      place_(clients.open.insert(clients.open.end(), this)) {
    if (welcome_) ++clients_.serving;
}

Connection::~Connection() {
    clients_.open.erase(place_);
    if (welcome_) --clients_.serving;
}

void Connection::arm(milliseconds time) {
    const auto tick = std::max(clients_.limits.tick, milliseconds{1});
    // The tick that runs is already partly over.
    expires_ = clients_.ticks + static_cast<std::uint64_t>((time + tick - milliseconds{1}) / tick) + 1;
    expired_ = false;
}

void Connection::tick() {
    if (expired_ || clients_.ticks < expires_) return;
    expired_ = true;
    error_code ignored;
    socket_.cancel(ignored);
}

void Connection::close() {
    error_code ignored;
    socket_.close(ignored);
}

asio::awaitable<void> Connection::run() {
    if (welcome_) {
        co_await serve();
        co_return;
    }
    // Not even read: what it wants does not matter, and the status is the same for every method but HEAD, which
    // must not be assumed; so the answer has no body.
    const Response full{503, {}, {}, {}};
    if (co_await send(wire(full, "GET", After::close, clients_.clock.wall()))) co_await linger();
}

asio::awaitable<void> Connection::serve() {
    for (;;) {
        Parser parser(clients_.limits);
        const Intake intake = co_await receive(parser);
        if (intake == Intake::gone) co_return;
        const bool last = intake != Intake::complete || !parser.keep_alive();
        if (!co_await send(answer_to(parser, intake, last))) co_return;
        if (last) {
            co_await linger();
            co_return;
        }
    }
}

// Hands what is buffered to the parser; empty: it wants more. Beast 1.81 applies its header_limit to what one put()
// sees and forgets the fields before, so that the whole is counted here.
std::optional<Connection::Intake> Connection::feed(Parser& parser) {
    while (buffer_.size() > 0) {
        const bool in_header = !parser.is_header_done();
        error_code error;
        const std::size_t used = parser.put(buffer_.data(), error);
        buffer_.consume(used);
        if (in_header) parser.header_bytes += used;
        const std::size_t unparsed = parser.is_header_done() ? 0 : buffer_.size();
        if (parser.header_bytes + unparsed > clients_.limits.header_bytes) return Intake::header_too_long;
        if (error == http::error::header_limit) return Intake::header_too_long;
        if (error == http::error::body_limit) return Intake::body_too_long;
        if (error == http::error::need_more) break;
        if (error) return Intake::malformed;
        if (parser.is_done()) return Intake::complete;
        if (parser.get().count(http::field::expect) > 0) return Intake::expects_word;
    }
    return std::nullopt;
}

// Bytes of the next request may already wait in the buffer (pipelining), and may stay there for the one after.
asio::awaitable<Connection::Intake> Connection::receive(Parser& parser) {
    bool begun = buffer_.size() > 0;
    arm(begun ? clients_.limits.request_time : clients_.limits.idle_time);
    for (;;) {
        if (const auto intake = feed(parser)) co_return *intake;
        const std::size_t room = std::min(read_size, buffer_.max_size() - buffer_.size());
        if (room == 0) co_return Intake::header_too_long;
        const auto [error, size] = co_await socket_.async_read_some(buffer_.prepare(room), as_result);
        if (expired_) co_return begun ? Intake::too_slow : Intake::gone;
        if (error) co_return Intake::gone;
        buffer_.commit(size);
        if (!std::exchange(begun, true)) arm(clients_.limits.request_time);
    }
}

std::string Connection::answer_to(const Parser& parser, Intake intake, bool last) const {
    const auto& message = parser.get();
    Response response;
    switch (intake) {
        case Intake::complete:
        case Intake::expects_word: {
            // In this order: the snapshot is never younger than the time it is judged by.
            const auto snapshot = clients_.board.read();
            const Request request{view_of(message.method_string()), view_of(message.target()),
                                  view_of(message[http::field::accept])};
            response = answer(request, snapshot.get(), clients_.clock.now());
            break;
        }
        case Intake::header_too_long: response = refusal(431, "the request's header is too long"); break;
        case Intake::body_too_long: response = refusal(413, "the request's body is too long"); break;
        case Intake::too_slow: response = refusal(408, "the request took too long to arrive"); break;
        case Intake::malformed:
        case Intake::gone: response = refusal(400, "the request is malformed"); break;
    }
    return wire(response, view_of(message.method_string()), last ? After::close : After::keep_open,
                clients_.clock.wall());
}

asio::awaitable<bool> Connection::send(std::string bytes) {
    arm(clients_.limits.answer_time);
    const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(bytes), as_result);
    co_return !error && !expired_;
}

// A socket closed with bytes unread resets the connection, and the client may lose the answer (RFC 9112, 9.6).
asio::awaitable<void> Connection::linger() {
    error_code shut;
    socket_.shutdown(Socket::shutdown_send, shut);
    arm(clients_.limits.linger_time);
    std::array<char, read_size> discarded;
    std::size_t total = 0;
    while (!shut && !expired_ && total < linger_bytes) {
        const auto [error, size] = co_await socket_.async_read_some(asio::buffer(discarded), as_result);
        if (error) co_return;
        total += size;
    }
}

}  // namespace pgcm::serve
