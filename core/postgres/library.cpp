#include "postgres/library.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <openssl/crypto.h>

namespace pgcm::postgres {

std::vector<std::string> library_versions() {
    const int libpq = ::PQlibVersion();
    return {fmt::format("libpq {}.{}", libpq / 10000, libpq % 10000),
            fmt::format("OpenSSL {}", ::OpenSSL_version(OPENSSL_VERSION_STRING))};
}

}  // namespace pgcm::postgres
