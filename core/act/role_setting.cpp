#include <fmt/format.h>

#include "act/operations.hpp"
#include "act/peer.hpp"
#include "postgres/role_settings.hpp"

namespace pgcm::act {

asio::awaitable<Result<void>> keep_role_setting(Peer& primary, std::string_view setting, std::string text) {
    std::string sql = text.empty() ? postgres::drop_setting(setting) : postgres::keep_setting(setting, text);
    const auto done = co_await primary.ask(std::move(sql));
    if (!done)
        co_return fail(with_grant(to_error(done.error(), fmt::format("cannot set {} on {}", setting, primary.called())),
                                  done.error(), primary.version(),
                                  fmt::format("15 and later: GRANT SET ON PARAMETER \"{}\" TO pgcm's role", setting)));
    co_return Result<void>{};
}

}  // namespace pgcm::act
