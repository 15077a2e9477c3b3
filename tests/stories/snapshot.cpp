#include "snapshot.hpp"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <map>
#include <sstream>

#include "world.hpp"

namespace pgcm::stories {
namespace {

template <class E>
E named(const Words& words, std::string_view text) {
    const auto value = from_name<E>(text);
    if (!value) words.wrong(fmt::format("\"{}\" is not among the names it may have", text));
    return *value;
}

// Of "12.345678ms", exactly.
nanoseconds span(const Words& words, const std::string& text) {
    if (!text.ends_with("ms")) words.wrong(fmt::format("\"{}\" is not in ms", text));
    std::size_t end = 0;
    const double figure = std::stod(text, &end);
    if (end + 2 != text.size()) words.wrong(fmt::format("\"{}\" is not a duration", text));
    return nanoseconds{std::llround(figure * 1e6)};
}

class Reader {
  public:
    view::Record read(const std::string& script) {
        record_.view.at = beginning;
        std::istringstream in(script);
        std::string text;
        for (int number = 1; std::getline(in, text); ++number) {
            const auto first = text.find_first_not_of(' ');
            if (first == std::string::npos || text[first] == '#') continue;
            Words words(text.substr(first), number);
            line(words);
        }
        record_.policy.local = record_.view.local;
        return record_;
    }

  private:
    using Set = std::function<void(const std::string& value)>;
    using Keys = std::map<std::string, Set, std::less<>>;

    void line(Words& words) {
        const auto what = words.take("what the line is about");
        if (what == "cluster")
            while (!words.done()) configure_exactly(words);
        else if (what == "seen")
            seen(words);
        else if (what == "host")
            host(words);
        else if (what == "lease")
            lease(words);
        else if (what == "vote")
            vote(words);
        else if (what == "knows" || what == "since" || what == "backed" || what == "waits")
            state(words, what);
        else if (what == "vetoed")
            record_.state.vetoed = words.take("why");
        else if (what == "unfinished")
            unfinished(words);
        else if (what == "works")
            record_.state.operation = words.take("the operation");
        else if (what != "ask")
            node(words, words.name(what));
        if (!words.done()) words.wrong("words are left over");
    }

    void unfinished(Words& words) {
        auto& file = record_.view.operation.emplace();
        file.operation = words.take("the operation");
        file.step = words.take("its step");
        Keys keys;
        keys["attempts"] = [&](const std::string& text) { file.attempts = static_cast<int>(words.number(text)); };
        take(words, keys);
    }

    void configure_exactly(Words& words) {
        const auto pair = words.take_pair();
        configure(record_.policy, pair, words);
    }

    void seen(Words& words) {
        if (words.take_if("from")) return (void)words.take("outside");
        words.take("by");
        record_.view.local = words.name(words.take("who looks"));
    }

    BootTime past(const Words& words, const std::string& text) const { return record_.view.at - span(words, text); }
    BootTime ahead(const Words& words, const std::string& text) const { return record_.view.at + span(words, text); }

    void node(Words& words, const NodeName& name) {
        const bool witness = words.take("node or witness") == "witness";
        auto& seen = (witness ? record_.view.witnesses : record_.view.nodes).emplace_back();
        seen.node = name;
        seen.host = name.str();
        seen.reach = named<Reach>(words, words.take("how it answers"));
        if (seen.reach == Reach::accepting) seen.role = named<Role>(words, words.take("its role"));
        NodePolicy policy{name, 100, words.take_if("nofailover"), {{name.str(), 5432}}};
        auto keys = keys_of(words, seen);
        keys["priority"] = [&](const std::string& text) { policy.priority = static_cast<int>(words.number(text)); };
        take(words, keys);
        if (witness)
            record_.policy.witnesses.push_back(name);
        else
            record_.policy.nodes.push_back(policy);
    }

