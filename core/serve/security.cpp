#include "serve/security.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace pgcm::serve {
namespace {

namespace ssl = boost::asio::ssl;

tl::unexpected<Error> refused(std::string_view key, const std::string& path, const boost::system::error_code& error) {
    return fail(ErrorCode::usage, "serve." + std::string(key) + ": " + path + ": " + error.message(),
                "it must be readable PEM, and cert and key belong together");
}

}  // namespace

Result<std::shared_ptr<const Security>> make_security(const SecurityFiles& files) {
    auto security = std::make_shared<Security>();
    security->token = files.token;
    if (files.cert.empty()) return security;
    auto tls = std::make_shared<ssl::context>(ssl::context::tls_server);
    boost::system::error_code error;
    SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(tls->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(tls->native_handle(), SSL_MODE_RELEASE_BUFFERS);  // idle connections hold no buffers
    // A resumed session would be judged by the certificate of then.
    SSL_CTX_set_session_cache_mode(tls->native_handle(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(tls->native_handle(), SSL_OP_NO_TICKET);
    tls->use_certificate_chain_file(files.cert, error);
    if (error) return refused("cert", files.cert, error);
    tls->use_private_key_file(files.key, ssl::context::pem, error);
    if (error) return refused("key", files.key, error);
    if (SSL_CTX_check_private_key(tls->native_handle()) != 1)
        return fail(ErrorCode::usage, "serve.key: " + files.key + " is not the key of " + files.cert);
    if (!files.client_ca.empty()) {
        tls->load_verify_file(files.client_ca, error);
        if (error) return refused("client_ca", files.client_ca, error);
        SSL_CTX_set_client_CA_list(tls->native_handle(), SSL_load_client_CA_file(files.client_ca.c_str()));
        // Asked for, not demanded: health checks have none.
        tls->set_verify_mode(ssl::verify_peer, error);
        if (error) return refused("client_ca", files.client_ca, error);
        security->knows_clients = true;
    }
    ERR_clear_error();
    security->tls = std::move(tls);
    return security;
}

}  // namespace pgcm::serve
