#include "view/story.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/lost_slot.hpp"

namespace pgcm::view {
namespace {

// A word of a story: in '' where it has a blank, and free of what would end it.
std::string word(std::string text) {
    const bool plain = !text.empty() && text.find_first_of(" \t") == std::string::npos && text[0] != '#';
    return plain ? text : "'" + text + "'";
}

// Milliseconds to the last nanosecond.
std::string span(nanoseconds time) {
    auto text = fmt::format("{:.6f}", static_cast<double>(time.count()) / 1e6);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text + "ms";
}

class Line {
  public:
    explicit Line(std::string begin) : text_(std::move(begin)) {}

    Line& add(const std::string& bare) {
        text_ += " " + bare;
        return *this;
    }
    Line& add(std::string_view key, const std::string& value) {
        text_ += fmt::format(" {}={}", key, word(value));
        return *this;
    }
    template <class T>
    Line& maybe(std::string_view key, const std::optional<T>& value) {
        if (value) add(key, text(*value));
        return *this;
    }
    // How long ago it was.
    Line& age(std::string_view key, const std::optional<BootTime>& time, BootTime at) {
        if (time) add(key, span(at - *time));
        return *this;
    }
    // How long it still is.
    Line& ahead(std::string_view key, const std::optional<BootTime>& time, BootTime at) {
        if (time) add(key, span(*time - at));
        return *this;
    }
    std::string str() const { return text_ + "\n"; }
    bool empty() const { return text_.find(' ') == std::string::npos; }

