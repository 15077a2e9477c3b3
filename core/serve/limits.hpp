#pragma once
// What one HTTP server grants its clients, so that none of them can exhaust it.
#include <chrono>
#include <cstddef>

namespace pgcm::serve {

struct Limits {
    std::size_t header_bytes = 8 * 1024;            // request line and fields; more: 431
    std::size_t body_bytes = 1024;                  // no request needs a body; more: 413
    std::size_t connections = 4096;                 // at one time, over all listeners; more: 503 and closed. Never more
                                                    // than half of what the process may open
    std::size_t by_address = 1024;                  // of one address (IPv6: one /64); more: 503 and closed
    std::size_t streams = 1024;                     // of /events, and at most half of the connections; more: 503
    std::size_t turned_away = 64;                   // connections that are told so at one time; more: closed at once
    std::chrono::milliseconds idle_time{30000};     // until a (further) request begins; then closed
    std::chrono::milliseconds request_time{10000};  // from a request's first byte to its last; more: 408
    std::chrono::milliseconds answer_time{10000};   // for the client to take an answer, or a part of a stream
    std::chrono::milliseconds linger_time{2000};    // for the client to close after the last answer
    std::chrono::milliseconds beat_time{5000};      // a stream that has nothing to tell says so this often
    std::chrono::milliseconds tick{1000};           // how exactly the times above are kept; never early, up to two late
    std::chrono::milliseconds accept_pause{100};    // after the system refused a file descriptor
};

}  // namespace pgcm::serve
