#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>

#include <boost/asio/this_coro.hpp>
#include <filesystem>
#include <fstream>

#include "config/adopt.hpp"
#include "postgres/session.hpp"

namespace pgcm::config {
namespace {

namespace asio = boost::asio;
using postgres::Session;
using Row = std::vector<std::optional<std::string>>;

// Without the rights for it a setting is NULL, or the statement fails.
asio::awaitable<std::vector<Row>> rows(Session& session, std::string sql, milliseconds timeout) {
    auto answer = co_await session.query(std::move(sql), timeout);
    if (!answer || answer->empty()) co_return std::vector<Row>{};
    co_return std::move(answer->back().rows);
}

asio::awaitable<std::string> value(Session& session, std::string sql, milliseconds timeout) {
    const auto found = co_await rows(session, std::move(sql), timeout);
    co_return found.empty() || found[0].empty() ? std::string{} : found[0][0].value_or("");
}

asio::awaitable<std::string> setting(Session& session, std::string_view name, milliseconds timeout) {
    auto sql = fmt::format("SELECT pg_catalog.current_setting({}, true)", Session::quote_literal(name));
    co_return co_await value(session, std::move(sql), timeout);
}

// The directory of the binary that the postmaster runs; and whose the data directory is.
void look_at_disk(Found& found) {
    std::ifstream file(found.data_dir + "/postmaster.pid");
    std::string pid;
    std::error_code error;
    if (std::getline(file, pid)) {
        const auto binary = std::filesystem::read_symlink("/proc/" + pid + "/exe", error);
        if (!error) found.bin_dir = binary.parent_path().string();
    }
    struct stat data {};
    if (found.data_dir.empty() || ::stat(found.data_dir.c_str(), &data) != 0) return;
    if (const auto* owner = ::getpwuid(data.st_uid); owner != nullptr) found.owner = owner->pw_name;
}

// Whether a server of this cluster in that role answers there, which is not the one that began at `not_this`.
asio::awaitable<bool> answers(postgres::Resolver& resolver, Conninfo there, std::string system, bool in_recovery,
                              std::string not_this, milliseconds timeout) {
    Session session(co_await asio::this_coro::executor, resolver);
    if (!co_await session.connect(std::move(there), timeout)) co_return false;
    const auto found = co_await rows(session,
                                     "SELECT system_identifier, pg_catalog.pg_is_in_recovery(), "
                                     "pg_catalog.pg_postmaster_start_time() FROM pg_catalog.pg_control_system()",
                                     timeout);
    co_return !found.empty() && found[0][0].value_or("") == system &&
        (found[0][1].value_or("") == "t") == in_recovery && found[0][2].value_or("") != not_this;
}

struct Local {
    std::string system, started, port;
};

// The standbys that stream from the session's server.
asio::awaitable<void> find_standbys(Found& found, Session& primary, postgres::Resolver& resolver, Conninfo ours,
                                    Local local, milliseconds timeout) {
    const auto streams =
        co_await rows(primary,
                      "SELECT application_name, coalesce(client_hostname, pg_catalog.host(client_addr)),"
                      " usename FROM pg_catalog.pg_stat_replication WHERE application_name NOT IN "
                      "('pg_basebackup', 'pg_receivewal') AND application_name NOT LIKE 'pgcm-clone/%' ORDER BY 1, 2",
                      timeout);
    for (const auto& row : streams) {
        if (!row[2].value_or("").empty()) found.replication_user = *row[2];
        const auto application = row[0].value_or("");
        const bool named = !application.empty() && application != "walreceiver";
        // This very server is told already.
        if (!found.primary && named && application == found.nodes.front().name) continue;
        FoundNode node;
        node.host = row[1].value_or("");
        node.name = named ? application : node.host;
        node.from = fmt::format("A standby that streams as {}", named ? application : std::string("walreceiver"));
        if (!node.host.empty()) {
            auto there = ours;
            there.set("host", node.host).set("hostaddr", "").set("port", local.port);
            // Named, as everywhere: GCC 12 destroys a braced temporary among the arguments of an awaited call twice.
            auto not_this = found.primary ? std::string() : local.started;
            node.proven =
                co_await answers(resolver, std::move(there), local.system, true, std::move(not_this), timeout);
        }
        if (node.proven) node.port = local.port;
        found.nodes.push_back(std::move(node));
    }
    found.sync_names = co_await setting(primary, "synchronous_standby_names", timeout);
    const auto slots = co_await rows(
        primary, "SELECT slot_name FROM pg_catalog.pg_replication_slots WHERE slot_type = 'physical' ORDER BY 1",
        timeout);
    for (const auto& slot : slots) found.slots.push_back(slot[0].value_or(""));
}

// A standby knows its primary.
asio::awaitable<void> find_primary(Found& found, Session& session, postgres::Resolver& resolver, Conninfo ours,
                                   Local local, milliseconds timeout) {
    const auto text = co_await setting(session, "primary_conninfo", timeout);
    const auto upstream = Conninfo::parse(text);
    if (text.empty() || !upstream) {
        found.gaps.push_back("the primary: primary_conninfo of the local server cannot be read (it needs pg_monitor)");
        found.nodes.push_back({{}, {}, {}, "The primary", false, false});
        co_return;
    }
    if (const auto name = upstream->get("application_name")) found.nodes.front().name = *name;
    if (const auto user = upstream->get("user")) found.replication_user = *user;
    FoundNode node;
    node.host = upstream->get("host").value_or(upstream->get("hostaddr").value_or(""));
    node.port = upstream->get("port").value_or("5432");
    node.from = "The primary, as primary_conninfo of the local server has it";
    auto there = ours;
    there.set("host", node.host).set("hostaddr", "").set("port", node.port);
    Session primary(co_await asio::this_coro::executor, resolver);
    const auto opened = co_await primary.connect(there, timeout);
    if (opened) {
        node.proven = true;
        node.name = co_await setting(primary, "cluster_name", timeout);
    } else {
        found.gaps.push_back("the other standbys: the primary did not let us in (" + opened.error().message + ")");
    }
    if (node.name.empty() && node.host.find('/') == std::string::npos) node.name = node.host;
    found.nodes.push_back(node);
    if (opened) co_await find_standbys(found, primary, resolver, ours, local, timeout);
}

void name_gaps(Found& found) {
    if (found.bin_dir.empty()) found.gaps.push_back("postgres.bin_dir: run it as the server's user to have it found");
    if (found.data_dir.empty()) found.gaps.push_back("postgres.data_dir: it needs pg_read_all_settings");
    if (found.replication_user.empty()) found.gaps.push_back("the role that standbys stream as");
    for (auto& node : found.nodes) {
        // Two of one name are no two nodes.
        const auto same = std::count_if(found.nodes.begin(), found.nodes.end(),
                                        [&](const FoundNode& other) { return other.name == node.name; });
        if (same > 1 && !node.local) node.name.clear();
    }
    for (const auto& node : found.nodes) {
        const auto& name = node.name.empty() ? std::string("a node without a name of its own") : node.name;
        if (node.name.empty()) found.gaps.push_back("the name of a node");
        if (node.host.empty()) found.gaps.push_back("the host of " + name);
        if (node.port.empty()) found.gaps.push_back("the port of " + name + ": a standby does not tell its primary");
    }
}

}  // namespace

asio::awaitable<Result<Found>> look_around(postgres::Resolver& resolver, Conninfo local, std::string hostname,
                                           milliseconds timeout) {
    Session session(co_await asio::this_coro::executor, resolver);
    local.set_default("dbname", "postgres").set_default("application_name", "pgcm config init");
    const auto opened = co_await session.connect(local, timeout);
    if (!opened) {
        auto error = to_error(opened.error(), "the local server does not let us in");
        error.hint = "run it as the server's user, or say how: pgcm config init 'host=/run/postgresql user=postgres'";
        co_return fail(std::move(error));
    }
    Found found;
    found.version = session.server_version();
    found.primary = co_await value(session, "SELECT pg_catalog.pg_is_in_recovery()", timeout) == "f";
    found.cluster = co_await setting(session, "cluster_name", timeout);
    found.data_dir = co_await setting(session, "data_directory", timeout);
    const auto config_file = co_await setting(session, "config_file", timeout);
    if (!config_file.empty() && config_file != found.data_dir + "/postgresql.conf") found.config_file = config_file;
    const auto sockets = co_await setting(session, "unix_socket_directories", timeout);
    found.socket_dir = sockets.substr(0, sockets.find(','));
    Local known;
    known.system = co_await value(session, "SELECT system_identifier FROM pg_catalog.pg_control_system()", timeout);
    known.started = co_await value(session, "SELECT pg_catalog.pg_postmaster_start_time()", timeout);
    known.port = co_await setting(session, "port", timeout);
    look_at_disk(found);
    const auto dot = std::min(hostname.find('.'), hostname.size());
    found.nodes.push_back({hostname.substr(0, dot), hostname, known.port, "The local server", true, true});
    if (found.primary) {
        // What the servers call themselves is a better name than the host's.
        co_await find_standbys(found, session, resolver, local, known, timeout);
        if (!found.cluster.empty()) found.nodes.front().name = found.cluster;
    } else {
        co_await find_primary(found, session, resolver, local, known, timeout);
    }
    // cluster_name names the one server, where it is set at all.
    found.cluster = "main";
    if (found.nodes.size() < 2) {
        found.gaps.push_back("the other nodes: nobody streams from the local server");
        found.nodes.push_back({{}, {}, {}, "Another node", false, false});
    }
    name_gaps(found);
    co_return found;
}

}  // namespace pgcm::config
