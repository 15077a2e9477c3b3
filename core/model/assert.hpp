#pragma once
// A broken invariant is a bug: it ends the process, in release builds too.

namespace pgcm {

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace pgcm

#define PGCM_ASSERT(condition) \
    (static_cast<bool>(condition) ? void(0) : ::pgcm::assertion_failed(#condition, __FILE__, __LINE__))
