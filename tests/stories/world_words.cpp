#include <fmt/format.h>

#include <functional>

#include "world.hpp"

namespace pgcm::stories {
namespace {

struct Line {
    Node& node;
    NodePolicy& policy;
    Words& words;
};

// How the node answers from now on; a refusal closes whatever ran there.
void answer(Node& node, Reach reach, std::string message = {}, std::string sqlstate = {}) {
    node.truth.reach = reach;
    node.truth.sqlstate = std::move(sqlstate);
    node.truth.message = std::move(message);
    if (reach == Reach::refused || reach == Reach::silent) node.host.process = Process::stopped;
    if (reach == Reach::refused) node.truth.vote.reset();  // its locks ended with it
    if (reach == Reach::accepting || reach == Reach::rejecting || reach == Reach::stalled)
        node.host.process = Process::running;
}

std::string refusal(const std::string& sqlstate) {
    if (sqlstate == "53300") return "sorry, too many clients already";
    if (sqlstate == "57P03") return "the database system is starting up";
    if (sqlstate == "28P01") return "password authentication failed";
    return {};
}

std::optional<Lsn> lsn_or_unknown(const Words& words, const std::string& text) {
    if (text == "?") return std::nullopt;
    return words.lsn(text);
}

void be(Line& line, Role role) {
    auto& [node, policy, words] = line;
    answer(node, Reach::accepting);
    node.truth.role = role;
    node.host.lineup = role == Role::primary ? Lineup::primary : Lineup::standby;
    const auto reached = lsn_or_unknown(words, words.take("an LSN"));
    node.truth.written = role == Role::primary ? reached : std::nullopt;
    node.truth.received = role == Role::primary ? std::nullopt : reached;
    node.truth.replayed = node.truth.received;
    if (role == Role::standby) return;
    node.follows.reset();
    if (!node.truth.synchronous_standby_names) node.truth.synchronous_standby_names = "";
}

using Plain = std::function<void(Line&)>;

const std::map<std::string, Plain, std::less<>>& plain_words() {
    static const std::map<std::string, Plain, std::less<>> table{
        {"primary", [](Line& line) { be(line, Role::primary); }},
        {"standby", [](Line& line) { be(line, Role::standby); }},
        {"refused", [](Line& line) { answer(line.node, Reach::refused, "Connection refused"); }},
        {"silent", [](Line& line) { answer(line.node, Reach::silent, "timeout expired"); }},
        {"stalled", [](Line& line) { answer(line.node, Reach::stalled, "no answer within the deadline"); }},
        {"unresolved", [](Line& line) { answer(line.node, Reach::unresolved, "Host not found"); }},
        {"rejecting",
         [](Line& line) {
             const auto sqlstate = line.words.take("an SQLSTATE");
             answer(line.node, Reach::rejecting, refusal(sqlstate), sqlstate);
         }},
        {"follows",
         [](Line& line) {
             line.node.follows = line.words.name(line.words.take("whom it follows"));
             line.node.waiting = false;
         }},
        {"witness",
         [](Line& line) {
             if (!line.node.witness) line.words.wrong("a witness is one from its first line on");
             answer(line.node, Reach::accepting);
             line.node.truth.role = Role::primary;
             line.node.truth.system_identifier.reset();
             line.node.truth.timeline.reset();
         }},
        {"detached", [](Line& line) { line.node.follows.reset(); }},
        {"agentless", [](Line& line) { line.node.agentless = true; }},
        {"waiting", [](Line& line) { line.node.waiting = true; }},
        {"paused", [](Line& line) { line.node.truth.replay_paused = true; }},
        {"nofailover", [](Line& line) { line.policy.nofailover = true; }},
        {"rewinding", [](Line& line) { line.node.host.rewinding = true; }},
        {"history",
         [](Line& line) {
             const auto text = line.words.take("TIMELINE@LSN");
             const auto at = text.find('@');
             if (at == std::string::npos) line.words.wrong("history is told as TIMELINE@LSN");
             if (!line.node.truth.history) line.node.truth.history.emplace();
             line.node.truth.history->push_back(
                 {line.words.timeline(text.substr(0, at)), line.words.lsn(text.substr(at + 1))});
         }},
    };
    return table;
}

template <class E>
E named(const Words& words, std::string_view text) {
    const auto value = from_name<E>(text);
    if (!value) words.wrong(fmt::format("\"{}\" is not among the names it may have", text));
    return *value;
}

Inventory& inventory(Node& node) {
    if (!node.truth.inventory) node.truth.inventory.emplace();
    return *node.truth.inventory;
}

// NAME:SIZE for what it retains, or NAME:lost.
void add_slot(Line& line, const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos) line.words.wrong("a slot is told as NAME:SIZE or NAME:lost");
    Slot slot;
    slot.name = text.substr(0, colon);
    if (text.substr(colon + 1) == "lost")
        slot.wal_status = "lost";
    else
        slot.retained_bytes = line.words.bytes(text.substr(colon + 1));
    auto& slots = inventory(line.node).slots;
    if (!slots) slots.emplace();
    slots->push_back(slot);
}

// FIELD:GRANT
void add_missing(Line& line, const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos) line.words.wrong("what is missing is told as FIELD:GRANT");
    line.node.truth.missing.push_back({text.substr(0, colon), text.substr(colon + 1)});
}

