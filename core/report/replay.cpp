#include "report/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/units.hpp"
#include "report/words.hpp"

namespace pgcm::report {
namespace {

std::string actions_of(const Decision& decision) {
    std::string text;
    for (const auto& action : decision.actions) text += (text.empty() ? "" : ", ") + std::string(name_of(action.kind));
    return text;
}

std::string why(const Decision& decision) {
    return decision.reasons.empty() ? "" : words(decision.reasons.back());
}

auto same(const std::vector<Replayed>& turns) {
    return std::count_if(turns.begin(), turns.end(), [](const Replayed& turn) { return turn.recorded == turn.again; });
}

}  // namespace

std::string replay_table(const std::vector<Replayed>& turns, const Style& style) {
    Table table({{"TIME"}, {"DECIDED"}, {"AGAIN"}, {"WHY"}});
    for (const auto& turn : turns) {
        const bool agrees = turn.recorded == turn.again;
        table.add({{time(turn.taken_at)},
                   {actions_of(turn.recorded)},
                   {agrees ? "the same" : actions_of(turn.again) + " (differs)", agrees ? Paint::good : Paint::bad},
                   {why(turn.again)}});
    }
    return table.str(style) + fmt::format("\n{} turn{} decided again, {} the same\n", turns.size(),
                                          turns.size() == 1 ? "" : "s", same(turns));
}

std::string replay_json(const std::vector<Replayed>& turns, Layout layout) {
    nlohmann::ordered_json document{{"schema", "pgcm.replay/1"}, {"turns", turns.size()}, {"same", same(turns)}};
    document["differing"] = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < turns.size(); ++i)
        if (turns[i].recorded != turns[i].again)
            document["differing"].push_back({{"turn", i + 1},
                                             {"time", time(turns[i].taken_at)},
                                             {"recorded", actions_of(turns[i].recorded)},
                                             {"again", actions_of(turns[i].again)}});
    if (!turns.empty())
        document["last"] =
            nlohmann::ordered_json::parse(decision_json(turns.back().again, turns.back().at, Layout::line));
    return document.dump(layout == Layout::indented ? 2 : -1);
}

}  // namespace pgcm::report
