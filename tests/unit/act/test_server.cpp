#include "test_server.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/this_coro.hpp>
#include <csignal>

#include "act/files.hpp"
#include "act/process.hpp"
#include "act/server_processes.hpp"

namespace pgcm::act::test {

namespace {

const TemporaryDirectory& shared() {
    static const TemporaryDirectory directory{"shared"};
    return directory;
}

}  // namespace

const std::string& shared_directory() {
    return shared().path();
}

TestServer::TestServer(const TemporaryDirectory& directory, const std::string& name, int port_number)
    : data_dir(directory / ("data of " + name)),
      socket_dir(shared_directory()),
      state_dir(directory / ("state of " + name)),
      port(port_number),
      node(*NodeName::make(name)) {
    settings.data_dir = data_dir;
    settings.bin_dir = bin_dir();
    settings.run_as = server_user();
    rebuild();
}

TestServer::~TestServer() {
    for (int i = 0; i < 1000; ++i) {
        const auto left = server_processes(real_place(data_dir));
        for (const int pid : left) ::kill(pid, SIGKILL);
        reap_ended();
        if (left.empty()) {
            // Of a server that was killed; init may take its time to bury the process that it names.
            for (const auto* suffix : {"", ".lock"})
                ::unlink((socket_dir + "/.s.PGSQL." + std::to_string(port) + suffix).c_str());
            return;
        }
        ::usleep(1000);
    }
    ADD_FAILURE() << "processes are left in " << data_dir;
}

void TestServer::rebuild() {
    data = std::make_unique<DataDirectory>(settings, state_dir, clock, 20s);
    server = std::make_unique<LocalServer>(*data, placeholders_for(settings, node, Conninfo{}));
}

void TestServer::initdb(bool own_system) {
    const auto make = [&](const std::string& path) {
        shell(shell_quoted(settings.bin_dir + "/initdb") +
              " -A trust -U postgres -N --wal-segsize=1 -E UTF8 --no-locale -D " + shell_quoted(path));
    };
    if (own_system) {
        make(data_dir);
    } else {
        if (!there(shared() / "system")) make(shared() / "system");
        copy_from(shared() / "system");
    }
    put(data_dir + "/postgresql.conf", configuration());
}

void TestServer::copy_from(const std::string& path) {
    shell("cp -a " + shell_quoted(path) + " " + shell_quoted(data_dir));
}
void TestServer::copy_to(const std::string& path) const {
    shell("cp -a " + shell_quoted(data_dir) + " " + shell_quoted(path));
}

void TestServer::configure_elsewhere(const std::string& path) {
    put(path, configuration());
    settings.config_file = path;
    rebuild();
}

std::string TestServer::configuration() const {
    return "port = " + std::to_string(port) + "\nlisten_addresses = ''\nunix_socket_directories = '" + socket_dir +
           "'\nfsync = off\nwal_log_hints = on\nshared_buffers = 8MB\nmax_wal_size = 64MB\nmin_wal_size = "
           "2MB\nwal_keep_size = 64MB\n"
           "wal_level = replica\nhot_standby = on\n";
}

int TestServer::start() {
    Loop loop;
    const auto pid = loop.wait(server->start(true, 20s));
    EXPECT_TRUE(pid) << (pid ? "" : pid.error().what + "\n" + get(state_dir + "/server.log"));
    wait_for("SELECT 1", "1");
    return pid.value_or(0);
}

void TestServer::stop() {
    Loop loop;
    const auto stopped = loop.wait(server->stop(StopMode::fast, 15s));
    EXPECT_TRUE(stopped) << (stopped ? "" : stopped.error().what);
}

std::string TestServer::ask(const std::string& sql) const {
    Loop loop;
    const auto answer = [&]() -> asio::awaitable<std::string> {
        postgres::Session session{co_await asio::this_coro::executor, resolver_};
        const auto opened = co_await session.connect(conninfo(), 5s);
        if (!opened) co_return "failed: " + opened.error().message;
        const auto tables = co_await session.query(sql, 10s);
        if (!tables) co_return "failed: " + tables.error().message;
        co_return tables->empty() ? "" : tables->back().single().value_or("");
    };
    return loop.wait(answer());
}

void TestServer::wait_for(const std::string& sql, const std::string& value) const {
    std::string last;
    for (int i = 0; i < 400; ++i) {
        last = ask(sql);
        if (last == value) return;
        ::usleep(25'000);
    }
    ADD_FAILURE() << sql << " is " << last << ", not " << value << "\n" << get(state_dir + "/server.log");
}

Conninfo TestServer::conninfo() const {
    Conninfo made;
    made.set("host", socket_dir).set("port", std::to_string(port)).set("user", "postgres").set("dbname", "postgres");
    return made;
}

Place TestServer::place() const {
    return {data_dir, settings.bin_dir, settings.config_file, state_dir + "/server"};
}

Site TestServer::site(bool dry_run) {
    Site made{node, *server, resolver_, conninfo()};
    made.command_timeout = 20s;
    made.follow_check_after = 10s;
    made.progress = [this](const Step& step) { told.push_back(step.name + "/" + std::string{name_of(step.state)}); };
    made.dry_run = dry_run;
    return made;
}

}  // namespace pgcm::act::test
