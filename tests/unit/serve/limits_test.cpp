// What the server grants its clients, how it ends, and what it keeps from the rest of the process.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <filesystem>
#include <fstream>
#include <vector>

#include "server_fixture.hpp"

namespace pgcm::serve {
namespace {

using test::Client;
using test::get_status;
using test::Reply;
using test::Server;

TEST_F(Server, ends_a_request_that_never_ends) {
    Limits limits = hasty();
    limits.request_time = 20ms;
    HttpServer server(board, clock, limits);
    const std::string address = start(server);
    Client header(address);
    header.send("GET /status HTTP/1.1\r\nHost:");
    EXPECT_EQ(header.receive().status, 408);
    EXPECT_TRUE(header.ended());
    Client body(address);
    body.send("GET /status HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc");
    EXPECT_EQ(body.receive().status, 408);
    Client second(address);
    second.send(get_status + "GET /st");
    EXPECT_EQ(second.receive().status, 200);
    EXPECT_EQ(second.receive().status, 408);
}

TEST_F(Server, a_trickle_of_bytes_does_not_prolong_a_request) {
    Limits limits = hasty();
    limits.request_time = 20ms;
    HttpServer server(board, clock, limits);
    Client client(start(server));
    client.send("GET /status HTTP/1.1\r\nX: ");
    // A byte each millisecond until an answer comes: every one of them would be welcome to a naive timeout.
    pollfd answer{client.fd(), POLLIN, 0};
    int sent = 0;
    for (; sent < 8000 && ::poll(&answer, 1, 1) == 0; ++sent) client.send("x");
    EXPECT_LT(sent, 8000);
    EXPECT_EQ(client.receive().status, 408);
}

TEST_F(Server, closes_an_idle_connection_without_a_word) {
    Limits limits = hasty();
    limits.idle_time = 20ms;
    HttpServer server(board, clock, limits);
    const std::string address = start(server);
    Client silent(address);
    EXPECT_TRUE(silent.ended());
    Client served(address);
    EXPECT_EQ(served.get("/status").status, 200);
    EXPECT_TRUE(served.ended());
}

TEST_F(Server, gives_up_on_a_client_that_takes_no_answer) {
    Seen big = test::sample();
    big.view.cluster = "{\"x\":\"" + std::string(8 << 20, 'x') + "\"}";
    board.publish(std::move(big));
    Limits limits = hasty();
    limits.answer_time = 20ms;
    HttpServer server(board, clock, limits);
    const std::string address = start(server);
    Client client(address, 4096);
    // The server reads nothing while it writes: sending blocks until the server resets the connection.
    const std::string more(1 << 16, 'x');
    ASSERT_TRUE(client.send(get_status));
    int tries = 0;
    errno = 0;
    while (client.send(more) && tries < 10000) ++tries;
    EXPECT_TRUE(errno == ECONNRESET || errno == EPIPE) << errno;
    EXPECT_EQ(Client(address).get("/heartbeat").status, 200);
}

TEST_F(Server, turns_away_more_clients_than_it_can_serve) {
    Limits limits;
    limits.connections = 3;
    HttpServer server(board, clock, limits);
    const std::string address = start(server);
    std::vector<Client> served;
    for (int i = 0; i < 3; ++i) {
        served.emplace_back(address);
        ASSERT_EQ(served.back().get("/status").status, 200);
    }
    Client fourth(address);
    fourth.send(get_status);
    const Reply reply = fourth.receive();
    EXPECT_EQ(reply.status, 503);
    EXPECT_NE(reply.head.find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_TRUE(fourth.ended());
    EXPECT_EQ(served.front().get("/status").status, 200);

    served.pop_back();
    int status_of_next = 503;
    for (int tries = 0; status_of_next == 503 && tries < 100000; ++tries)
        status_of_next = Client(address).get("/status").status;
    EXPECT_EQ(status_of_next, 200);
}

TEST_F(Server, closes_at_once_when_even_turning_away_is_too_much) {
    Limits limits;
    limits.connections = 1;
    limits.turned_away = 1;
    HttpServer server(board, clock, limits);
    const std::string address = start(server);
    Client served(address);
    ASSERT_EQ(served.get("/status").status, 200);
    Client told(address);
    ASSERT_EQ(told.receive().status, 503);  // and lingers
    Client ignored(address);
    EXPECT_TRUE(ignored.cut());
}

TEST_F(Server, one_address_may_not_take_all_places) {
    Limits limits;
    limits.by_address = 2;
    HttpServer server(board, clock, limits);
    const std::string address = start(server);
    Client one(address), two(address);
    ASSERT_EQ(one.get("/status").status, 200);
    ASSERT_EQ(two.get("/status").status, 200);
    EXPECT_EQ(Client(address).receive().status, 503);
    two.close();
    int status_of_next = 503;
    for (int tries = 0; status_of_next == 503 && tries < 100000; ++tries)
        status_of_next = Client(address).get("/status").status;
    EXPECT_EQ(status_of_next, 200);
}

TEST_F(Server, streams_are_told_what_is_published_and_are_limited) {
    Limits limits = hasty();
    limits.streams = 1;
    limits.beat_time = 5ms;
    HttpServer server(board, clock, limits);
    const std::string address = start(server);
    Client stream(address);
    stream.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const Reply head = stream.receive();
    EXPECT_EQ(head.status, 200);
    EXPECT_NE(head.head.find("\r\nContent-Type: text/event-stream\r\n"), std::string::npos);
    EXPECT_TRUE(stream.wait_for("event: status\ndata: {\"schema\":\"pgcm.status/1\""));
    EXPECT_EQ(Client(address).get("/events").status, 503);
    EXPECT_EQ(Client(address).get("/status").status, 200);
    Seen next = test::sample();
    next.view.cluster = "{\"turn\":2}";
    board.publish(next);
    EXPECT_TRUE(stream.wait_for("data: {\"turn\":2}\n"));
    EXPECT_TRUE(stream.wait_for("event: beat\ndata: {\"age_ms\":0}\n"));
    stream.close();
    int status_of_next = 503;
    for (int tries = 0; status_of_next == 503 && tries < 100000; ++tries) {
        Client other(address);
        other.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        status_of_next = other.receive().status;
    }
    EXPECT_EQ(status_of_next, 200);
}

TEST_F(Server, survives_clients_that_vanish) {
    ::signal(SIGPIPE, SIG_DFL);
    HttpServer server(board, clock);
    const std::string address = start(server);
    std::string many;
    for (int i = 0; i < 300; ++i) many += get_status;
    for (int i = 0; i < 50; ++i) {
        Client client(address);
        client.send(many);
        i % 2 == 0 ? client.reset() : client.close();
    }
    EXPECT_EQ(Client(address).get("/status").body, status);
}

TEST_F(Server, stops_while_clients_are_connected) {
    HttpServer server(board, clock);
    const std::string address = start(server);
    Client idle(address);
    Client served(address);
    ASSERT_EQ(served.get("/status").status, 200);
    Client halfway(address);
    halfway.send("GET /sta");
    Client greedy(address);
    for (int i = 0; i < 100; ++i) greedy.send(get_status);
    server.stop();
    EXPECT_TRUE(server.addresses().empty());
    EXPECT_TRUE(idle.ended());
    EXPECT_TRUE(served.ended());
    EXPECT_TRUE(halfway.cut());
    EXPECT_FALSE(Client(address).connected());
    server.stop();
}

TEST_F(Server, stops_in_the_middle_of_an_answer) {
    Seen big = test::sample();
    big.view.cluster = "{\"x\":\"" + std::string(8 << 20, 'x') + "\"}";
    board.publish(std::move(big));
    HttpServer server(board, clock);
    Client client(start(server), 4096);
    client.send(get_status);
    char byte = 0;
    ASSERT_EQ(::recv(client.fd(), &byte, 1, 0), 1);  // it writes, and cannot finish
    server.stop();
    EXPECT_EQ(client.receive().status, 0);
}

TEST_F(Server, starts_again_on_the_same_port) {
    HttpServer server(board, clock);
    const std::string address = start(server);
    ASSERT_EQ(Client(address).get("/status").status, 200);
    server.stop();
    EXPECT_EQ(start(server, address), address);
    EXPECT_EQ(Client(address).get("/status").status, 200);
}

TEST_F(Server, hands_no_descriptor_to_children) {
    HttpServer server(board, clock);
    Client client(start(server));
    ASSERT_EQ(client.get("/status").status, 200);
    int sockets = 0;
    for (int fd = 3; fd < 200; ++fd) {
        struct stat file {};
        if (::fstat(fd, &file) != 0 || !S_ISSOCK(file.st_mode)) continue;
        ++sockets;
        EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0) << fd;
    }
    EXPECT_GE(sockets, 3);  // listener, the client's end, the server's end
}

TEST_F(Server, leaves_signals_to_other_threads) {
    HttpServer server(board, clock);
    Client client(start(server));
    ASSERT_EQ(client.get("/health").status, 200);  // a thread begins with all blocked, and is past that now
    bool found = false;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream file(task.path() / "status");
        std::string line;
        std::string name;
        while (std::getline(file, line)) {
            if (line.starts_with("Name:")) name = line;
            if (!line.starts_with("SigBlk:") || name.find("pgcm-http") == std::string::npos) continue;
            found = true;
            const auto blocked = std::stoull(line.substr(7), nullptr, 16);
            for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) EXPECT_NE(blocked & (1ULL << (signal - 1)), 0U);
        }
    }
    EXPECT_TRUE(found);
    sigset_t here;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &here);
    EXPECT_EQ(sigismember(&here, SIGTERM), 0);
}

}  // namespace
}  // namespace pgcm::serve
