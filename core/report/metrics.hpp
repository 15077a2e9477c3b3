#pragma once
// Prometheus' text format, version 0.0.4. What applies of Patroni's metrics is there under Patroni's names, of the
// local node; the rest begins with pgcm_. Every sample carries scope (the cluster's name) and name (the local node's,
// empty on a host without one).
#include <string>

#include "model/alert.hpp"
#include "model/figures.hpp"
#include "model/verdict.hpp"
#include "model/view.hpp"

namespace pgcm::report {

// What is not known has no sample, but for the roles, which are 0: an old view says nothing of them.
std::string metrics(const View& view, const Alerts& alerts, Verdict verdict, const Figures& figures);

}  // namespace pgcm::report
