#pragma once
// The data directory, looked at and prepared. Everything here blocks, and may hang on a hung disk: it runs in a child
// with a deadline (internal.hpp), as the user that owns the directory.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "act/wal_tail.hpp"
#include "model/error.hpp"
#include "model/local_host.hpp"

namespace pgcm::act {

// Where things are. The state directory is the server's own part of pgcm's: it belongs to the user of the server.
struct Place {
    std::string data_dir;
    std::string bin_dir;
    std::string config_file;  // empty: data_dir/postgresql.conf
    std::string state_dir;
};

// Takes postmaster.pid away, and the lock of its first socket, when it names a zombie and no process of the server is
// left: its parent has not taken leave of it, and no server would start beside it. False when it is not so.
Result<bool> bury_postmaster(const std::string& data_dir);

// Facts that are true of the host at this moment; `looked_at` and the network are left to the caller.
LocalHost inspect(const Place& place);

// The server's own account of its start, from postmaster.pid.
struct PostmasterFile {
    int pid = 0;                          // negative in the file for a single-user server; positive here
    std::optional<std::int64_t> started;  // seconds since the epoch
    std::string status;                   // "starting", "ready", "standby", "stopping"; empty before it listens
    std::string socket_lock;              // the file that keeps its first socket to it; empty: none
};
Result<std::optional<PostmasterFile>> read_postmaster_file(const std::string& data_dir);
// The same once that process listens or has ended, or after a second. 0: at once.
Result<std::optional<PostmasterFile>> await_listening(const std::string& data_dir, int pid);

// What one must know before the directory is rewound or replaced.
struct Survey {
    LocalHost host;
    int major_version = 0;   // 0: no data directory
    bool shut_down = false;  // cleanly
    bool full_page_writes = false;
    bool traces_changes = false;       // wal_log_hints or checksums: pg_rewind can work
    std::optional<Timeline> timeline;  // the newest that this server has written or received WAL of
    std::optional<WalTail> wal_tail;   // of a primary that was shut down cleanly
    std::string primary_conninfo;      // as configured now; may hold a password
    bool restore_command = false;      // one is configured
    std::string wal_directory;         // where pg_wal points to when it is a symbolic link; else empty
    std::string clone_obstacle;        // why no clone can be made beside the directory; empty: nothing is in the way
    std::set<std::string> missing;     // of pg_rewind and pg_basebackup, what bin_dir does not have
    std::optional<std::uint64_t> free_bytes;  // on the file system of the data directory, for its owner
};
Result<Survey> survey(const Place& place);

// How a standby finds its primary.
struct Upstream {
    std::string primary_conninfo;  // empty: none, it only waits
    std::string slot;              // empty: none
};
// Makes the directory a standby's: standby.signal laid, recovery.signal and promote files gone (LESSONS 28),
// primary_conninfo, primary_slot_name, recovery_target_timeline and wal_retrieve_retry_interval in
// postgresql.auto.conf. Durable. The server must be down. Without `upstream` the settings stay as they are.
Result<void> prepare_standby(const std::string& directory, const std::optional<Upstream>& upstream);

// Last touches before a start. A swap of directories that was interrupted is finished; a directory broken by
// pg_rewind is refused (LESSONS 15); promote files are removed (LESSONS 28), and the last postmaster's file where that
// is a zombie. Refused, too, while a process of the server lives.
Result<void> prepare_start(const Place& place);

// standby.signal and recovery.signal removed: a single-user server refuses to recover with them (LESSONS 17).
Result<void> clear_signals(const std::string& data_dir);

// The durable mark that a pg_rewind, or a clone in place, has begun and not ended. It stands in the state directory,
// and beside the data directory where that may be written: pg_rewind would remove it inside.
Result<void> mark_rewinding(const Place& place, const std::string& why);
Result<void> clear_rewinding(const Place& place);
// Error: it cannot be known.
Result<bool> is_marked_rewinding(const Place& place);

// The configuration files inside the data directory (*.conf, certificates and keys, conf.d), which pg_rewind and
// pg_basebackup replace by the primary's (LESSONS 16). A set that is kept while the rewinding mark stands is not
// overwritten: what stands in the directory by then may be the primary's.
Result<void> save_configuration(const Place& place);
// Puts the set back into `directory`; a missing set is an Error.
Result<void> restore_configuration(const Place& place, const std::string& directory);
// Into a clone: from the data directory, or from the saved set while the rewinding mark stands.
Result<void> adopt_configuration(const Place& place, const std::string& directory);
// Once the server runs with what it had: the set is not needed any more.
Result<void> discard_configuration(const Place& place);

// The last lines of a log file, 4 KiB at most; passwords masked. Empty when there is nothing to read.
std::string log_tail(const std::string& path);
// Renames a log file over 16 MiB to PATH.1, so that the next start begins a new one.
void rotate_log(const std::string& path);

}  // namespace pgcm::act
