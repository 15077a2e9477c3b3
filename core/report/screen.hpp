#pragma once
// The live screen of `status --watch`: all that is known, in as many lines as there are. Pure; the terminal is cmd's.
#include <string>

#include "model/alert.hpp"
#include "model/history.hpp"
#include "model/policy.hpp"
#include "model/verdict.hpp"
#include "model/view.hpp"
#include "report/table.hpp"

namespace pgcm::report {

enum class SortBy { file, name, role, lag };

struct Screen {
    View view;
    Alerts alerts;
    Verdict verdict = Verdict::no_primary;
    History history;             // the end of the journal of this host's agent
    std::string without_agent;   // why there is none; empty: there is
    SortBy sort = SortBy::file;  // of the nodes
    bool reversed = false;
};

// At most `rows` lines, each ended but the last one, which names the keys. What has no room is left out, the latest
// events first.
std::string screen_text(const Screen& screen, const Policy& policy, const Style& style, int rows);

}  // namespace pgcm::report
