#include "serve/server.hpp"

#include <thread>

#include "server_fixture.hpp"

namespace pgcm::serve {
namespace {

using test::Client;
using test::get_status;
using test::Reply;
using test::Server;

TEST_F(Server, answers_request_after_request_on_one_connection) {
    HttpServer server(board, clock);
    Client client(start(server));
    for (int i = 0; i < 3; ++i) {
        const Reply reply = client.get("/status");
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.body, status);
        EXPECT_NE(reply.head.find("\r\nConnection: keep-alive\r\n"), std::string::npos);
        EXPECT_NE(reply.head.find("\r\nX-Content-Type-Options: nosniff\r\n"), std::string::npos);
        EXPECT_EQ(reply.head.find("\r\nServer:"), std::string::npos);
    }
    EXPECT_EQ(client.get("/nowhere").status, 404);
    EXPECT_EQ(client.get("/health").status, 200);
}

TEST_F(Server, tells_the_snapshot_and_the_time_of_the_moment) {
    HttpServer server(board, clock);
    Client client(start(server));
    EXPECT_EQ(client.get("/health").status, 200);
    clock.set(BootTime(103s));
    EXPECT_EQ(client.get("/health").status, 503);
    Seen next = test::sample();
    next.turned_at = BootTime(103s);
    for (auto& node : next.view.nodes) node.asked_at = BootTime(103s);
    next.view.cluster = "{\"turn\":2}";
    board.publish(std::move(next));
    EXPECT_EQ(client.get("/health").status, 200);
    EXPECT_EQ(client.get("/status").body, "{\"turn\":2}");
}

TEST_F(Server, closes_when_the_client_wants_it) {
    HttpServer server(board, clock);
    const std::string address = start(server);
    Client modern(address);
    modern.send("GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const Reply reply = modern.receive();
    EXPECT_EQ(reply.body, status);
    EXPECT_NE(reply.head.find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_TRUE(modern.ended());

    Client old(address);  // as HAProxy's health checks by default
    old.send("OPTIONS /health HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.receive().status, 200);
    EXPECT_TRUE(old.ended());

    Client old_but_lasting(address);
    old_but_lasting.send("GET /status HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(old_but_lasting.receive().body, status);
    EXPECT_EQ(old_but_lasting.get("/status").body, status);
}

TEST_F(Server, answers_pipelined_requests_in_their_order) {
    HttpServer server(board, clock);
    Client client(start(server));
    std::string all;
    for (int i = 0; i < 500; ++i) all += i % 2 == 0 ? get_status : "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n";
    ASSERT_TRUE(client.send(all));
    for (int i = 0; i < 500; ++i) ASSERT_EQ(client.receive().status, i % 2 == 0 ? 200 : 404) << i;
}

TEST_F(Server, a_request_may_come_byte_by_byte) {
    HttpServer server(board, clock);
    Client client(start(server));
    for (const char byte : get_status) client.send({&byte, 1});
    EXPECT_EQ(client.receive().body, status);
}

TEST_F(Server, a_half_closed_client_still_gets_its_answer) {
    HttpServer server(board, clock);
    Client client(start(server));
    client.send(get_status);
    ::shutdown(client.fd(), SHUT_WR);
    EXPECT_EQ(client.receive().body, status);
    EXPECT_TRUE(client.ended());
}

TEST_F(Server, head_and_options_send_no_body) {
    HttpServer server(board, clock);
    Client client(start(server));
    client.send("HEAD /status HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const Reply head = client.receive(true);
    EXPECT_EQ(head.status, 200);
    EXPECT_NE(head.head.find("\r\nContent-Length: " + std::to_string(status.size()) + "\r\n"), std::string::npos);
    client.send("OPTIONS /status HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.receive().body, "");
    EXPECT_EQ(client.get("/status").body, status);  // nothing was left in between
}

TEST_F(Server, a_small_body_is_read_over_and_a_long_one_refused) {
    HttpServer server(board, clock);
    const std::string address = start(server);
    Client client(address);
    client.send("POST /status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1024\r\n\r\n" + std::string(1024, 'x'));
    EXPECT_EQ(client.receive().status, 405);
    client.send("GET /status HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    EXPECT_EQ(client.receive().status, 200);
    client.send("GET /status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1025\r\n\r\n" + std::string(1025, 'x'));
    EXPECT_EQ(client.receive().status, 413);
    EXPECT_TRUE(client.ended());

    Client chunked(address);
    chunked.send("GET /status HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 3; ++i) chunked.send("200\r\n" + std::string(512, 'x') + "\r\n");
    EXPECT_EQ(chunked.receive().status, 413);

    Client polite(address);
    polite.send("POST /status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(polite.receive().status, 405);
    EXPECT_TRUE(polite.ended());
}

TEST_F(Server, refuses_a_header_beyond_8_kib) {
    HttpServer server(board, clock);
    const std::string address = start(server);
    Client one_field(address);
    one_field.send("GET /status HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20000, 'x') + "\r\n\r\n");
    EXPECT_EQ(one_field.receive().status, 431);
    EXPECT_TRUE(one_field.ended());

    Client endless_target(address);
    endless_target.send("GET /" + std::string(20000, 'x'));
    EXPECT_EQ(endless_target.receive().status, 431);

    std::string many = "GET /status HTTP/1.1\r\n";
    while (many.size() < 9000) many += "A: b\r\n";
    Client many_fields(address);
    many_fields.send(many);
    EXPECT_EQ(many_fields.receive().status, 431);

    Client endless_chunk(address);
    endless_chunk.send("GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                       std::string(20000, 'x'));
    EXPECT_EQ(endless_chunk.receive().status, 431);

    Client just_too_long(address);
    const std::string begin = "GET /status HTTP/1.1\r\nHost: localhost\r\nX: ";
    just_too_long.send(begin + std::string(8193 - begin.size() - 4, 'x') + "\r\n\r\n");
    EXPECT_EQ(just_too_long.receive().status, 431);
    Client just_fits(address);
    just_fits.send(begin + std::string(8192 - begin.size() - 4, 'x') + "\r\n\r\n");
    EXPECT_EQ(just_fits.receive().status, 200);
}

TEST_F(Server, refuses_what_is_not_http) {
    HttpServer server(board, clock);
    const std::string address = start(server);
    const std::string requests[] = {
        "\x16\x03\x01\x02\x01hello of TLS\r\n\r\n",
        "GET /status HTTP/2.0\r\n\r\n",
        "GET /status\r\n\r\n",
        "GET  /status HTTP/1.1\r\n\r\n",
        "GET /status HTTP/1.1\nHost: localhost\n\n",
        "GET /status HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /status HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET /status HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /status HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET status HTTP/1.1\r\nHost: localhost\r\n\r\n",
        std::string("GET /status HTTP/1.1\r\nX: \0\r\n\r\n", 30),
    };
    for (const auto& request : requests) {
        Client client(address);
        client.send(request);
        EXPECT_EQ(client.receive().status, 400) << request;
    }
    EXPECT_EQ(Client(address).get("/status").status, 200);
}

TEST_F(Server, every_answer_is_of_one_snapshot_while_the_loop_publishes) {
    HttpServer server(board, clock);
    Client client(start(server));
    std::atomic<bool> over = false;
    std::thread loop([&] {
        for (int turn = 0; !over; ++turn) {
            Seen next = test::sample();
            next.view.cluster =
                std::string(static_cast<std::size_t>(1 + turn % 5000), static_cast<char>('a' + turn % 26));
            board.publish(std::move(next));
        }
    });
    int mixed = 0;
    int unlike_200 = 0;
    for (int i = 0; i < 500; ++i) {
        const Reply reply = client.get("/status");
        unlike_200 += reply.status != 200;
        if (reply.body != status) mixed += reply.body.find_first_not_of(reply.body.substr(0, 1)) != std::string::npos;
    }
    over = true;
    loop.join();
    EXPECT_EQ(unlike_200, 0);
    EXPECT_EQ(mixed, 0);
}

}  // namespace
}  // namespace pgcm::serve
