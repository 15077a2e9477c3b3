#include "config/import_command.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

namespace pgcm::config {
namespace {

std::string carried(std::string_view seed) {
    const auto command = carry_command(seed);
    return command.usable ? command.shell : "not usable: " + command.notes.at(0);
}

TEST(ImportCommand, WithoutPlaceholdersNothingChanges) {
    const std::string start = R"(docker exec -t p1 runuser -l postgres -c "pg_ctl start -o \"-p 1111\" -D /data")";
    EXPECT_EQ(carried(start), start);
    EXPECT_TRUE(carry_command(start).notes.empty());
    EXPECT_EQ(carried("echo 'open"), "echo 'open");
}

TEST(ImportCommand, QuotesAroundPlaceholdersAreDropped) {
    EXPECT_EQ(carried(R"(pg_rewind -D %pg_data_path%)"), "pg_rewind -D {data_dir}");
    EXPECT_EQ(carried(R"(pg_rewind -D "%pg_data_path%")"), "pg_rewind -D {data_dir}");
    EXPECT_EQ(carried(R"(pg_rewind --target='%pg_data_path%' -d "%master_connstr%")"),
              "pg_rewind --target={data_dir} -d {primary_conninfo}");
    EXPECT_EQ(carried(R"(rm -rf "%pg_data_path%/pg wal"/*)"), R"(rm -rf {data_dir}"/pg wal"/*)");
    EXPECT_EQ(carried(R"(echo "x = '%slot_name%' $y")"), R"(echo "x = '"{slot}"' $y")");
}

TEST(ImportCommand, TheSameInAShellWithinTheShell) {
    EXPECT_EQ(carried(R"(runuser -l postgres -c "pg_rewind -D \"%pg_data_path%\" -d \"%master_connstr%\"")"),
              R"(runuser -l postgres -c "pg_rewind -D {data_dir} -d {primary_conninfo}")");
    EXPECT_EQ(carried(R"(sh -c 'pg_rewind -D "%pg_data_path%" "$x"')"), R"(sh -c "pg_rewind -D {data_dir} \"\$x\"")");
    EXPECT_EQ(carried(R"(ssh host "ls '%pg_data_path%/x' \$HOME")"), R"(ssh host "ls {data_dir}'/x' \$HOME")");
    EXPECT_EQ(carried(R"(sh -c "sh -c \"ls %pg_data_path%\"")"),
              "not usable: its quotes around %%pg_data_path%% and the like cannot be followed");
}

TEST(ImportCommand, OwnWorkIsCutOff) {
    const std::string tail = R"( && touch %pg_data_path%/standby.signal)";
    const std::string echo =
        R"( && echo "primary_conninfo = '%master_connstr%'" >> %pg_data_path%/postgresql.auto.conf)";
    EXPECT_EQ(carried("r -D %pg_data_path%" + tail), "r -D {data_dir}");
    EXPECT_EQ(carried("r -D %pg_data_path%" + tail + echo), "r -D {data_dir}");
    EXPECT_EQ(carried("a && b -D %pg_data_path%" + tail + echo), "a && b -D {data_dir}");
    EXPECT_EQ(carried(R"(r -D %pg_data_path% && touch "%pg_data_path%/standby.signal")"), "r -D {data_dir}");
    EXPECT_EQ(carried("su postgres -c 'r -D %pg_data_path%" + tail + "'"), R"(su postgres -c "r -D {data_dir}")");
    // Something else follows: nothing is cut.
    EXPECT_EQ(carried("r" + tail + " && x"), "r && touch {data_dir}/standby.signal && x");
    EXPECT_EQ(carry_command("r -D %pg_data_path%" + tail).notes,
              std::vector<std::string>{
                  "the part that lays standby.signal and appends primary_conninfo is left out, pgcm does it itself"});
}

TEST(ImportCommand, WhatCannotBeCarriedOverIsLeft) {
    EXPECT_EQ(carried("echo {node}"), "not usable: it holds braces that pgcm would take for a placeholder");
    EXPECT_EQ(carried("echo {other} %slot_name%"),
              "not usable: it holds braces that pgcm would take for a placeholder");
    EXPECT_EQ(carried("echo \"%slot_name%"),
              "not usable: its quotes around %%pg_data_path%% and the like cannot be followed");
    EXPECT_EQ(carry_command("echo {node}").shell, "echo {node}");
}

// The proof of the quoting: run by a real shell, with the value quoted as pgcm quotes it.
TEST(ImportCommand, TheShellSeesTheValueWhole) {
    const std::string value = "/a b'c  (d); e*";
    const std::string quoted = R"('/a b'\''c  (d); e*')";
    for (const std::string_view seed :
         {R"(printf %s "%pg_data_path%")", R"(printf %s '%pg_data_path%')",
          R"(printf %s "<%pg_data_path%>" | tr -d '<>')", R"(sh -c "printf %s \"%pg_data_path%\"")",
          R"(sh -c 'printf %s "%pg_data_path%"')", R"(sh -c "printf %s '%pg_data_path%'")"}) {
        auto command = carried(seed);
        const auto at = command.find("{data_dir}");
        ASSERT_NE(at, std::string::npos) << command;
        command.replace(at, 10, quoted);
        FILE* pipe = ::popen(command.c_str(), "r");
        ASSERT_NE(pipe, nullptr);
        std::array<char, 256> output{};
        const auto size = std::fread(output.data(), 1, output.size(), pipe);
        EXPECT_EQ(::pclose(pipe), 0) << command;
        EXPECT_EQ(std::string(output.data(), size), value) << command;
    }
}

TEST(ImportCommand, TheProgramsDirectory) {
    EXPECT_EQ(program_directory("runuser -c \"/usr/lib/postgresql/12/bin/pg_ctl start\""),
              "/usr/lib/postgresql/12/bin");
    EXPECT_EQ(program_directory("x --rewind=/opt/bin/pg_rewind"), "/opt/bin");
    EXPECT_EQ(program_directory("/opt/bin/pg_ctl status"), "/opt/bin");
    EXPECT_EQ(program_directory("bin/pg_ctl status"), "");
    EXPECT_EQ(program_directory("pg_ctl status"), "");
}

}  // namespace
}  // namespace pgcm::config
