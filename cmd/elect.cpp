#include "decide/elect.hpp"

#include "decide/decide.hpp"
#include "exit.hpp"
#include "journal.hpp"
#include "loop/observer.hpp"
#include "loop/state_store.hpp"
#include "options.hpp"
#include "report/human.hpp"
#include "report/json.hpp"
#include "report/replay.hpp"
#include "saved_view.hpp"
#include "view/record.hpp"

namespace pgcm::cmd {
namespace {

Result<int> show(const View& view, const State& state, const Policy& policy, const Options& options) {
    const auto election = decide::elect(view, state, policy);
    const auto printed = print(options.for_people() ? report::election_table(election, options.style())
                                                    : report::election_json(election, report::Layout::indented));
    if (!printed) return fail(printed.error());
    return election.primary || election.winner ? done : refused;
}

report::Replayed again(const view::Record& record) {
    return {record.view.at, record.view.taken_at, record.event, record.decision,
            decide::decide(record.view, record.state, record.policy)};
}

Result<int> show(const std::vector<report::Replayed>& turns, const Options& options) {
    const auto printed = print(options.for_people() ? report::replay_table(turns, options.style())
                                                    : report::replay_json(turns, report::Layout::indented));
    if (!printed) return fail(printed.error());
    for (const auto& turn : turns)
        if (turn.recorded != turn.again) return failed;
    return done;
}

// A journal is decided again: the same views must give the same decisions.
Result<int> replay(const Saved& saved, const Options& options) {
    std::vector<report::Replayed> turns;
    for (const auto& record : saved.records) turns.push_back(again(record));
    return show(turns, options);
}

// The same of a journal or bundle of any length.
Result<int> replay(const std::string& path, const Options& options) {
    std::vector<report::Replayed> turns;
    RecordReader reader(path, options);
    const auto read = each_line(path, [&](std::string_view line, bool) {
        if (const auto record = reader.take(line)) turns.push_back(again(*record));
    });
    if (!read) return fail(read.error());
    if (turns.empty())
        return fail(ErrorCode::usage, path + ": there is no decision in it",
                    "take a journal, or make a bundle with pgcm history --export FILE");
    return show(turns, options);
}

Result<int> run(const std::optional<std::string>& path, const std::optional<std::string>& journal,
                const Options& options) {
    if (path && journal) return fail(ErrorCode::usage, "--view and --replay contradict each other", "give one of them");
    if (journal) return replay(*journal, options);
    if (path) {
        const auto saved = read_saved(*path, options);
        if (!saved) return fail(saved.error());
        const auto& last = saved->records.back();
        return saved->journal ? replay(*saved, options) : show(last.view, last.state, last.policy, options);
    }
    const auto config = options.configuration_to_look();
    if (!config) return fail(config.error());
    const auto view = loop::look_once(*config, options.clock, false);
    // What this host's agent has seen of the primary tells how many standbys are needed.
    auto known = config->local ? loop::load_state(config->state_dir, {}).state : State{};
    if (const auto serving = primaries(view, cluster_system(view)); serving.size() == 1)
        known.last_sync_names = serving.front()->synchronous_standby_names.value_or("");
    known.memory_lost = false;
    return show(view, known, config->policy, options);
}

}  // namespace

Command add_elect(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("elect", "Say who should be primary and, node by node, why or why not");
    auto path = std::make_shared<std::optional<std::string>>();
    command->add_option("--view", *path, "Decide on a saved view, or decide a journal again; - is standard input")
        ->type_name("FILE");
    auto journal = std::make_shared<std::optional<std::string>>();
    command->add_option("--replay", *journal, "Decide a journal or bundle again; - is standard input")
        ->type_name("FILE");
    return {command, [path, journal, &options] { return run(*path, *journal, options); }};
}

}  // namespace pgcm::cmd
