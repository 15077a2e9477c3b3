#pragma once
// What clients must show, and what the server shows them: read from files, and exchanged as a whole on a reload.
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "model/error.hpp"
#include "serve/security_files.hpp"

namespace pgcm::serve {

struct Security {
    std::shared_ptr<boost::asio::ssl::context> tls;  // null: plain
    bool knows_clients = false;                      // client_ca is set
    std::string token;
};

// Reads the files. Error: which one, and why OpenSSL would not have it.
Result<std::shared_ptr<const Security>> make_security(const SecurityFiles& files);

}  // namespace pgcm::serve
