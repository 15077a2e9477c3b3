#include "loop/errand.hpp"

#include <boost/asio/co_spawn.hpp>

namespace pgcm::loop {

Result<Answer> run_errand(const std::function<asio::awaitable<Result<Answer>>(asio::io_context& io)>& errand) {
    asio::io_context io{1};
    std::optional<Result<Answer>> answer;
    asio::co_spawn(io, errand(io), [&](const std::exception_ptr& bug, Result<Answer> done) {
        if (bug) std::rethrow_exception(bug);
        answer = std::move(done);
        io.stop();
    });
    io.run();
    return std::move(*answer);
}

}  // namespace pgcm::loop