  private:
    static std::string text(const std::string& value) { return value; }
    static std::string text(const NodeName& value) { return value.str(); }
    static std::string text(Lsn value) { return to_string(value); }
    static std::string text(Timeline value) { return to_string(value); }
    static std::string text(std::uint64_t value) { return std::to_string(value); }
    static std::string text(bool value) { return value ? "yes" : "no"; }
    static std::string text(const PromotionMark& mark) {
        return fmt::format("{}:{}:{}", mark.id, mark.timeline.value, mark.term);
    }
    std::string text_;
};

std::string cluster_line(const Policy& policy) {
    Line line("cluster");
    line.add("quorum", std::string(name_of(policy.quorum))).add("mode", std::string(name_of(policy.mode)));
    line.add("scan_period", span(policy.scan_period)).add("probe_timeout", span(policy.probe_timeout));
    line.add("failover_after", span(policy.failover_after)).add("conflict_after", span(policy.conflict_after));
    line.add("primary_start_timeout", span(policy.primary_start_timeout));
    line.add("follow_check_after", span(policy.follow_check_after));
    if (policy.quorum == Quorum::majority)
        line.add("ttl", span(policy.lease_ttl)).add("fence_margin", span(policy.fence_margin));
    line.add("on_crash", std::string(name_of(policy.on_crash))).add("keep", std::string(name_of(policy.keep)));
    line.add("sync", std::string(name_of(policy.sync_mode))).add("count", std::to_string(policy.sync_count));
    line.add("degrade_after", span(policy.sync_degrade_after));
    if (policy.sync_strict) line.add("strict", "yes");
    if (!policy.managed) line.add("managed", "no");
    if (policy.max_lag_bytes) line.add("max_lag", std::to_string(*policy.max_lag_bytes));
    return line.str();
}

std::string vote_text(const Vote& vote) {
    if (vote.stranger) return "stranger";
    return vote.holder ? fmt::format("{}:{}", vote.holder->str(), vote.term) : "free";
}

template <class T, class Text>
std::string joined(const std::vector<T>& items, Text text) {
    std::string out;
    for (const auto& item : items) out += (out.empty() ? "" : ",") + text(item);
    return out;
}

std::string node_line(const Observation& node, const NodePolicy* policy, BootTime at) {
    Line line("  " + word(node.node.str()));
    line.add(policy == nullptr ? "witness" : "node");
    line.add(std::string(name_of(node.reach)));
    if (node.reach == Reach::accepting) line.add(std::string(name_of(node.role)));
    if (policy != nullptr && policy->nofailover) line.add("nofailover");
    if (policy != nullptr && policy->priority != 100) line.add("priority", std::to_string(policy->priority));
    line.age("asked", node.asked_at, at).age("contact", node.last_contact, at);
    if (!node.sqlstate.empty()) line.add("sqlstate", node.sqlstate);
    if (!node.message.empty()) line.add("message", node.message);
    line.maybe("system", node.system_identifier).maybe("tl", node.timeline).maybe("written", node.written);
    line.maybe("received", node.received).maybe("replayed", node.replayed).maybe("paused", node.replay_paused);
    line.maybe("names", node.synchronous_standby_names).maybe("retry", node.wal_retrieve_retry_interval);
    if (node.upstream) line.add("upstream", node.upstream->host);
    if (const auto& receiver = node.wal_receiver)
        line.add("receiver",
                 receiver->message_age ? receiver->status + ":" + span(*receiver->message_age) : receiver->status);
    if (node.replicas)
        line.add("replicas", joined(*node.replicas, [](const Replica& replica) {
                     return replica.application_name + ":" + replica.state.value_or("?");
                 }));
    if (node.history)
        line.add("history", joined(*node.history, [](const TimelineSwitch& step) {
                     return fmt::format("{}@{}", step.timeline.value, to_string(step.end));
                 }));
    line.maybe("mark", node.mark);
    if (node.vote) line.add("vote", vote_text(*node.vote));
    if (node.inventory && node.inventory->database_bytes) line.maybe("size", node.inventory->database_bytes);
    for (const auto& missing : node.missing) line.add("missing", missing.field + ":" + missing.grant);
    return line.str();
}

std::string host_line(const LocalHost& host, BootTime at) {
    Line line("host");
    line.add("process", std::string(name_of(host.process))).add("lineup", std::string(name_of(host.lineup)));
    line.add("network", std::string(name_of(host.network))).age("looked", host.looked_at, at);
    line.maybe("system", host.system_identifier).maybe("tl", host.timeline);
    if (host.rewinding) line.add("rewinding");
    if (host.disk_stalled) line.add("stalled");
    if (!host.message.empty()) line.add("message", host.message);
    if (!host.network_message.empty()) line.add("network_message", host.network_message);
    return line.str();
}

std::string unfinished_line(const OperationFile& file) {
    Line line("unfinished " + word(file.operation) + " " + word(file.step));
    return line.add("attempts", std::to_string(file.attempts)).str();
}

std::string lease_lines(const LeaseSeen& lease, BootTime at) {
    Line line("lease");
    line.add("term", std::to_string(lease.term)).ahead("until", lease.valid_until, at);
    line.ahead("withheld", lease.withheld_until, at).age("locked", lease.locked_since, at);
    if (lease.higher_term > 0) line.add("higher", std::to_string(lease.higher_term));
    if (lease.slept) line.add("slept");
    auto text = line.str();
    for (const auto& vote : lease.votes) {
        Line own("vote " + word(vote.voter.str()));
        if (vote.held) own.add("held");
        text += own.ahead("counts", vote.counts_from, at).ahead("until", vote.valid_until, at).str();
    }
    return text;
}

std::string state_lines(const State& state, BootTime at) {
    Line knows("knows");
    knows.maybe("primary", state.last_primary).maybe("tl", state.last_timeline).maybe("lsn", state.last_lsn);
    knows.maybe("system", state.system_identifier).maybe("mark", state.last_mark);
    if (!state.last_sync_names.empty()) knows.add("names", state.last_sync_names);
    if (state.memory_lost) knows.add("nothing");
    Line since("since");
    since.age("no_primary", state.no_primary_since, at).age("conflict", state.conflict_since, at);
    since.age("rejecting", state.rejecting_since, at).age("local_down", state.local_down_since, at);
    since.age("local_ran", state.local_ran_at, at);
    since.age("local_started", state.local_started_at, at).age("unsynced", state.unsynced_since, at);
    since.age("not_following", state.not_following_since, at).age("serving", state.serving_since, at);
    since.age("unleased", state.unleased_since, at).age("fencing", state.fencing_since, at);
    Line backed("backed"), waits("waits");
    for (const auto& [voter, moment] : state.backed_since) backed.age(voter, moment, at);
    for (const auto& [action, moment] : state.not_before) waits.ahead(action, moment, at);
    std::string text;
    for (const auto* line : {&knows, &since, &backed, &waits})
        if (!line->empty()) text += line->str();
    if (state.vetoed) text += "vetoed " + word(*state.vetoed) + "\n";
    if (state.operation) text += "works " + word(*state.operation) + "\n";
    return text;
}

std::string without_quotes(std::string text) {
    std::replace(text.begin(), text.end(), '\'', '"');
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

// What was said, without where it was said.
std::string message_of(const Observation& node) {
    constexpr std::string_view before = "failed: ";
    if (node.reach == Reach::unresolved) return "Host not found";
    const auto at = node.message.rfind(before);
    return without_quotes(at == std::string::npos ? node.message : node.message.substr(at + before.size()));
}

Observation plain(const Observation& node, const Policy& policy) {
    Observation kept;
    kept.node = node.node;
    kept.host = node.node.str();
    kept.reach = node.reach;
    kept.sqlstate = node.sqlstate;
    kept.message = message_of(node);
    kept.asked_at = node.asked_at;
    kept.last_contact = node.last_contact;
    kept.role = node.role;
    kept.system_identifier = node.system_identifier;
    kept.timeline = node.timeline;
    kept.written = node.written;
    kept.received = node.received;
    kept.replayed = node.replayed;
    kept.replay_paused = node.replay_paused;
    kept.synchronous_standby_names = node.synchronous_standby_names;
    kept.wal_retrieve_retry_interval = node.wal_retrieve_retry_interval;
    if (node.upstream) {
        const auto* upstream = upstream_of(node, policy);
        kept.upstream = Address{upstream != nullptr ? upstream->name.str() : "elsewhere", 5432};
    }
    if (node.wal_receiver) {
        kept.wal_receiver.emplace();
        kept.wal_receiver->status = node.wal_receiver->status;
        kept.wal_receiver->message_age = node.wal_receiver->message_age;
    }
    if (node.replicas) {
        kept.replicas.emplace();
        for (const auto& replica : *node.replicas) {
            auto& copy = kept.replicas->emplace_back();
            copy.application_name = replica.application_name;
            copy.state = replica.state;
        }
    }
    kept.history = node.history;
    kept.mark = node.mark;
    kept.vote = node.vote;
    if (kept.vote) kept.vote->silent.reset();
    if (node.inventory && node.inventory->database_bytes) {
        kept.inventory.emplace();
        kept.inventory->database_bytes = node.inventory->database_bytes;
    }
    kept.missing = node.missing;
    return kept;
}

}  // namespace

Record plain(const Record& record) {
    auto kept = record;
    kept.view.cluster = kept.policy.cluster = {};
    for (auto* voters : {&kept.view.nodes, &kept.view.witnesses})
        for (auto& node : *voters) node = plain(node, record.policy);
    for (auto& node : kept.policy.nodes) node.addresses = {{node.name.str(), 5432}};
    if (auto& host = kept.view.host) {
        host->message = without_quotes(host->message);
        host->network_message = without_quotes(host->network_message);
    }
    if (auto& file = kept.view.operation) {
        OperationFile told;
        told.operation = file->operation;
        told.step = file->step;
        told.attempts = file->attempts;
        file = std::move(told);
    }
    if (kept.state.vetoed) kept.state.vetoed = without_quotes(*kept.state.vetoed);
    return kept;
}

std::string untold(const Record& record) {
    const auto& [view, state, policy, jitter, decision, event] = record;
    if (state.tried || state.hands_over_to) return "a switchover";
    if (state.pause || (view.host && view.host->resumed)) return "a pause";
    for (const auto& node : view.nodes) {
        if (node.pause) return "a pause";
        if (node.switchover) return "a switchover";
    }
    const auto* local = view.local ? view.find(*view.local) : nullptr;
    const auto fails_local = [&](const Observation& node) {
        return slot_is_lost(*local, node, record.policy) || slot_is_missing(*local, node, record.policy);
    };
    if (local != nullptr && std::any_of(view.nodes.begin(), view.nodes.end(), fails_local)) return "a lost slot";
    return {};
}

std::string write_story(const Record& record) {
    const auto& [view, state, policy, jitter, decision, event] = record;
    auto text = cluster_line(policy);
    text += view.local ? "seen by " + word(view.local->str()) + "\n" : std::string("seen from outside\n");
    for (const auto& node : view.nodes)
        if (const auto* configured = policy.find(node.node)) text += node_line(node, configured, view.at);
    for (const auto& witness : view.witnesses) text += node_line(witness, nullptr, view.at);
    if (view.host) text += host_line(*view.host, view.at);
    if (view.operation) text += unfinished_line(*view.operation);
    if (view.lease) text += lease_lines(*view.lease, view.at);
    return text + state_lines(state, view.at) + "ask\n";
}

}  // namespace pgcm::view
