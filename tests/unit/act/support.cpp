#include "support.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "act/guard.hpp"
#include "act/internal.hpp"
#include "act/wait_for.hpp"
#include "stand_in.hpp"

namespace pgcm::act::test {

BootTime TestClock::now() const {
    return BootTime{std::chrono::duration_cast<nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())};
}
WallTime TestClock::wall() const {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

TemporaryDirectory::TemporaryDirectory(const std::string& name) {
    std::string pattern = "/tmp/pgcm-act-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    ::chmod(root_.c_str(), 0755);
    path_ = root_ + "/" + name;
    ::mkdir(path_.c_str(), 0755);
    give_to_server_user(root_);
    give_to_server_user(path_);
}
TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
}

void put(const std::string& path, const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
    give_to_server_user(path);
}
std::string get(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}
bool there(const std::string& path) {
    struct stat facts {};
    return ::lstat(path.c_str(), &facts) == 0;
}

std::string server_user() {
    return ::geteuid() == 0 ? "postgres" : "";
}
void give_to_server_user(const std::string& path) {
    if (::geteuid() != 0) return;
    const passwd* user = ::getpwnam("postgres");
    ASSERT_NE(user, nullptr);
    EXPECT_EQ(::lchown(path.c_str(), user->pw_uid, user->pw_gid), 0) << path;
}

std::string bin_dir() {
    for (int version = 18; version >= 12; --version)
        if (const auto path = "/usr/lib/postgresql/" + std::to_string(version) + "/bin"; there(path + "/initdb"))
            return path;
    return {};
}

std::string shell(const std::string& command, bool as_server_user) {
    Invocation invocation;
    invocation.argv = {"/bin/sh", "-c", command};
    invocation.run_as = as_server_user ? server_user() : "";
    invocation.detached_children = true;
    invocation.c_locale = true;
    const auto outcome = wait_for(invocation);
    EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().what);
    if (!outcome) return {};
    EXPECT_TRUE(outcome->ok()) << command << "\n" << outcome->output << outcome->errors;
    return outcome->output;
}

}  // namespace pgcm::act::test

// The test's binary is the child that looks after the data directory, too, and the guard; as pgcm's own is.
int main(int argc, char** argv) {
    if (argc > 1 && pgcm::act::guard_command == argv[1])
        return pgcm::act::run_guard({argv + 2, static_cast<std::size_t>(argc - 2)});
    if (const int status = pgcm::act::test::run_stand_in(argc, argv); status >= 0) return status;
    if (argc == 3 && pgcm::act::internal_command == argv[1]) return pgcm::act::run_internal(argv[2], 0, 1);
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
