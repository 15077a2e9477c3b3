#include "postgres/library.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <openssl/crypto.h>

namespace pgcm::postgres {

std::string library_versions() {
    const int libpq = ::PQlibVersion();
    return fmt::format("libpq {}.{}, OpenSSL {}", libpq / 10000, libpq % 10000,
                       ::OpenSSL_version(OPENSSL_VERSION_STRING));
}

}  // namespace pgcm::postgres
