#pragma once
// The bytes of one connection, plain or through TLS.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "serve/security.hpp"

namespace pgcm::serve {

class Channel {
  public:
    using Socket = boost::asio::generic::stream_protocol::socket;
    using ErrorCode = boost::system::error_code;

    // Through TLS where `security` has it; a Unix socket is given one without.
    Channel(Socket socket, std::shared_ptr<const Security> security);

    // TLS's greeting, where there is TLS; to be awaited first.
    boost::asio::awaitable<ErrorCode> begin();
    // Some bytes; none with an error.
    boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer place, ErrorCode& error);
    boost::asio::awaitable<ErrorCode> write(std::vector<boost::asio::const_buffer> bytes);
    // Tells the other side that nothing more will come.
    ErrorCode end();
    void cancel();
    boost::asio::any_io_executor executor() { return socket_.get_executor(); }
    void close();
    // It showed a certificate of the clients' authority.
    bool client_is_known() const;

  private:
    Socket socket_;
    std::shared_ptr<const Security> security_;  // its context outlives the stream
    std::optional<boost::asio::ssl::stream<Socket&>> tls_;
};

}  // namespace pgcm::serve
