#pragma once
// A clock that stands still, a snapshot with something in every place, and a client that speaks raw bytes.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <atomic>
#include <string>
#include <string_view>
#include <utility>

#include "model/time.hpp"
#include "serve/published.hpp"

namespace pgcm::serve::test {

class StillClock : public Clock {
  public:
    BootTime now() const override { return BootTime(nanoseconds(boot_)); }
    WallTime wall() const override { return WallTime(std::chrono::seconds(784111777)); }  // RFC 9110's example
    void set(BootTime time) { boot_ = time.time_since_epoch().count(); }

  private:
    std::atomic<nanoseconds::rep> boot_{nanoseconds(100s).count()};
};

inline NodeName name(std::string_view text) {
    return NodeName::make(text).value();
}

// Words and documents that a test can tell apart; report/ has the real ones, and is tested by itself.
class PlainWords : public Renderer {
  public:
    std::string view_json(const View&) const override { return count(R"({"schema":"pgcm.view/1"})"); }
    std::string status_json(const Seen& seen, const std::string&) const override {
        return count(seen.view.cluster == "main" ? R"({"schema":"pgcm.status/1","primary":"p1"})" : seen.view.cluster);
    }
    std::string decision_json(const Seen&) const override { return count(R"({"schema":"pgcm.decision/1"})"); }
    std::string alerts_json(const Seen&) const override { return count(R"({"schema":"pgcm.alerts/1","alerts":[]})"); }
    std::string step_json(const Step& step) const override { return "{\"step\":\"" + step.name + "\"}"; }
    std::string metrics(const Seen&, const Figures& figures) const override {
        return "fresh " + std::to_string(int{figures.fresh}) + "\nleads " + std::to_string(int{figures.leads}) + "\n";
    }
    std::vector<NodeRow> rows(const View& view) const override {
        std::vector<NodeRow> rows;
        for (const auto& node : view.nodes) {
            NodeRow row;
            row.name = node.node;
            row.role = node.role;
            row.state = name_of(node.reach);
            row.timeline = node.timeline ? to_string(*node.timeline) : "";
            row.lsn = position(node) ? to_string(*position(node)) : "";
            if (node.role == Role::standby) row.lag_bytes = 256;
            if (node.role == Role::standby) row.lag = "256 B";
            row.sync = sync;
            row.streaming = node.role == Role::standby && streaming;
            rows.push_back(std::move(row));
        }
        return rows;
    }
    std::string words(const Alert& alert) const override { return "alert " + std::string(name_of(alert.code)); }
    std::string words(const Reason& reason) const override { return "reason " + std::string(name_of(reason.rule)); }
    std::string words(const Action& action) const override { return "action " + std::string(name_of(action.kind)); }
    std::string words(Verdict verdict) const override { return std::string(name_of(verdict)); }
    std::string words(nanoseconds span) const override { return std::to_string(to_ms(span).count()) + " ms"; }

    std::string sync;
    bool streaming = true;
    mutable int rendered = 0;