    Keys keys_of(const Words& words, Observation& seen) const {
        Keys keys = positions_of(words, seen);
        keys["asked"] = [&](const std::string& text) { seen.asked_at = past(words, text); };
        keys["contact"] = [&](const std::string& text) { seen.last_contact = past(words, text); };
        keys["sqlstate"] = [&](const std::string& text) { seen.sqlstate = text; };
        keys["message"] = [&](const std::string& text) { seen.message = text; };
        keys["names"] = [&](const std::string& text) { seen.synchronous_standby_names = text; };
        keys["retry"] = [&](const std::string& text) { seen.wal_retrieve_retry_interval = text; };
        keys["upstream"] = [&](const std::string& text) { seen.upstream = Address{text, 5432}; };
        keys["receiver"] = [&](const std::string& text) {
            const auto colon = text.find(':');
            seen.wal_receiver.emplace();
            seen.wal_receiver->status = text.substr(0, colon);
            if (colon != std::string::npos) seen.wal_receiver->message_age = to_ms(span(words, text.substr(colon + 1)));
        };
        keys["replicas"] = [&](const std::string& text) {
            seen.replicas.emplace();
            if (text.empty()) return;
            for (const auto& part : words.parts(text, ',')) {
                const auto colon = part.rfind(':');
                auto& replica = seen.replicas->emplace_back();
                replica.application_name = part.substr(0, colon);
                if (part.substr(colon + 1) != "?") replica.state = part.substr(colon + 1);
            }
        };
        keys["vote"] = [&](const std::string& text) { seen.vote = vote_of(words, text); };
        keys["size"] = [&](const std::string& text) {
            seen.inventory.emplace();
            seen.inventory->database_bytes = words.bytes(text);
        };
        keys["missing"] = [&](const std::string& text) {
            const auto colon = text.find(':');
            seen.missing.push_back({text.substr(0, colon), text.substr(colon + 1)});
        };
        return keys;
    }

    static Keys positions_of(const Words& words, Observation& seen) {
        Keys keys;
        keys["system"] = [&](const std::string& text) { seen.system_identifier = std::stoull(text); };
        keys["tl"] = [&](const std::string& text) { seen.timeline = words.timeline(text); };
        keys["written"] = [&](const std::string& text) { seen.written = words.lsn(text); };
        keys["received"] = [&](const std::string& text) { seen.received = words.lsn(text); };
        keys["replayed"] = [&](const std::string& text) { seen.replayed = words.lsn(text); };
        keys["paused"] = [&](const std::string& text) { seen.replay_paused = text == "yes"; };
        keys["mark"] = [&](const std::string& text) { seen.mark = promotion_mark(words, text); };
        keys["history"] = [&](const std::string& text) {
            seen.history.emplace();
            if (text.empty()) return;
            for (const auto& part : words.parts(text, ',')) {
                const auto at = part.find('@');
                seen.history->push_back({words.timeline(part.substr(0, at)), words.lsn(part.substr(at + 1))});
            }
        };
        return keys;
    }

    static Vote vote_of(const Words& words, const std::string& text) {
        Vote vote;
        vote.stranger = text == "stranger";
        if (text == "free" || vote.stranger) return vote;
        const auto colon = text.rfind(':');
        vote.holder = words.name(text.substr(0, colon));
        vote.term = words.term(text.substr(colon + 1));
        return vote;
    }

    void host(Words& words) {
        auto& host = record_.view.host.emplace();
        Keys keys;
        keys["process"] = [&](const std::string& text) { host.process = named<Process>(words, text); };
        keys["lineup"] = [&](const std::string& text) { host.lineup = named<Lineup>(words, text); };
        keys["network"] = [&](const std::string& text) { host.network = named<Network>(words, text); };
        keys["looked"] = [&](const std::string& text) { host.looked_at = past(words, text); };
        keys["system"] = [&](const std::string& text) { host.system_identifier = std::stoull(text); };
        keys["tl"] = [&](const std::string& text) { host.timeline = words.timeline(text); };
        keys["message"] = [&](const std::string& text) { host.message = text; };
        keys["network_message"] = [&](const std::string& text) { host.network_message = text; };
        keys["rewinding"] = [&](const std::string&) { host.rewinding = true; };
        keys["stalled"] = [&](const std::string&) { host.disk_stalled = true; };
        take(words, keys);
    }

