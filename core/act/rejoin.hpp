#pragma once
// The course of a rejoin; operations.hpp says what it promises. rejoin.cpp chooses, reattach.cpp, rewind.cpp and
// clone.cpp do, and prove.cpp sees that it streams.
#include <set>
#include <string>
#include <vector>

#include "act/course.hpp"
#include "act/peer.hpp"
#include "act/process.hpp"

namespace pgcm::act {

class Rejoin {
  public:
    Rejoin(asio::any_io_executor executor, Site& site, RejoinRequest request, OperationFile file);

    asio::awaitable<Result<OperationReport>> run(std::optional<OperationFile> previous);

  private:
    using Done = asio::awaitable<Result<std::string>>;
    using Went = asio::awaitable<Result<void>>;

    // From the least to the most that is done to the directory.
    enum class Way {
        reattach,    // its WAL is a part of the primary's: all it needs is a new upstream
        rewind,      // pg_rewind
        basebackup,  // a clone
    };

    // rejoin.cpp
    Went look();
    asio::awaitable<bool> streams_already();
    Went by_any_way();
    asio::awaitable<Result<std::vector<Way>>> possible();
    Went survey_again();
    Result<void> check_system() const;
    Done drop_peer_slots();
    std::string against_rewind() const;
    asio::awaitable<std::string> against_clone();
    Went by(Way way);
    Went provide_our_slot();
    Went start_and_prove();
    Went tidy();

    // evidence.cpp
    std::string evidence() const;
    std::string local_end() const;

    // reattach.cpp
    asio::awaitable<void> read_history();
    asio::awaitable<std::string> against_reattaching();
    Went by_reattaching();

    // rewind.cpp
    Went by_rewind();
    Done checkpoint_source();
    Done recover_alone();
    Done rewind();
    Done lay_standby();
    Went take_mark_back(bool was_standby);

    // clone.cpp
    Went by_clone_beside();
    Went by_clone_in_place();
    Went clone_into(std::string directory, bool in_place);
    Done copy(Step& step, std::string directory, bool in_place);
    asio::awaitable<bool> slot_is_free(milliseconds patience);
    Went stop_local();
    Went empty_place();
    Went take_place();

    // prove.cpp
    // What one end tells of the stream; an end that the role may not see into, or that lets nobody in, is hidden.
    enum class End { no, hidden, streams };
    struct Ends {
        End local = End::no, source = End::no;
        std::optional<Lsn> replayed;
        std::string trouble;
        bool starting = false;  // the local server is up, and lets nobody in yet
        bool both() const;
    };
    Done prove();
    asio::awaitable<Ends> both_ends(Peer& local);
    asio::awaitable<void> ask_local(Peer& local, Ends& ends);
    asio::awaitable<void> ask_source(Ends& ends);
    asio::awaitable<std::set<std::string>> walsenders();

    // One step around something that has no detail to tell.
    Went order(std::string name, std::string what, std::function<Went()> effect);

    DataDirectory& data() { return site_.server.data(); }
    const ServerSettings& settings() const { return site_.server.settings(); }
    bool visible() const { return survey_.host.lineup != Lineup::empty; }
    Upstream upstream() const { return {conninfo_.str(), request_.slot}; }
    Placeholders placeholders(const std::string& directory) const;
    void show_progress(Invocation& invocation, Step& step) const;
    Conninfo for_tools(const Conninfo& conninfo, const std::string& application) const;
    Invocation tool_invocation(std::string_view name, const Conninfo& conninfo) const;
    Done run_to_end(Invocation invocation);

    asio::any_io_executor executor_;
    Site& site_;
    RejoinRequest request_;
    Course course_;
    Peer source_;
    ServerFacts facts_;                    // of the source
    std::string mark_;                     // of its last promotion, as it stands there; empty: none seen
    std::vector<TimelineSwitch> history_;  // of its timeline; empty where that is the first, or could not be read
    Survey survey_;
    Conninfo conninfo_;                     // primary_conninfo as it will be
    std::set<std::string> old_walsenders_;  // pids, of before the start
    bool untouched_ = false;                // pg_rewind failed, but before it changed anything
};

}  // namespace pgcm::act
