#include "tell.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "decide/by_hand.hpp"
#include "report/ending.hpp"
#include "view/assess.hpp"

namespace pgcm::stories {

std::string tell(const Reasons& against) {
    if (against.empty()) return "nothing speaks against it\n";
    const bool impossible = std::any_of(against.begin(), against.end(),
                                        [](const Reason& reason) { return decide::is_impossible(reason.rule); });
    return (impossible ? "impossible\n" : "not without force\n") + report::ending(against);
}

std::string tell(const Alerts& alerts, const View& view) {
    std::vector<report::EndingRow> rows;
    for (const auto& alert : alerts)
        rows.push_back({std::string(name_of(alert.severity)), std::string(name_of(alert.code)),
                        alert.node ? alert.node->str() : "", report::ending(alert.facts)});
    return fmt::format("{}\n", name_of(view::verdict(view, alerts))) + report::ending_table(rows, "    ");
}

}  // namespace pgcm::stories
