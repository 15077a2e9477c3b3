#include <sys/stat.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "act/operation_log.hpp"
#include "config/show.hpp"
#include "decide/decide.hpp"
#include "exit.hpp"
#include "journal.hpp"
#include "loop/disk_writer.hpp"
#include "options.hpp"
#include "report/ending.hpp"
#include "report/history.hpp"
#include "report/human.hpp"
#include "version.hpp"
#include "view/assess.hpp"
#include "view/document.hpp"
#include "view/history.hpp"
#include "view/story.hpp"

namespace pgcm::cmd {
namespace {

using Json = nlohmann::ordered_json;

struct HistoryFlags {
    std::optional<std::string> since, journal, bundle;
    std::optional<std::size_t> explain, story;

    int forms() const { return explain.has_value() + story.has_value() + bundle.has_value(); }
    // Of the decision that is wanted; 0: none.
    std::size_t number() const { return explain.value_or(story.value_or(0)); }
};

Result<std::vector<std::string>> files_of(const HistoryFlags& flags, const Options& options) {
    if (flags.journal) return std::vector<std::string>{*flags.journal};
    const auto config = options.configuration();
    if (!config) return fail(config.error());
    return journal_files(config->state_dir);
}

Result<view::HistoryReader> read(const HistoryFlags& flags, std::optional<WallTime> since, const Options& options) {
    const auto files = files_of(flags, options);
    if (!files) return fail(files.error());
    view::HistoryReader reader(since, flags.number());
    for (const auto& file : *files)
        if (auto read = each_line(file, [&](std::string_view line, bool whole) { reader.take(line, whole); }); !read)
            return fail(read.error());
    return reader;
}

// One decision with all that it was made from.
std::string explanation(const view::Record& record, std::size_t number, const Options& options) {
    const bool same = decide::decide(record.view, record.state, record.policy) == record.decision;
    if (!options.for_people()) {
        Json document{{"schema", "pgcm.explanation/1"}, {"number", number}, {"decided_again_the_same", same}};
        document["record"] = Json::parse(view::write_record(record));
        document["decision"] =
            Json::parse(report::decision_json(record.decision, record.view.at, report::Layout::line));
        return document.dump(2);
    }
    const auto style = options.style();
    const auto alerts = view::assess(record.view, record.policy);
    const auto verdict = view::verdict(record.view, alerts);
    auto text = "decision " + std::to_string(number) + (record.event.empty() ? "" : ", because of: " + record.event);
    text += "\n\n" + report::status_table(record.view, alerts, verdict, record.policy, style) + "\n";
    text += report::state_text(record.state, record.view.at, style) + "\n";
    text += report::decision_text(record.decision, style);
    return text + "\n" +
           (same ? "This version decides the same.\n" : "This version decides otherwise: pgcm elect --replay\n");
}

// For tests/stories. It decides what this version decides.
std::string story(const view::Record& record, std::size_t number) {
    const auto plain = view::plain(record);
    const auto decision = decide::decide(plain.view, plain.state, plain.policy);
    const auto head = "# Decision " + std::to_string(number) + " of a journal, by pgcm " PGCM_VERSION ". " +
                      "Say here what it shows.\n";
    return head + view::write_story(plain) +
           "----\nat ask: " + report::ending(decision, plain.view.at, plain.policy.quorum == Quorum::majority);
}

// Of --explain and --story.
Result<int> tell_one(const HistoryFlags& flags, const Options& options) {
    const auto number = flags.number();
    const auto reader = read(flags, {}, options);
    if (!reader) return fail(reader.error());
    if (!reader->wanted())
        return fail(ErrorCode::usage,
                    "there is no decision " + std::to_string(number) + " in the journal, which has " +
                        std::to_string(reader->history().decisions),
                    "pgcm history shows the numbers");
    if (const auto untold = view::untold(*reader->wanted()); flags.story && !untold.empty())
        return fail(ErrorCode::usage,
                    "decision " + std::to_string(number) + " turns on " + untold + ", for which stories have no words",
                    "pgcm history --export keeps it whole, and pgcm elect --replay decides it again");
    const auto printed =
        print(flags.story ? story(*reader->wanted(), number) : explanation(*reader->wanted(), number, options));
    if (!printed) return fail(printed.error());
    return done;
}

// What the hooks are called with may hold addresses and tokens of other services.
Json configuration_for_strangers(const config::Config& config) {
    auto json = Json::parse(config::show_json(config));
    for (auto& [name, value] : json["hooks"].items())
        if (value.is_array() || value.is_string()) value = value.empty() ? Json(nullptr) : Json("(configured)");
    return json;
}

std::optional<WallTime> time_of(std::string_view line) {
    const auto schema = view::schema_of(line);
    if (schema == view::record_schema) {
        const auto record = view::read_record(line);
        return record ? std::optional(record->view.taken_at) : std::nullopt;
    }
    if (schema == view::deed_schema) {
        const auto deed = view::read_deed(line);
        return deed ? std::optional(deed->at) : std::nullopt;
    }
    const auto forced = view::read_forced(line);
    return forced ? std::optional(forced->at) : std::nullopt;
}

// The journal's lines as they are, after a first line that tells where they come from.
Result<int> write_bundle(const HistoryFlags& flags, std::optional<WallTime> since, const Options& options) {
    const auto files = files_of(flags, options);
    if (!files) return fail(files.error());
    Json head{{"schema", view::bundle_schema},
              {"made_at", act::format_time(options.clock.wall())},
              {"pgcm", PGCM_VERSION},
              {"libraries", library_versions()}};
    const auto config = options.configuration();
    head["configuration"] = config ? configuration_for_strangers(*config) : Json(nullptr);
    std::string text = head.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    std::size_t lines = 0, damaged = 0;
    for (const auto& file : *files) {
        const auto read = each_line(file, [&](std::string_view line, bool) {
            if (line.empty() || view::schema_of(line) == view::bundle_schema) return;
            const auto at = time_of(line);
            if (!at) ++damaged;
            if (at && (!since || *at >= *since)) text += std::string(line) + "\n", ++lines;
        });
        if (!read) return fail(read.error());
    }
    if (!options.quiet && damaged > 0)
        std::cerr << "pgcm: warning: " << damaged << " lines of the journal could not be read and are left out\n";
    if (*flags.bundle == "-") {
        if (auto printed = print(text); !printed) return fail(printed.error());
        return done;
    }
    const auto mask = ::umask(077);  // it tells much about a cluster
    const auto written = loop::write_durably(*flags.bundle, text);
    ::umask(mask);
    if (!written) return fail(written.error());
    if (!options.quiet)
        std::cerr << "pgcm: " << lines << " lines are in " << *flags.bundle
                  << "; pgcm elect --replay decides them again\n";
    return done;
}

Result<int> run(const HistoryFlags& flags, const Options& options) {
    std::optional<WallTime> since;
    if (flags.since) {
        const auto moment = moment_of(*flags.since, options.clock.wall());
        if (!moment) return fail(moment.error());
        since = *moment;
    }
    if (flags.forms() > 1)
        return fail(ErrorCode::usage, "--explain, --story and --export contradict each other", "give one of them");
    if (flags.explain || flags.story) return tell_one(flags, options);
    if (flags.bundle) return write_bundle(flags, since, options);
    const auto reader = read(flags, since, options);
    if (!reader) return fail(reader.error());
    const auto printed =
        print(options.for_people() ? report::history_text(reader->history(), options.style())
                                   : report::history_json(reader->history(), report::Layout::indented));
    if (!printed) return fail(printed.error());
    return done;
}

}  // namespace

Command add_history(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("history", "Tell what happened here: what was seen, decided and done");
    auto flags = std::make_shared<HistoryFlags>();
    command->add_option("--since", flags->since, "Only from then on: 2h, or 2026-11-26T17:01:00Z")->type_name("WHEN");
    command->add_option("--explain", flags->explain, "One decision in full, by its number")->type_name("N");
    command->add_option("--story", flags->story, "One decision as a story for pgcm's tests")->type_name("N");
    command->add_option("--export", flags->bundle, "Write all of it into a file, for a replay; - is standard output")
        ->type_name("FILE");
    command->add_option("--journal", flags->journal, "Read this journal or bundle; - is standard input")
        ->type_name("FILE");
    return {command, [flags, &options] { return run(*flags, options); }};
}

}  // namespace pgcm::cmd
