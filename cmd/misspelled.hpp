#pragma once
// What is wrong with a command line, to whoever typed it.
#include <CLI/CLI.hpp>

#include "model/error.hpp"

namespace pgcm::cmd {

// CLI11's finding in our words, with the nearest name where one is near. Error: usage.
Error misspelled(const CLI::App& app, const CLI::ParseError& found);

}  // namespace pgcm::cmd
