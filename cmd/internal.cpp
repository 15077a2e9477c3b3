#include "internal.hpp"

#include <unistd.h>

#include <string_view>

#include "act/guard.hpp"
#include "act/internal.hpp"

namespace pgcm::cmd {

std::optional<int> run_internal(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == act::guard_command)
        return act::run_guard({argv + 2, static_cast<std::size_t>(argc - 2)});
    if (argc != 3 || std::string_view(argv[1]) != act::internal_command) return std::nullopt;
    return act::run_internal(argv[2], STDIN_FILENO, STDOUT_FILENO);
}

}  // namespace pgcm::cmd
