#pragma once
// The documents of Patroni's REST API, as far as they apply here; in its words (a primary is "master" or "leader"), so
// that what reads them there reads them here. JSON on one line.
#include <string>

#include "serve/truth.hpp"

namespace pgcm::serve {

// The local node: state, role, server_version, xlog, timeline, database_system_identifier, replication, pause (only
// where it is true), patroni.
std::string patroni_json(const Truth& truth);
// The members with their roles, timelines and lags; pause, as above; scope.
std::string cluster_json(const Truth& truth);
// [[timeline, position where it ended, reason], ...] of the primary's timeline, oldest first.
std::string history_json(const Truth& truth);

}  // namespace pgcm::serve
