#pragma once
// What would make the next failover or rejoin fail, from what the doctor saw. Pure.
#include "model/examination.hpp"
#include "model/finding.hpp"
#include "model/policy.hpp"
#include "model/settings.hpp"
#include "model/view.hpp"
#include "view/assess.hpp"

namespace pgcm::view {

// critical: the next failover or rejoin fails, or commits may be lost; warning: it is slower, or fails under
// circumstances; notice: worth a look. In order of severity, then of the configuration. `view` was taken with its
// inventory. What could not be seen is no symptom, except where somebody should let pgcm see it.
Symptoms diagnose(const View& view, const Checkup& checkup, const Policy& policy, const ServerSettings& server,
                  const Thresholds& thresholds = {});

}  // namespace pgcm::view
