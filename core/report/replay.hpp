#pragma once
// A journal decided again: what was decided then, and what the same views give now.
#include <string>
#include <vector>

#include "model/decision.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

namespace pgcm::report {

struct Replayed {
    BootTime at;  // of the view, on whatever clock its other times are
    WallTime taken_at;
    std::string event;
    Decision recorded;
    Decision again;
};

std::string replay_table(const std::vector<Replayed>& turns, const Style& style);
// pgcm.replay/1: turns, same, differing, and the last decision.
std::string replay_json(const std::vector<Replayed>& turns, Layout layout);

}  // namespace pgcm::report
