#include "serve/listener.hpp"

#include <sys/stat.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "fixtures.hpp"
#include "serve/server.hpp"

namespace pgcm::serve {
namespace {

using test::Client;

// Whether this host has ::1, asked of the system itself.
bool has_ipv6() {
    const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in6 place{};
    place.sin6_family = AF_INET6;
    place.sin6_addr = in6addr_loopback;
    const bool has = fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0;
    if (fd >= 0) ::close(fd);
    return has;
}

// A directory of its own, gone afterwards.
class Listening : public testing::Test {
  protected:
    Listening() {
        char pattern[] = "/tmp/pgcm-serve-XXXXXX";
        directory = ::mkdtemp(pattern);
        path = directory + "/http.sock";
        board.publish(test::sample());
    }
    ~Listening() override { std::filesystem::remove_all(directory); }

    static bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

    std::string directory;
    std::string path;
    Board board{test::plain_words()};
    test::StillClock clock;
};

TEST_F(Listening, several_listeners_serve_the_same) {
    HttpServer server(board, clock);
    const auto started = server.start({"127.0.0.1:0", "127.0.0.1:0", "unix:" + path});
    ASSERT_TRUE(started) << started.error().what;
    const auto addresses = server.addresses();
    ASSERT_EQ(addresses.size(), 3U);
    EXPECT_TRUE(addresses[0].starts_with("127.0.0.1:"));
    EXPECT_NE(addresses[0], "127.0.0.1:0");
    EXPECT_NE(addresses[0], addresses[1]);
    EXPECT_EQ(addresses[2], "unix:" + path);
    for (const auto& address : addresses) EXPECT_EQ(Client(address).get("/health").status, 200) << address;
}

TEST_F(Listening, the_limit_of_connections_counts_over_all_listeners) {
    Limits limits;
    limits.connections = 1;
    HttpServer server(board, clock, limits);
    ASSERT_TRUE(server.start({"127.0.0.1:0", "unix:" + path}));
    Client first(server.addresses()[0]);
    ASSERT_EQ(first.get("/health").status, 200);
    EXPECT_EQ(Client(server.addresses()[1]).get("/health").status, 503);
}

TEST_F(Listening, ipv6_stands_in_brackets) {
    HttpServer server(board, clock);
    const auto started = server.start({"[::1]:0"});
    if (!has_ipv6()) {
        ASSERT_FALSE(started);
        EXPECT_EQ(started.error().code, ErrorCode::failed) << "the address is well written";
        EXPECT_TRUE(started.error().what.starts_with("cannot listen on [::1]:0: ")) << started.error().what;
        EXPECT_FALSE(started.error().hint.empty());
        return;
    }
    ASSERT_TRUE(started) << started.error().what;
    const std::string address = server.addresses().front();
    EXPECT_TRUE(address.starts_with("[::1]:"));
    EXPECT_EQ(Client(address).get("/health").status, 200);
}

TEST_F(Listening, a_host_name_is_looked_up) {
    HttpServer server(board, clock);
    const auto started = server.start({"localhost:0"});
    ASSERT_TRUE(started) << started.error().what;
    for (const auto& address : server.addresses()) EXPECT_EQ(Client(address).get("/health").status, 200) << address;
}

TEST_F(Listening, the_socket_file_is_for_owner_and_group_and_goes_with_the_server) {
    const mode_t before = ::umask(0077);
    HttpServer server(board, clock);
    const auto started = server.start({"unix:" + path});
    ::umask(before);
    ASSERT_TRUE(started) << started.error().what;
    struct stat file {};
    ASSERT_EQ(::stat(path.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 07777U, 0660U);
    server.stop();
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(Listening, a_stale_socket_file_is_replaced) {
    const int dead = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    ASSERT_EQ(::bind(dead, reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    ::close(dead);  // the file stays
    ASSERT_TRUE(std::filesystem::exists(path));
    HttpServer server(board, clock);
    ASSERT_TRUE(server.start({"unix:" + path}));
    EXPECT_EQ(Client("unix:" + path).get("/health").status, 200);
}

TEST_F(Listening, a_live_socket_file_is_not_taken_over) {
    HttpServer first(board, clock);
    ASSERT_TRUE(first.start({"unix:" + path}));
    HttpServer second(board, clock);
    const auto refused = second.start({"unix:" + path});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().what, "cannot listen on unix:" + path + ": another process listens there");
    EXPECT_FALSE(refused.error().hint.empty());
    EXPECT_EQ(Client("unix:" + path).get("/health").status, 200);
}

TEST_F(Listening, a_file_that_is_no_socket_is_left_alone) {
    std::ofstream(path) << "precious";
    HttpServer server(board, clock);
    const auto refused = server.start({"unix:" + path});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(holds(refused.error().what, "no socket"));
    std::string kept;
    std::ifstream(path) >> kept;
    EXPECT_EQ(kept, "precious");
}

TEST_F(Listening, a_replaced_socket_file_is_not_removed) {
    HttpServer server(board, clock);
    ASSERT_TRUE(server.start({"unix:" + path}));
    std::filesystem::remove(path);
    std::ofstream(path) << "another";
    server.stop();
    EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(Listening, an_address_in_use_is_an_error_that_names_it) {
    HttpServer first(board, clock);
    ASSERT_TRUE(first.start({"127.0.0.1:0"}));
    const std::string taken = first.addresses().front();
    HttpServer second(board, clock);
    const auto refused = second.start({"unix:" + path, taken});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::failed);
    EXPECT_EQ(refused.error().what, "cannot listen on " + taken + ": Address already in use");
    EXPECT_TRUE(holds(refused.error().hint, "another process"));
    // All or none: the first of its addresses is free again.
    EXPECT_TRUE(second.addresses().empty());
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_EQ(Client(taken).get("/health").status, 200);
    first.stop();
    EXPECT_TRUE(second.start({taken}));
}

std::string any_of_that_port(const std::string& address) {
    return "0.0.0.0" + address.substr(address.rfind(':'));
}

TEST_F(Listening, moves_without_a_gap_where_it_stays) {
    HttpServer server(board, clock);
    ASSERT_TRUE(server.start({"127.0.0.1:0", "unix:" + path}));
    const auto before = server.addresses();
    Client lasting(before[0]), staying("unix:" + path);
    EXPECT_EQ(lasting.get("/health").status, 200);
    const auto moved = server.reload({"127.0.0.1:00", "unix:" + path}, {});
    ASSERT_TRUE(moved) << moved.error().what;
    const auto after = server.addresses();
    ASSERT_EQ(after.size(), 2U);
    EXPECT_NE(after[1], before[0]);
    EXPECT_EQ(Client(after[1]).get("/health").status, 200);
    EXPECT_FALSE(Client(before[0]).connected());
    EXPECT_EQ(lasting.get("/health").status, 200);  // a connection that there was goes on
    EXPECT_EQ(staying.get("/health").status, 200);
    ASSERT_TRUE(server.reload({after[1]}, {}));
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_EQ(server.addresses(), std::vector<std::string>{after[1]});
    EXPECT_EQ(Client(after[1]).get("/health").status, 200);
}

TEST_F(Listening, may_move_to_more_addresses_of_the_same_port) {
    HttpServer server(board, clock);
    ASSERT_TRUE(server.start({"127.0.0.1:0"}));
    const auto near = server.addresses().front();
    const auto everywhere = any_of_that_port(near);
    ASSERT_TRUE(server.reload({everywhere}, {}));
    EXPECT_EQ(server.addresses(), std::vector<std::string>{everywhere});
    EXPECT_EQ(Client(near).get("/health").status, 200);
    HttpServer other(board, clock);
    EXPECT_FALSE(other.start({near}));
    ASSERT_TRUE(server.reload({near}, {}));
    EXPECT_EQ(Client(near).get("/health").status, 200);
}

TEST_F(Listening, a_reload_that_fails_changes_nothing) {
    HttpServer server(board, clock), other(board, clock);
    ASSERT_TRUE(other.start({"127.0.0.1:0"}));
    const auto taken = other.addresses().front();
    ASSERT_TRUE(server.start({"127.0.0.1:0"}));
    const auto before = server.addresses();
    Client lasting(before.front());
    const auto refused = server.reload({"unix:" + path, taken}, {"", "", "", "secret"});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(holds(refused.error().what, taken)) << refused.error().what;
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_FALSE(server.reload({"127.0.0.1:0", "unix:" + path}, {path + ".crt", path + ".key", "", ""}));
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_EQ(server.addresses(), before);
    EXPECT_EQ(lasting.get("/status").status, 200);
    EXPECT_EQ(Client(before.front()).get("/status").status, 200);  // nor is the token wanted
    EXPECT_TRUE(server.reload(before, {"", "", "", "secret"}));
    EXPECT_EQ(Client(before.front()).get("/status").status, 401);
}

TEST_F(Listening, what_cannot_be_had_is_explained) {
    const auto foreign = listen_on("192.0.2.1:0");  // of the documentation's range, no host has it
    ASSERT_FALSE(foreign);
    EXPECT_TRUE(holds(foreign.error().what, "192.0.2.1:0"));
    EXPECT_TRUE(holds(foreign.error().hint, "no network interface"));
    const auto nowhere = listen_on("unix:" + directory + "/missing/http.sock");
    ASSERT_FALSE(nowhere);
    EXPECT_TRUE(holds(nowhere.error().hint, "directory"));
}

TEST_F(Listening, malformed_addresses_are_usage_errors) {
    const std::string long_path = "unix:/" + std::string(200, 'x');
    for (const std::string& address :
         {std::string(), std::string("9889"), std::string("localhost"), std::string("localhost:"),
          std::string("localhost:http"), std::string("127.0.0.1:65536"), std::string("127.0.0.1:-1"),
          std::string("127.0.0.1:80 "), std::string(":9889"), std::string("::1:9889"), std::string("[]:1"),
          std::string("[::1"), std::string("unix:"), std::string("unix:relative.sock"), long_path}) {
        const auto refused = listen_on(address);
        ASSERT_FALSE(refused) << address;
        EXPECT_EQ(refused.error().code, ErrorCode::usage) << address;
        EXPECT_TRUE(holds(refused.error().what, "\"" + address + "\"")) << refused.error().what;
        EXPECT_TRUE(holds(refused.error().hint, "host:port")) << address;
    }
    HttpServer server(board, clock);
    const auto none = server.start({});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace pgcm::serve