// free, stranger, NODE:TERM, or NODE for one that promised no term yet
void add_vote(Line& line, const std::string& text) {
    Vote vote;
    vote.stranger = text == "stranger";
    if (text != "free" && !vote.stranger) {
        const auto parts = line.words.parts(text, ':');
        if (parts.size() > 2) line.words.wrong("a vote is told as free, stranger, NODE or NODE:TERM");
        vote.holder = line.words.name(parts[0]);
        if (parts.size() == 2) vote.term = line.words.term(parts[1]);
    }
    line.node.truth.vote = std::move(vote);
}

// none, or BY:SINCE[:UNTIL], in times of the story
void add_pause(Line& line, const std::string& text) {
    line.node.truth.pause.reset();
    if (text == "none") return;
    const auto parts = line.words.parts(text, ':');
    if (parts.size() != 2 && parts.size() != 3) line.words.wrong("a pause is told as none, or BY:SINCE[:UNTIL]");
    Pause pause{parts[0], "maintenance", wall(line.words.duration(parts[1])), std::nullopt};
    if (parts.size() == 3) pause.until = wall(line.words.duration(parts[2]));
    line.node.truth.pause = std::move(pause);
}

// none, or ID:FROM:TO:TIMELINE:UNTIL[:DECLINED]
void add_switchover(Line& line, const std::string& text) {
    line.node.truth.switchover.reset();
    if (text == "none") return;
    const auto parts = line.words.parts(text, ':');
    if (parts.size() != 5 && parts.size() != 6)
        line.words.wrong("a request is told as none, or ID:FROM:TO:TIMELINE:UNTIL[:DECLINED]");
    line.node.truth.switchover = SwitchoverRequest{parts[0],
                                                   line.words.name(parts[1]),
                                                   line.words.name(parts[2]),
                                                   line.words.timeline(parts[3]),
                                                   "alice",
                                                   wall(0s),
                                                   wall(line.words.duration(parts[4])),
                                                   parts.size() == 6 ? parts[5] : ""};
}

using Keyed = std::function<void(Line&, const std::string& value)>;
using KeyedWords = std::map<std::string, Keyed, std::less<>>;

const KeyedWords& server_words() {
    static const KeyedWords table{
        {"tl",
         [](Line& line, const std::string& value) {
             line.node.truth.timeline.reset();
             if (value != "?") line.node.truth.timeline = line.words.timeline(value);
         }},
        {"system",
         [](Line& line, const std::string& value) {
             line.node.truth.system_identifier = static_cast<std::uint64_t>(line.words.number(value));
         }},
        {"received",
         [](Line& line, const std::string& value) { line.node.truth.received = lsn_or_unknown(line.words, value); }},
        {"replayed",
         [](Line& line, const std::string& value) { line.node.truth.replayed = lsn_or_unknown(line.words, value); }},
        {"sync", [](Line& line, const std::string& value) { line.node.truth.synchronous_standby_names = value; }},
        {"retry", [](Line& line, const std::string& value) { line.node.truth.wal_retrieve_retry_interval = value; }},
        {"skew", [](Line& line, const std::string& value) { line.node.truth.clock_skew = line.words.duration(value); }},
        {"heard", [](Line& line, const std::string& value) { line.node.heard = line.words.duration(value); }},
        {"message", [](Line& line, const std::string& value) { line.node.truth.message = value; }},
        {"missing", add_missing},
        {"vote", add_vote},
        {"sync_state", [](Line& line, const std::string& value) { line.node.sync_state = value; }},
        {"pause", add_pause},
        {"switchover", add_switchover},
        {"handed",
         [](Line& line, const std::string& value) {
             line.node.truth.sessions.reset();
             if (value != "none") line.node.truth.sessions = {handover_session(value)};
         }},
        {"promoting",
         [](Line& line, const std::string& value) {
             auto& sessions = line.node.truth.sessions;
             if (!sessions) sessions.emplace();
             sessions->push_back(promoting_session(handover_session(value)));
         }},
        {"mark",
         [](Line& line, const std::string& value) { line.node.truth.mark = promotion_mark(line.words, value); }},
        {"size",
         [](Line& line, const std::string& value) { inventory(line.node).database_bytes = line.words.bytes(value); }},
        {"wal",
         [](Line& line, const std::string& value) {
             inventory(line.node).wal_bytes = line.words.bytes(value);
             inventory(line.node).wal_files = line.words.bytes(value) >> 24;
         }},
        {"slot", add_slot},
        {"inventory_age",
         [](Line& line, const std::string& value) { line.node.inventory_age = line.words.duration(value); }},
    };
    return table;
}

