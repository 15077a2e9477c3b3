#include "act/wait_for.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

namespace pgcm::act {

Result<Outcome> wait_for(const Invocation& invocation) {
    asio::io_context loop;
    std::optional<Result<Outcome>> outcome;
    asio::co_spawn(loop, run(invocation), [&](const std::exception_ptr& thrown, Result<Outcome> ended) {
        if (!thrown) outcome = std::move(ended);
    });
    loop.run();
    if (!outcome) return fail("could not run " + describe(invocation));
    return std::move(*outcome);
}

}  // namespace pgcm::act
