#pragma once
// A real server in a directory of its own, reached by its socket only.
#include <memory>
#include <string>

#include "act/operations.hpp"
#include "support.hpp"

namespace pgcm::act::test {

// Lives as long as the tests: sockets, and data directories to copy from.
const std::string& shared_directory();

class TestServer {
  public:
    // `port` tells the sockets in the directory apart; nothing listens on TCP.
    TestServer(const TemporaryDirectory& directory, const std::string& name, int port);
    ~TestServer();  // leaves no process

    // A system of its own, or a copy of one that all servers of this run share.
    void initdb(bool own_system = false);
    // A stopped server's data directory, to begin from.
    void copy_from(const std::string& path);
    void copy_to(const std::string& path) const;
    // As Debian does it: postgresql.conf outside the data directory.
    void configure_elsewhere(const std::string& path);
    int start();
    void stop();
    // One value, by a session of its own; the message of a failure begins with "failed".
    std::string ask(const std::string& sql) const;
    void wait_for(const std::string& sql, const std::string& value) const;

    Site site(bool dry_run = false);
    Conninfo conninfo() const;
    Place place() const;

    std::string data_dir, socket_dir, state_dir;
    int port;
    NodeName node;
    ServerSettings settings;
    TestClock clock;
    std::unique_ptr<DataDirectory> data;
    std::unique_ptr<LocalServer> server;
    std::vector<std::string> told;  // names of the steps, as they began

    void rebuild();  // data and server, after settings were changed

  private:
    std::string configuration() const;
    mutable postgres::Resolver resolver_;
};

}  // namespace pgcm::act::test
