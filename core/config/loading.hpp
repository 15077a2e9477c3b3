#pragma once
// The steps of parse(); each leaves the Config alone where the file says nothing.
#include "config/config.hpp"
#include "config/lookup.hpp"
#include "config/reader.hpp"

namespace pgcm::config {

// load_nodes.cpp: [cluster], [[node]] and [[witness]]; wants postgres.slot read before.
void read_cluster(Reader& reader, Config& config);
void read_nodes(Reader& reader, Config& config);
void read_witnesses(Reader& reader, Config& config);
void settle_local(Reader& reader, Config& config, const Circumstances& around);

// load_rules.cpp: what decisions depend on, and what cannot go together.
void read_timing(Reader& reader, Config& config);
void read_failover(Reader& reader, Config& config);
void read_lease(Reader& reader, Config& config);
void read_sync(Reader& reader, Config& config);
void check_combinations(Reader& reader, const Config& config);

// load_server.cpp: [postgres], [rejoin], [commands] and [network].
void read_postgres(Reader& reader, Config& config);
void read_rejoin(Reader& reader, Config& config);
void read_commands(Reader& reader, Config& config);

// load_service.cpp: [serve], [log], [state] and [hooks].
void read_service(Reader& reader, Config& config);

// "host:port", "[v6]:port"; what is wrong with it, or empty when nothing is. In load_service.cpp.
std::string wrong_endpoint(std::string_view text);

}  // namespace pgcm::config
