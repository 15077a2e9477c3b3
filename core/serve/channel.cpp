#include "serve/channel.hpp"

#include <openssl/ssl.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace pgcm::serve {

namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

}  // namespace

Channel::Channel(Socket socket, std::shared_ptr<const Security> security)
    : socket_(std::move(socket)), security_(std::move(security)) {
    if (security_->tls) tls_.emplace(socket_, *security_->tls);
}

asio::awaitable<Channel::ErrorCode> Channel::begin() {
    if (!tls_) co_return ErrorCode{};
    const auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::server, as_result);
    co_return error;
}

asio::awaitable<std::size_t> Channel::read_some(asio::mutable_buffer place, ErrorCode& error) {
    if (tls_) {
        const auto [problem, size] = co_await tls_->async_read_some(place, as_result);
        error = problem;
        co_return size;
    }
    const auto [problem, size] = co_await socket_.async_read_some(place, as_result);
    error = problem;
    co_return size;
}

asio::awaitable<Channel::ErrorCode> Channel::write(std::vector<asio::const_buffer> bytes) {
    if (tls_) {
        const auto [error, size] = co_await asio::async_write(*tls_, bytes, as_result);
        co_return error;
    }
    const auto [error, size] = co_await asio::async_write(socket_, bytes, as_result);
    co_return error;
}

Channel::ErrorCode Channel::end() {
    if (tls_) SSL_shutdown(tls_->native_handle());  // the word alone, where it fits; nobody waits for the answer
    ErrorCode error;
    socket_.shutdown(Socket::shutdown_send, error);
    return error;
}

void Channel::cancel() {
    ErrorCode ignored;
    socket_.cancel(ignored);
}

void Channel::close() {
    ErrorCode ignored;
    socket_.close(ignored);
}

bool Channel::client_is_known() const {
    if (!tls_ || !security_->knows_clients) return false;
    auto* const handle = const_cast<boost::asio::ssl::stream<Socket&>&>(*tls_).native_handle();
    return SSL_get0_peer_certificate(handle) != nullptr && SSL_get_verify_result(handle) == X509_V_OK;
}

}  // namespace pgcm::serve
