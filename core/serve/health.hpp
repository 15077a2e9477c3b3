#pragma once
// Patroni's health checks of the local node, with its paths and its answers, so that load balancers that know Patroni
// need not learn anything. On a host without a node each of them is a no, but for /liveness.
#include <string_view>

#include "serve/truth.hpp"

namespace pgcm::serve {

// 200 or 503; 400 when ?lag= is no size. Zero: the path is no health check.
//   /primary /read-write /master /leader   the primary, while it may be written to
//   /replica /standby                      a standby; ?lag= bytes at most; ?replication_state=streaming
//   /read-only                             either
//   /synchronous /sync, /asynchronous /async   a standby that a commit may wait for, or another; ?lag=
//   /read-only-sync /read-only-synchronous     the primary or a synchronous standby
//   /health                                the local server accepts
//   /liveness                              the loop turns
//   /readiness                             the primary, or a standby that is not too far behind: ?lag=, by default
//                                          failover.max_lag; ?mode=apply (default) or write
int health_status(std::string_view path, std::string_view target, const Truth& truth);

}  // namespace pgcm::serve
