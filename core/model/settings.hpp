#pragma once
// The local server as the configuration describes it; shared by whoever starts, stops or rebuilds it.
#include <string>
#include <vector>

#include "model/names.hpp"
#include "model/time.hpp"

namespace pgcm {

// A command of the configuration: an argv, or a string for /bin/sh -c; never both. Placeholders such as {data_dir}
// are filled in just before it runs: into argv words as they are, into a shell string quoted for the shell.
struct Command {
    std::vector<std::string> argv;
    std::string shell;
    std::string expect;  // where the output tells: the text that means yes; empty: the exit status tells
    bool empty() const { return argv.empty() && shell.empty(); }
    bool operator==(const Command&) const = default;
};

enum class RejoinMethod { rewind, basebackup };
template <>
inline constexpr auto enum_names<RejoinMethod> = std::array{
    EnumName<RejoinMethod>{RejoinMethod::rewind, "rewind"},
    EnumName<RejoinMethod>{RejoinMethod::basebackup, "basebackup"},
};

// [commands]; an empty one means the built-in way.
struct Commands {
    Command status, start, stop, promote, rewind, basebackup, create_dirs, remove_dirs, network;
    bool operator==(const Commands&) const = default;
};

// [postgres], [rejoin] and [commands].
struct ServerSettings {
    std::string data_dir;
    std::string bin_dir;
    std::string config_file;           // empty: data_dir/postgresql.conf
    std::string run_as;                // empty: as whoever runs pgcm
    std::string replication_conninfo;  // added to the primary's host and port in primary_conninfo
    std::string slot = "pgcm_{node}";  // pattern; "" for no slot
    bool managed = true;
    std::vector<RejoinMethod> methods{RejoinMethod::rewind, RejoinMethod::basebackup};
    bool keep_old = true;
    bool in_place = false;
    Commands commands;
    bool operator==(const ServerSettings&) const = default;
};

}  // namespace pgcm
