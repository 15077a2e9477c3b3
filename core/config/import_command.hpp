#pragma once
// One of the seed's commands, a shell string with %pg_data_path% and the like, as a command of pgcm.
#include <string>
#include <string_view>
#include <vector>

namespace pgcm::config {

struct CarriedCommand {
    bool usable = false;
    std::string shell;               // with {data_dir} and the like; when not usable, as it was
    std::vector<std::string> notes;  // what was changed or is in the way
};

// pgcm quotes what it fills in for the shell. So a placeholder must stand outside of all quotes of its shell: quotes
// around it are ended before it and begin again after it. The strings that a shell hands on to another shell
// (sh -c "...") are treated in the same way by that shell's rules. What pgcm does itself after a pg_rewind,
// "&& touch .../standby.signal && echo primary_conninfo ... >> postgresql.auto.conf", is cut off.
CarriedCommand carry_command(std::string_view seed);

// The directory of the first ".../pg_ctl" or other server program in the command; empty when there is none.
std::string program_directory(std::string_view command);

}  // namespace pgcm::config
