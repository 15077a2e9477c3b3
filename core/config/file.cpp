#include "config/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace pgcm::config {
namespace {

constexpr std::size_t max_bytes = 1U << 20;

struct Descriptor {
    int number;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
};

tl::unexpected<Error> cannot_read(const std::string& path, int error) {
    return fail(ErrorCode::usage, fmt::format("{}: cannot be read: {}", path, std::generic_category().message(error)),
                error == EACCES ? "run pgcm as a user who may read it" : "give the right file with --config");
}

}  // namespace

Result<FileText> read_file(const std::string& path) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.number < 0) return cannot_read(path, errno);
    struct stat status {};
    if (::fstat(file.number, &status) != 0) return cannot_read(path, errno);

    FileText out;
    out.others_may_read = S_ISREG(status.st_mode) && (status.st_mode & S_IROTH) != 0;
    std::array<char, 16384> buffer{};
    for (;;) {
        const auto got = ::read(file.number, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot_read(path, errno);
        if (got == 0) return out;
        out.text.append(buffer.data(), static_cast<std::size_t>(got));
        if (out.text.size() > max_bytes)
            return fail(ErrorCode::usage, fmt::format("{}: is larger than 1MB", path),
                        "this is no configuration file of pgcm");
    }
}

}  // namespace pgcm::config
