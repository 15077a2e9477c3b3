#include "serve/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <limits>
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

Connection::Connection(Socket socket, Origin origin, Clients& clients)
    : channel_(std::move(socket), origin.plain ? std::make_shared<const Security>() : clients.security),
      origin_(std::move(origin)),
      clients_(clients),
      buffer_(clients.limits.header_bytes + clients.limits.body_bytes),
      news_(channel_.executor()),
      welcome_(clients.serving < clients.limits.connections &&
               (origin_.address.empty() || clients.by_address[origin_.address] < clients.limits.by_address)),
      place_(clients.open.insert(clients.open.end(), this)) {
    if (!welcome_) return;
    ++clients_.serving;
    if (!origin_.address.empty()) ++clients_.by_address[origin_.address];
}

Connection::~Connection() {
    clients_.open.erase(place_);
    if (!welcome_) return;
    --clients_.serving;
    const auto counted = clients_.by_address.find(origin_.address);
    if (counted != clients_.by_address.end() && --counted->second == 0) clients_.by_address.erase(counted);
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
    channel_.cancel();
}

void Connection::disarm() {
    expires_ = std::numeric_limits<std::uint64_t>::max();
    expired_ = false;
}

void Connection::close() {
    closed_ = true;
    channel_.close();
    news_.cancel();
}

asio::awaitable<void> Connection::run() {
    arm(clients_.limits.request_time);
    if (co_await channel_.begin() || expired_) co_return;
    if (channel_.client_is_known()) origin_.door = Door::open;
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
        const Response response = answer_to(parser, intake);
        const bool last = intake != Intake::complete || !parser.keep_alive() || response.is_stream;
        std::string bytes = wire(response, view_of(parser.get().method_string()),
                                 last ? After::close : After::keep_open, clients_.clock.wall());
        if (!co_await send(std::move(bytes))) co_return;
        if (response.is_stream) {
            co_await stream();
            co_return;
        }
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
        error_code error;
        const std::size_t size = co_await channel_.read_some(buffer_.prepare(room), error);
        if (expired_) co_return begun ? Intake::too_slow : Intake::gone;
        if (error) co_return Intake::gone;
        buffer_.commit(size);
        if (!std::exchange(begun, true)) arm(clients_.limits.request_time);
    }
}

Response Connection::answer_to(const Parser& parser, Intake intake) {
    const auto& message = parser.get();
    ++clients_.requests;
    switch (intake) {
        case Intake::complete:
        case Intake::expects_word: break;
        case Intake::header_too_long: return refusal(431, "the request's header is too long");
        case Intake::body_too_long: return refusal(413, "the request's body is too long");
        case Intake::too_slow: return refusal(408, "the request took too long to arrive");
        case Intake::malformed:
        case Intake::gone: return refusal(400, "the request is malformed");
    }
    // In this order: the snapshot is never younger than the time it is judged by.
    const auto snapshot = clients_.board.read();
    const Request request{view_of(message.method_string()),
                          view_of(message.target()),
                          view_of(message[http::field::accept]),
                          view_of(message[http::field::authorization]),
                          origin_.door,
                          view_of(message[http::field::host])};
    Known known{snapshot.get(), clients_.clock.now(), &clients_.recent, clients_.security->token, {}};
    known.names = clients_.names;
    known.counted.requests = clients_.requests;
    known.counted.connections = clients_.serving;
    known.counted.streams = clients_.streams;
    known.counted.done_bytes = clients_.done_bytes;
    known.counted.total_bytes = clients_.total_bytes;
    Response response = answer(request, known);
    if (response.is_stream && clients_.streams >= std::min(clients_.limits.streams, clients_.limits.connections / 2))
        return refusal(503, "too many streams are open");
    return response;
}

asio::awaitable<bool> Connection::send(std::string bytes) {
    arm(clients_.limits.answer_time);
    std::vector<asio::const_buffer> whole{asio::buffer(bytes)};
    const auto error = co_await channel_.write(std::move(whole));
    co_return !error && !expired_;
}

// How old the truth is: for a client that hears nothing else, and to find out that it has gone.
std::string Connection::beat() const {
    const auto snapshot = clients_.board.read();
    const auto age = snapshot ? std::to_string(age_of(*snapshot, clients_.clock.now()).count()) : "null";
    return sse("beat", "{\"age_ms\":" + age + "}");
}

asio::awaitable<void> Connection::stream() {
    struct Counted {
        explicit Counted(std::size_t& count) : streams(count) { ++streams; }
        ~Counted() { --streams; }
        Counted(const Counted&) = delete;
        Counted& operator=(const Counted&) = delete;
        std::size_t& streams;
    } const counted(clients_.streams);
    buffer_.clear();
    buffer_.shrink_to_fit();
    auto place = clients_.feed.begin();
    while (!closed_) {
        const auto pieces = clients_.feed.since(place);
        if (pieces.empty()) {
            disarm();
            news_.expires_after(clients_.limits.beat_time);
            const auto [woken] = co_await news_.async_wait(as_result);
            if (!woken && !co_await send(beat())) co_return;
            continue;
        }
        std::vector<asio::const_buffer> bytes;
        bytes.reserve(pieces.size());
        for (const auto& piece : pieces) bytes.push_back(asio::buffer(*piece));
        arm(clients_.limits.answer_time);
        if (co_await channel_.write(std::move(bytes)) || expired_) co_return;
    }
}

// A socket closed with bytes unread resets the connection, and the client may lose the answer (RFC 9112, 9.6).
asio::awaitable<void> Connection::linger() {
    const error_code shut = channel_.end();
    arm(clients_.limits.linger_time);
    std::array<char, read_size> discarded;
    std::size_t total = 0;
    while (!shut && !expired_ && total < linger_bytes) {
        error_code error;
        const asio::mutable_buffer place = asio::buffer(discarded);
        const std::size_t size = co_await channel_.read_some(place, error);
        if (error) co_return;
        total += size;
    }
}

}  // namespace pgcm::serve
