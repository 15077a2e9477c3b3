#include "model/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace pgcm {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
    std::fprintf(stderr, "pgcm: bug: %s does not hold (%s:%d)\n", expression, file, line);
    std::abort();
}

}  // namespace pgcm
