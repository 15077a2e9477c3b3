#pragma once
// Settings of a running server.
#include "act/peer.hpp"

namespace pgcm::act {

// ALTER SYSTEM SET parameter = 'value'; takes effect by reload() or a restart. A permission that is missing is named in
// the hint.
asio::awaitable<Result<void>> alter_system(postgres::Session& session, std::string parameter, std::string value,
                                           milliseconds timeout);
asio::awaitable<Result<void>> reload(postgres::Session& session, milliseconds timeout);

// Until SHOW says so in this session, 2 s at most.
asio::awaitable<Result<void>> wait_until_set(postgres::Session& session, std::string parameter, std::string value,
                                             milliseconds timeout);

}  // namespace pgcm::act
