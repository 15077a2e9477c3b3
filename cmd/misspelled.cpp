#include "misspelled.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/keys.hpp"

namespace pgcm::cmd {
namespace {

using Names = std::vector<std::string>;

std::string name_of(const CLI::App* command) {
    std::string name;
    for (; command != nullptr; command = command->get_parent())
        name = command->get_name() + (name.empty() ? "" : " ") + name;
    return name;
}

Names parts_of(const CLI::App* command) {
    Names names;
    for (const auto* part : command->get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(part->get_name());
    return names;
}

// Its own and those that go with every command.
Names flags_of(const CLI::App* command) {
    Names names;
    for (; command != nullptr; command = command->get_parent())
        for (const auto* option : command->get_options()) {
            for (const auto& name : option->get_snames()) names.push_back("-" + name);
            for (const auto& name : option->get_lnames()) names.push_back("--" + name);
        }
    return names;
}

bool has(const Names& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// "; the nearest is NAME", where one is near.
std::string nearest(const std::string& word, const Names& names) {
    constexpr std::size_t near = 2;
    const auto distance = [&](const std::string& name) {
        return name.starts_with(word) ? 0 : config::edit_distance(name, word);
    };
    const auto best = std::min_element(names.begin(), names.end(),
                                       [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    if (best == names.end() || distance(*best) > near) return {};
    return "; the nearest is " + *best;
}

// What nothing was there for: the first flag, else the first word.
std::string superfluous(const CLI::App& app) {
    const auto words = app.remaining(true);
    const auto is_flag = [](const std::string& word) { return word.size() > 1 && word.front() == '-'; };
    const auto flag = std::find_if(words.begin(), words.end(), is_flag);
    if (flag != words.end()) return flag->substr(0, flag->find('='));
    return words.empty() ? "" : words.front();
}

Error unexpected(const CLI::App& app, const CLI::App* command) {
    const auto word = superfluous(app);
    const auto name = name_of(command);
    if (word.starts_with("-")) {
        const auto flags = flags_of(command);
        if (has(flags, word))
            return {ErrorCode::usage, fmt::format("{} stands before its command", word),
                    fmt::format("write {} {}", name, word)};
        return {ErrorCode::usage, fmt::format("{} has no flag {}{}", name, word, nearest(word, flags)),
                name + " --help tells what it takes"};
    }
    if (const auto parts = parts_of(command); !parts.empty())
        return {ErrorCode::usage, fmt::format("{} has no command \"{}\"{}", name, word, nearest(word, parts)),
                name + " --help lists them"};
    if (has(flags_of(command), "--to"))
        return {ErrorCode::usage, fmt::format("{} does not take \"{}\"", name, word),
                fmt::format("a node is named so: {} --to {}", name, word)};
    return {ErrorCode::usage, fmt::format("{} does not take \"{}\"", name, word), name + " --help tells what it takes"};
}

}  // namespace

Error misspelled(const CLI::App& app, const CLI::ParseError& found) {
    const CLI::App* command = &app;
    while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
    if (dynamic_cast<const CLI::ExtrasError*>(&found) != nullptr) return unexpected(app, command);

    const std::string what = found.what();
    Error error{ErrorCode::usage, what, name_of(command) + " --help tells what it takes"};
    const auto flag = what.substr(0, what.find(':'));
    // "--to: 1 required NODE missing", "Could not convert: --explain = x".
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&found) != nullptr && what.ends_with(" missing")) {
        const auto kind = what.rfind(' ', what.size() - std::string_view{" missing"}.size() - 1);
        error.what = fmt::format("{} is given without its{}", flag,
                                 what.substr(kind, what.size() - std::string_view{" missing"}.size() - kind));
    }
    if (dynamic_cast<const CLI::ConversionError*>(&found) != nullptr)
        if (const auto given = what.find(" = "); given != std::string::npos && what.find(": ") != std::string::npos)
            error.what =
                fmt::format("{}: \"{}\" is not a number", what.substr(what.find(": ") + 2, given - what.find(": ") - 2),
                            what.substr(given + 3));
    return error;
}

}  // namespace pgcm::cmd
