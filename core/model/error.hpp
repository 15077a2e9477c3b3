#pragma once
// What can go wrong, as a value. cmd/exit.hpp maps the code to an exit status, once.
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace pgcm {

enum class ErrorCode {
    failed,       // tried and did not work
    usage,        // the command line, the configuration or an input document is wrong; nothing was changed
    refused,      // a safety rule holds it back
    busy,         // another pgcm works on this node
    timeout,      // a deadline passed
    interrupted,  // a signal ended it
};

struct Error {
    ErrorCode code = ErrorCode::failed;
    std::string what;  // what happened, and to what; no trailing stop, never a secret
    std::string hint;  // what to do about it; may be empty
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string what, std::string hint = {}) {
    return tl::unexpected<Error>(Error{code, std::move(what), std::move(hint)});
}
inline tl::unexpected<Error> fail(std::string what, std::string hint = {}) {
    return fail(ErrorCode::failed, std::move(what), std::move(hint));
}
inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace pgcm
