#include "loop/checkup.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>

#include "act/control_data.hpp"
#include "act/internal.hpp"
#include "act/operations.hpp"
#include "act/process.hpp"
#include "loop/observer.hpp"
#include "probe/examiner.hpp"
#include "view/diagnose.hpp"

namespace pgcm::loop {
namespace {

using postgres::Conninfo;

// "pg_rewind (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)" is of 15.
std::optional<int> major_of(const std::string& said) {
    constexpr std::string_view mark = "(PostgreSQL) ";
    const auto at = said.find(mark);
    const auto major = at == std::string::npos ? 0 : std::atoi(said.c_str() + at + mark.size());
    return major > 0 ? std::optional(major) : std::nullopt;
}

class Visit {
  public:
    Visit(const config::Config& config, const Clock& clock, asio::io_context& io)
        : config_(config), clock_(clock), observer_(io.get_executor(), config, clock) {}

    asio::awaitable<Symptoms> run() {
        checkup_.command_timeout = config_.command_timeout;
        if (config_.local) co_await look_at_host();
        co_await observer_.prober().look_once(true);
        const auto view = observer_.view();
        if (config_.local) {
            const auto mine = replication_to(*config_.find(*config_.local));
            checkup_.replication_user = mine.get("user").value_or("");
        }
        co_await look_up_addresses();
        auto patients = patients_in(view);
        checkup_.servers =
            co_await probe::examine(std::move(patients), observer_.resolver(), config_.policy.probe_timeout);
        if (checkup_.host) compare_directories();
        co_return view::diagnose(view, checkup_, config_.policy, config_.server);
    }

  private:
    // As the local standby would stream from that node.
    Conninfo replication_to(const config::Node& node) const {
        return act::replication_conninfo(current_, config_.reach(node), config_.server.replication_conninfo,
                                         *config_.local);
    }

    // Those that answer; the others are known to be silent.
    std::vector<probe::Patient> patients_in(const View& view) const {
        std::vector<probe::Patient> patients;
        for (const auto& node : config_.nodes) {
            const auto* seen = view.find(node.name);
            if (seen == nullptr || seen->reach != Reach::accepting) continue;
            probe::Patient patient{node.name, config_.reach(node), false, {}};
            if (config_.local && node.name != *config_.local) patient.replication = replication_to(node);
            patients.push_back(std::move(patient));
        }
        for (const auto& witness : config_.witnesses) {
            const auto* seen = view.find_voter(witness.name);
            if (seen != nullptr && seen->reach == Reach::accepting)
                patients.push_back({witness.name, config_.reach(witness), true, {}});
        }
        return patients;
    }

    // A server that commands start may call its directory by another name, as one in a container does.
    void compare_directories() {
        const auto* server = checkup_.find(*config_.local);
        const auto* told = server == nullptr ? nullptr : server->setting("data_directory");
        const auto& ours = config_.server.data_dir;
        if (told == nullptr || ours.empty() || !config_.server.commands.start.empty()) return;
        std::error_code error;
        if (!std::filesystem::equivalent(*told, ours, error) && !error) checkup_.host->works_in = *told;
    }

    asio::awaitable<void> look_up_addresses() {
        for (const auto& node : config_.policy.nodes)
            for (const auto& address : node.addresses) {
                if (address.host.empty() || address.host.front() == '/' || address.host.front() == '@') continue;
                const auto found = co_await observer_.resolver().resolve(address.host, config_.policy.probe_timeout);
                if (found) checkup_.addresses[node.name].push_back(*found);
            }
    }

    asio::awaitable<void> look_at_host() {
        auto& host = checkup_.host.emplace();
        act::DataDirectory data{config_.server, config_.state_dir, clock_, config_.command_timeout};
        const auto survey = co_await data.survey();
        if (survey) {
            current_ = Conninfo::parse(survey->primary_conninfo).value_or(Conninfo{});
            if (survey->major_version != 0) host.data_major = survey->major_version;
            host.free_bytes = survey->free_bytes;
            host.clone_obstacle = survey->clone_obstacle;
        } else {
            host.trouble = survey.error().what;
        }
        if (config_.server.bin_dir.empty()) co_return;
        for (const auto* program : {"postgres", "pg_rewind", "pg_basebackup"}) {
            act::Invocation invocation;
            invocation.argv = {act::tool(config_.server.bin_dir, program), "--version"};
            invocation.timeout = config_.policy.probe_timeout;
            invocation.c_locale = true;
            const auto outcome = co_await act::run(std::move(invocation));
            if (!outcome || !outcome->ok()) continue;  // config/check tells of those that are not there
            if (const auto major = major_of(outcome->output)) host.program_majors.emplace(program, *major);
        }
    }

    const config::Config& config_;
    const Clock& clock_;
    Observer observer_;
    Checkup checkup_;
    Conninfo current_;  // the local primary_conninfo
};

}  // namespace

Symptoms check_up(const config::Config& config, const Clock& clock) {
    asio::io_context io{1};
    Visit visit(config, clock, io);
    Symptoms symptoms;
    asio::co_spawn(io, visit.run(), [&](const std::exception_ptr& bug, Symptoms found) {
        if (bug) std::rethrow_exception(bug);
        symptoms = std::move(found);
    });
    io.run();
    return symptoms;
}

}  // namespace pgcm::loop