const KeyedWords& host_words() {
    static const KeyedWords table{
        {"host",
         [](Line& line, const std::string& value) { line.node.host.process = named<Process>(line.words, value); }},
        {"resumed",
         [](Line& line, const std::string& value) { line.node.host.resumed = wall(line.words.duration(value)); }},
        {"lineup",
         [](Line& line, const std::string& value) { line.node.host.lineup = named<Lineup>(line.words, value); }},
        {"network",
         [](Line& line, const std::string& value) {
             line.node.host.network = named<Network>(line.words, value);
             line.node.host.network_message = value == "down" ? "eth0 is down" : "";
         }},
        {"disk",
         [](Line& line, const std::string& value) {
             line.node.host.disk_stalled = value == "stalled";
             line.node.host.message = value == "stalled" ? "the data directory did not answer" : "";
         }},
        {"priority",
         [](Line& line, const std::string& value) {
             line.policy.priority = static_cast<int>(line.words.number(value));
         }},
    };
    return table;
}

}  // namespace

PromotionMark promotion_mark(const Words& words, const std::string& text) {
    const auto parts = words.parts(text, ':');
    if (parts.size() != 3) words.wrong("a promotion mark is told as ID:TIMELINE:TERM");
    return {parts[0], words.timeline(parts[1]), words.term(parts[2])};
}

void describe(Node& node, NodePolicy& policy, Words& words) {
    Line line{node, policy, words};
    while (!words.done()) {
        if (words.next_is_pair()) {
            const auto [key, value] = words.take_pair();
            const auto& table = server_words().count(key) > 0 ? server_words() : host_words();
            const auto known = table.find(key);
            if (known == table.end()) words.wrong(fmt::format("no node has \"{}=\"", key));
            known->second(line, value);
        } else {
            const auto word = words.take("a word about the node");
            const auto known = plain_words().find(word);
            if (known == plain_words().end()) words.wrong(fmt::format("no node is \"{}\"", word));
            known->second(line);
        }
    }
}

void configure(Policy& policy, const KeyValue& pair, const Words& words) {
    const auto& [key, value] = pair;
    const auto yes = value == "yes" || value == "true";
    const std::map<std::string_view, milliseconds*> durations{
        {"scan_period", &policy.scan_period},
        {"probe_timeout", &policy.probe_timeout},
        {"failover_after", &policy.failover_after},
        {"conflict_after", &policy.conflict_after},
        {"primary_start_timeout", &policy.primary_start_timeout},
        {"follow_check_after", &policy.follow_check_after},
        {"degrade_after", &policy.sync_degrade_after},
        {"ttl", &policy.lease_ttl},
        {"fence_margin", &policy.fence_margin},
    };
    if (const auto duration = durations.find(key); duration != durations.end())
        *duration->second = words.duration(value);
    else if (key == "mode")
        policy.mode = named<FailoverMode>(words, value);
    else if (key == "quorum")
        policy.quorum = named<Quorum>(words, value);
    else if (key == "on_crash")
        policy.on_crash = named<OnCrash>(words, value);
    else if (key == "keep")
        policy.keep = named<ConflictKeep>(words, value);
    else if (key == "sync")
        policy.sync_mode = named<SyncMode>(words, value);
    else if (key == "max_lag")
        policy.max_lag_bytes = words.bytes(value);
    else if (key == "count")
        policy.sync_count = static_cast<int>(words.number(value));
    else if (key == "strict")
        policy.sync_strict = yes;
    else if (key == "managed")
        policy.managed = yes;
    else if (key == "slot")
        policy.slot = value;
    else
        words.wrong(fmt::format("no cluster has \"{}=\"", key));
}

}  // namespace pgcm::stories