  private:
    std::string count(std::string text) const {
        ++rendered;
        return text;
    }
};

inline PlainWords& plain_words() {
    static PlainWords words;
    return words;
}

inline Observation node(std::string_view who, Role role, std::uint64_t lsn) {
    Observation seen;
    seen.node = name(who);
    seen.host = std::string(who);
    seen.reach = Reach::accepting;
    seen.asked_at = BootTime(100s);
    seen.role = role;
    seen.server_version = 150008;
    seen.system_identifier = 7000000000000000001U;
    seen.timeline = Timeline{1};
    if (role == Role::primary)
        seen.written = Lsn{lsn};
    else
        seen.received = seen.replayed = Lsn{lsn};
    return seen;
}

// Seen at 100 s, valid for 3 s: p1 is the primary and the local node.
inline Seen sample() {
    Seen seen;
    seen.view.cluster = "main";
    seen.view.local = name("p1");
    seen.view.at = BootTime(100s);
    seen.view.nodes = {node("p1", Role::primary, 0x5000), node("p2", Role::standby, 0x4F00)};
    seen.verdict = Verdict::healthy;
    seen.turned_at = BootTime(100s);
    seen.valid_for = 3s;
    return seen;
}
// The same on the standby's host.
inline Seen standby_sample() {
    Seen seen = sample();
    seen.view.local = name("p2");
    return seen;
}
inline Published published(Seen seen = sample()) {
    return {std::move(seen), plain_words()};
}

struct Reply {
    int status = 0;  // 0: the connection ended without an answer
    std::string head;
    std::string body;
};

// Blocking; gives up after 20 s, which fails the test that waits.
class Client {
  public:
    explicit Client(const std::string& address, int receive_buffer = 0) {
        sockaddr_storage place{};
        socklen_t size = 0;
        if (address.starts_with("unix:")) {
            auto& unix_place = reinterpret_cast<sockaddr_un&>(place);
            unix_place.sun_family = AF_UNIX;
            address.copy(unix_place.sun_path, sizeof unix_place.sun_path - 1, 5);
            size = sizeof unix_place;
        } else if (address.starts_with('[')) {
            auto& v6 = reinterpret_cast<sockaddr_in6&>(place);
            v6.sin6_family = AF_INET6;
            v6.sin6_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
            inet_pton(AF_INET6, address.substr(1, address.find(']') - 1).c_str(), &v6.sin6_addr);
            size = sizeof v6;
        } else {
            auto& v4 = reinterpret_cast<sockaddr_in&>(place);
            v4.sin_family = AF_INET;
            v4.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
            inet_pton(AF_INET, address.substr(0, address.rfind(':')).c_str(), &v4.sin_addr);
            size = sizeof v4;
        }
        fd_ = ::socket(place.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval patience{20, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&place), size) == 0;
    }
    ~Client() { close(); }
    Client(Client&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_), rest_(std::move(other.rest_)) {}
    Client& operator=(Client&&) = delete;

    bool connected() const { return connected_; }
    int fd() const { return fd_; }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    // Ends with a reset: whatever was received and not read is thrown away.
    void reset() {
        const linger now{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }

    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    Reply receive(bool head_only = false) {
        std::size_t end = 0;
        while ((end = rest_.find("\r\n\r\n")) == std::string::npos)
            if (!more()) return {};
        Reply reply;
        reply.head = rest_.substr(0, end + 2);
        rest_.erase(0, end + 4);
        reply.status = std::stoi(reply.head.substr(9, 3));
        const auto length = reply.head.find("Content-Length: ");
        if (length == std::string::npos || head_only) return reply;
        const auto wanted = static_cast<std::size_t>(std::stoul(reply.head.substr(length + 16)));
        while (rest_.size() < wanted)
            if (!more()) return {};
        reply.body = rest_.substr(0, wanted);
        rest_.erase(0, wanted);
        return reply;
    }
    Reply get(const std::string& target) {
        send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return receive();
    }

    // Of a stream; what came before is forgotten.
    bool wait_for(std::string_view text) {
        while (rest_.find(text) == std::string::npos)
            if (!more()) return false;
        rest_.erase(0, rest_.find(text) + text.size());
        return true;
    }

    // True when the server closes in good order and sends nothing more; false when it sends, resets, or lingers on.
    bool ended() { return rest_.empty() && next_byte() == 0; }
    // The same where a reset is good enough.
    bool cut() {
        const auto got = rest_.empty() ? next_byte() : 1;
        return got == 0 || (got < 0 && errno == ECONNRESET);
    }

  private:
    ssize_t next_byte() {
        char byte = 0;
        return ::recv(fd_, &byte, 1, 0);
    }
    bool more() {
        char bytes[4096];
        const auto got = ::recv(fd_, bytes, sizeof bytes, 0);
        if (got <= 0) return false;
        rest_.append(bytes, static_cast<std::size_t>(got));
        return true;
    }

    int fd_ = -1;
    bool connected_ = false;
    std::string rest_;
};

}  // namespace pgcm::serve::test
