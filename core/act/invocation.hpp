#pragma once
// A program to run, complete: what it is called with, as whom, and for how long.
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/settings.hpp"
#include "model/time.hpp"

namespace pgcm::act {

struct Invocation {
    std::vector<std::string> argv;  // argv[0] is a path, or a name that is looked for in PATH
    std::string program;            // the file to execute, where argv[0] is only what it is called
    // Added to the inherited environment; an empty value removes the variable. Never logged: passwords travel here.
    std::vector<std::pair<std::string, std::string>> environment;
    std::string input;               // its whole standard input; empty: /dev/null
    std::string run_as;              // a user's name; empty: as whoever runs pgcm
    milliseconds timeout{60'000};    // from start to end
    milliseconds silence{0};         // longest time without a word of output; 0: no such limit
    milliseconds grace{2'000};       // between SIGTERM and SIGKILL
    bool detached_children = false;  // what it starts outlives it: a session of its own, nobody else is killed
    bool c_locale = false;           // messages in English, for output that is read by pgcm
    std::string log_file;            // output and errors are appended to it, instead of being captured
    std::vector<int> inherited;      // descriptors (3 and above) that it gets under the same numbers; all others close
    std::function<void(std::string_view line)> on_line;  // each line of output or errors as it comes, for progress
};

// Name without braces, and its value: {"data_dir", "/var/lib/postgresql/15/main"}.
using Placeholders = std::vector<std::pair<std::string, std::string>>;

// A command of the configuration with "{name}" filled in. Words of an argv get the values as they are; a text for the
// shell gets them quoted for the place where they stand (bare, in '' or in ""). Unknown names stay as they are.
Invocation from(const Command& command, const Placeholders& values);

// Its command line for logs: quoted so that a shell would read it back, without environment, passwords masked.
std::string describe(const Invocation& invocation);

// The word as /bin/sh takes it back, in single quotes where it needs any.
std::string shell_quoted(std::string_view word);

// "password=..." and "//user:...@" in any text, with the secret replaced by "********".
std::string without_secrets(std::string_view text);

}  // namespace pgcm::act
