#pragma once
// A PostgreSQL server as far as pgcm can tell it from a real one: WAL and timelines, replication, sessions and their
// advisory locks. It stands apart from what it is used to judge: nothing of pgcm's rules is in here.
#include <optional>
#include <string>
#include <vector>

#include "model/lease.hpp"
#include "model/lsn.hpp"
#include "schedule.hpp"

namespace pgcm::sim {

// One record of the WAL: a client's row, or a setting of pgcm's role: the mark of a promotion (below 0: index into
// World::marks, from -1 down), or what a person asks for (from first_order down: index into World::orders).
using Record = std::int32_t;
inline constexpr Record first_order = -1'000'000;

// A session by whose name one agent tells another that it may take over (handover_session).
struct Word {
    int from = 0;
    std::string request;
    std::size_t end = 0;  // of the WAL that the one has who gives it
};

enum class ServerState { down, starting, up, stopping };  // stopping: a shutdown that sends its last WAL

struct Session {
    int id = 0;
    int agent = 0;  // the node whose agent opened it
    bool lock = false;
    Term promised = 0;
    std::optional<int> favours;
    BootTime last{};  // when it was last used, by the server's clock
};

struct Server {
    int number = 0;
    bool witness = false;
    ServerState state = ServerState::down;
    bool primary = false;         // out of recovery; false for a witness too, which needs no distinction
    bool by_hand = false;         // a person started it, so nobody's rules brought it up
    bool standby_signal = false;  // of the directory
    bool rewinding = false;       // a rewind died half-way: not to be started
    unsigned life = 0;            // counts starts and ends of the postmaster
    bool promoting = false;

    // on disk
    Timeline timeline{1};
    std::vector<TimelineSwitch> history;
    std::vector<Record> wal;
    std::size_t replayed = 0;
    std::optional<int> upstream;
    std::string sync_names;
    bool names_self = false;  // sync_names were set (strict worlds start with them)

    // Of pg_last_wal_receive_lsn(): empty until this life of the server has streamed.
    std::optional<std::size_t> received;
    std::optional<int> streams_from;   // the walreceiver's present sender
    BootTime last_message{};           // by this server's clock
    std::vector<std::size_t> flushed;  // of each standby, as its sender heard last
    std::vector<bool> attached;        // which standbys stream from here
    std::vector<Session> sessions;
    std::vector<bool> looks;  // of each node: its agent keeps a session to look with
    std::vector<Word> words;
    std::optional<Word> told;  // the last of them; for the checks alone

    // What is true of the votes, whoever believes in what; for the checks alone.
    std::vector<Time> backed_at;  // of each node: when a question of its agent last found or left the lock its own
    std::vector<Time> looked_at;  // of each node: when its agent last had a look
    Time stopped_at{-1h}, up_since{-1h};
    // Of when its lock was last taken, by each node: what the server had, and from when on the lock may be a vote.
    struct Granted {
        Time at{0};
        Timeline timeline{};
        std::size_t position = 0;
        Time ripe_at{0};
    };
    std::vector<Granted> granted;

    int next_session = 1;

    bool writable() const { return state == ServerState::up && primary; }
    std::size_t position() const { return wal.size(); }
    // As far as a look can tell.
    std::size_t visible() const { return primary ? wal.size() : std::max(received.value_or(0), replayed); }

    // Sessions that fell silent end by themselves (idle_session_timeout).
    void expire(BootTime now, milliseconds idle) {
        std::erase_if(sessions, [&](const Session& session) { return now - session.last > idle; });
    }
    void end_sessions() {
        sessions.clear();
        words.clear();
        looks.assign(looks.size(), false);
    }
    const Word* word_of(int from) const {
        for (const auto& word : words)
            if (word.from == from) return &word;
        return nullptr;
    }
    Session* session(int id) {
        for (auto& session : sessions)
            if (session.id == id) return &session;
        return nullptr;
    }
    const Session* holder() const {
        for (const auto& session : sessions)
            if (session.lock) return &session;
        return nullptr;
    }
    // How much of the WAL shows in its catalog.
    std::size_t shown() const { return primary ? wal.size() : std::min(replayed, wal.size()); }
    // The last mark among that.
    std::optional<int> mark() const {
        for (std::size_t i = shown(); i > 0; --i)
            if (wal[i - 1] < 0 && wal[i - 1] > first_order) return -wal[i - 1] - 1;
        return std::nullopt;
    }
};

inline constexpr std::size_t records_a_segment = 64;

// Position in the WAL as an LSN; the beginning is not 0/0, which PostgreSQL would call invalid.
inline Lsn lsn_of(std::size_t records) {
    return Lsn{0x1000000 + records * 0x100};
}

// How many of which standbys a commit waits for: "ANY k (a, b)" and "*", as pgcm writes them.
struct Waits {
    int count = 0;
    std::vector<int> standbys;
};
Waits waits_of(const std::string& sync_names, int nodes);

}  // namespace pgcm::sim
