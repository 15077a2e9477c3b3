#pragma once
// One node's agent: the real Judge with the real rules, on eyes and hands made of this world.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop/judge.hpp"
#include "world.hpp"

namespace pgcm::sim {

class Agent {
  public:
    Agent(World& world, int node);

    void start();
    void kill();  // -9: what it was about to write is lost, its sockets are closed
    void pause();
    void wake();
    bool lives() const { return lives_; }
    Time woke_at() const { return woke_at_; }  // true time
    bool fencing() const { return fencing_; }
    // The node that it told to take over, as long as it waits for that.
    std::optional<int> gave_word_to() const { return lives_ ? gave_word_to_ : std::nullopt; }
    Time started_at() const { return started_at_; }  // true time, as is all that follows
    // The server that the last agent of this node led had died when this one began.
    bool starts_afresh() const { return starts_afresh_; }
    bool runs() const { return lives_ && paused_ == 0; }
    const lease::Majority* lease() const { return lives_ ? judge_->lease() : nullptr; }
    const loop::Judge& judge() const { return *judge_; }

    // Of the last decision, for stories.
    std::string thoughts() const { return thoughts_; }

    // What survives the process, and what survives the host.
    struct Disk {
        State state;
        lease::Record record;  // of this boot
    };
    Disk disk;

    void probe(std::size_t target);  // at once, or again as soon as the look under way has ended
    void host_booted() { disk.record = {}; }

  private:
    enum class Came { answer, refused, rejected, nothing };
    void call(int to, std::function<Came(Server&)> handle, std::function<void(Came)> done);
    void run(std::function<void()> what);  // as this process, when it is awake
    std::function<void()> mine(std::function<void()> what);
    void after(nanoseconds delay, std::function<void()> what);

    BootTime now() const { return world_.boot(node_); }
    void tick();
    void looked(std::size_t target, BootTime asked, Came came, Observation seen);
    void look_at_host();
    View view() const;
    void turn();
    void kick();
    void store();
    void think(const View& view, const Decision& decision);
    void check_repeatable(const View& view, const Decision& decision);

    void drive_lease();
    void ask_voter(std::size_t voter);
    struct Reply {
        lease::Answer answer;
        int session = 0;
        Time given{0};  // true time
    };
    struct Question {
        int session = 0;  // 0: a new one
        int agent = 0;
        lease::Ask ask;
        Time asked{0};  // true time
    };
    static bool at_voter(World& world, Server& server, const Question& question, Reply& reply);
    void answered(std::size_t voter, const lease::Ask& ask, const Reply& reply, BootTime sent);
    void close_session(std::size_t voter, int session);
    void judge_at_once();
    void prove_deaths();
    void write_record();

    void carry_out(std::vector<Action> actions, std::size_t which);
    void perform(const Action& action, std::function<void(const Error*)> done);
    void fence(const Action& action, const loop::GuardTimes& times);
    struct HandOver;  // hand_over.cpp
    using Course = std::shared_ptr<HandOver>;
    void hand_over(const Action& action, std::function<void(const Error*)> done);
    void meet(const Course& course);
    void stop_for(const Course& course);
    void see_where_it_ends(const Course& course);
    void wait_until_received(const Course& course);
    void give_word(const Course& course);
    void wait_for_primary(const Course& course);
    void take_word_back(const Course& course);
    void ask_target(const Course& course, BootTime until, std::function<Came(Server&)> handle,
                    std::function<void(Came)> then);
    void end(const Course& course, const Error* error);
    void abandon_hand_over();
    void hang_up();

    void promote(std::function<void(const Error*)> done);
    void await_promotion(std::function<void(const Error*)> done, int polls);
    void rejoin(int to, std::function<void(const Error*)> done);
    void start_server(bool as_standby, std::function<void(const Error*)> done);

    int number_of(const NodeName& name) const;

    World& world_;
    const int node_;
    bool lives_ = false;
    int paused_ = 0;
    Time woke_at_{-1h}, started_at_{-1h}, died_at_{0};
    bool starts_afresh_ = false;
    unsigned life_ = 0;
    std::vector<std::function<void()>> deferred_;
    std::unique_ptr<loop::Judge> judge_;

    struct Look {
        Observation seen;
        bool asking = false, again = false;
    };
    std::vector<Look> looks_;
    LocalHost host_;
    bool looking_at_host_ = false;
    std::vector<int> sessions_;
    std::vector<bool> heard_;  // of each voter, in this life
    std::vector<std::optional<BootTime>> armed_;
    std::optional<BootTime> again_at_;
    std::optional<BootTime> kicked_at_;
    bool fencing_ = false;
    Course handing_over_;
    std::optional<int> gave_word_to_;
    bool writing_record_ = false;
    std::string thoughts_;
};

NodeName node_name(int number);
Policy policy_of(const Setting& setting, int local);
milliseconds idle_limit_of(const Setting& setting);

}  // namespace pgcm::sim