    void lease(Words& words) {
        auto& lease = record_.view.lease.emplace();
        Keys keys;
        keys["term"] = [&](const std::string& text) { lease.term = words.term(text); };
        keys["until"] = [&](const std::string& text) { lease.valid_until = ahead(words, text); };
        keys["withheld"] = [&](const std::string& text) { lease.withheld_until = ahead(words, text); };
        keys["locked"] = [&](const std::string& text) { lease.locked_since = past(words, text); };
        keys["higher"] = [&](const std::string& text) { lease.higher_term = words.term(text); };
        keys["slept"] = [&](const std::string&) { lease.slept = true; };
        take(words, keys);
    }

    void vote(Words& words) {
        if (!record_.view.lease) words.wrong("a vote is of the lease, which stands before it");
        auto& vote = record_.view.lease->votes.emplace_back();
        vote.voter = words.name(words.take("the voter"));
        Keys keys;
        keys["held"] = [&](const std::string&) { vote.held = true; };
        keys["counts"] = [&](const std::string& text) { vote.counts_from = ahead(words, text); };
        keys["until"] = [&](const std::string& text) { vote.valid_until = ahead(words, text); };
        take(words, keys);
    }

    void state(Words& words, const std::string& what) {
        auto& state = record_.state;
        if (what == "backed" || what == "waits") {
            while (!words.done()) {
                const auto [name, text] = words.take_pair();
                if (what == "backed")
                    state.backed_since[name] = past(words, text);
                else
                    state.not_before[name] = ahead(words, text);
            }
            return;
        }
        Keys keys;
        keys["primary"] = [&](const std::string& text) { state.last_primary = words.name(text); };
        keys["tl"] = [&](const std::string& text) { state.last_timeline = words.timeline(text); };
        keys["lsn"] = [&](const std::string& text) { state.last_lsn = words.lsn(text); };
        keys["system"] = [&](const std::string& text) { state.system_identifier = std::stoull(text); };
        keys["mark"] = [&](const std::string& text) { state.last_mark = promotion_mark(words, text); };
        keys["names"] = [&](const std::string& text) { state.last_sync_names = text; };
        keys["nothing"] = [&](const std::string&) { state.memory_lost = true; };
        const std::map<std::string_view, std::optional<BootTime>*> moments{
            {"no_primary", &state.no_primary_since}, {"conflict", &state.conflict_since},
            {"rejecting", &state.rejecting_since},   {"local_down", &state.local_down_since},
            {"local_ran", &state.local_ran_at},      {"local_started", &state.local_started_at},
            {"unsynced", &state.unsynced_since},     {"not_following", &state.not_following_since},
            {"serving", &state.serving_since},       {"unleased", &state.unleased_since},
            {"fencing", &state.fencing_since}};
        for (const auto& [name, moment] : moments)
            keys[std::string(name)] = [&, into = moment](const std::string& text) { *into = past(words, text); };
        take(words, keys);
    }

    // The rest of the line: KEY=VALUE, and words that stand for themselves.
    static void take(Words& words, const Keys& keys) {
        while (!words.done()) {
            const bool pair = words.next_is_pair();
            const auto [key, value] = pair ? words.take_pair() : KeyValue{words.take("a word"), {}};
            const auto known = keys.find(key);
            if (known == keys.end()) words.wrong(fmt::format("\"{}\" is not known here", key));
            known->second(value);
        }
    }

    view::Record record_;
};

}  // namespace

bool is_snapshot(const std::string& script) {
    return script.starts_with("seen ") || script.find("\nseen ") != std::string::npos;
}

view::Record read_snapshot(const std::string& script) {
    return Reader{}.read(script);
}

}  // namespace pgcm::stories
