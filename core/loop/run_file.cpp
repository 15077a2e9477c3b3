#include "loop/run_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "loop/disk_writer.hpp"

namespace pgcm::loop {
namespace {

using nlohmann::ordered_json;

std::int64_t in_ns(BootTime moment) {
    return moment.time_since_epoch().count();
}

BootTime moment_of(const ordered_json& ns) {
    return BootTime{nanoseconds{ns.get<std::int64_t>()}};
}

std::string path_in(const std::string& directory) {
    return directory + "/lease.json";
}

}  // namespace

std::string run_document(const RunFile& file, const std::string& boot) {
    ordered_json votes = ordered_json::array();
    for (const auto& vote : file.record.votes) {
        ordered_json entry{{"voter", vote.voter.str()}, {"valid_until_ns", in_ns(vote.valid_until)}};
        if (vote.heard) {
            entry["clock_us"] = vote.heard->clock.time_since_epoch().count();
            entry["asked_ns"] = in_ns(vote.heard->sent);
        }
        votes.push_back(std::move(entry));
    }
    return ordered_json{{"schema", "pgcm.lease/1"},
                        {"boot_id", boot},
                        {"term", file.record.term},
                        {"postmaster_pid", file.record.postmaster_pid},
                        {"votes", votes},
                        {"guard_pid", file.guard_pid},
                        {"guard_start_ticks", file.guard_start_ticks}}
               .dump() +
           "\n";
}

RunFile load_run_file(const std::string& directory, const std::string& boot) try {
    const auto text = read_file(path_in(directory));
    if (!text || boot.empty()) return {};
    const auto document = ordered_json::parse(*text);
    if (document.at("schema") != "pgcm.lease/1" || document.at("boot_id") != boot) return {};
    RunFile file;
    file.record.term = document.at("term").get<Term>();
    file.record.postmaster_pid = document.at("postmaster_pid").get<int>();
    for (const auto& vote : document.at("votes")) {
        const auto voter = NodeName::make(vote.at("voter").get<std::string>());
        if (!voter) return {};
        auto& read =
            file.record.votes.emplace_back(lease::Record::Counted{*voter, moment_of(vote.at("valid_until_ns"))});
        if (!vote.contains("clock_us")) continue;
        const WallTime clock{std::chrono::microseconds{vote.at("clock_us").get<std::int64_t>()}};
        read.heard = lease::Record::Heard{clock, moment_of(vote.at("asked_ns"))};
    }
    file.guard_pid = document.at("guard_pid").get<int>();
    file.guard_start_ticks = document.at("guard_start_ticks").get<std::uint64_t>();
    return file;
} catch (const nlohmann::json::exception&) {
    return {};
}

Result<void> store_run_file(const std::string& directory, const std::string& document) {
    const auto path = path_in(directory);
    const auto fresh = path + ".new";
    std::ofstream out(fresh, std::ios::trunc);
    out << document << std::flush;
    const bool written = out.good();
    out.close();
    if (!written || std::rename(fresh.c_str(), path.c_str()) != 0)
        return fail("could not write " + path + ": " + std::strerror(errno));
    return {};
}

}  // namespace pgcm::loop
