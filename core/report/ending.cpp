#include "report/ending.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pgcm::report {
namespace {

using Row = EndingRow;

std::string duration(std::int64_t ms) {
    return ms % 1000 == 0 ? fmt::format("{}s", ms / 1000) : fmt::format("{}ms", ms);
}

std::string told(const Fact& fact) {
    const auto* number = std::get_if<std::int64_t>(&fact.value);
    if (number != nullptr && fact.key.ends_with("_ms"))
        return fmt::format("{} {}", fact.key.substr(0, fact.key.size() - 3), duration(*number));
    if (number != nullptr) return fmt::format("{} {}", fact.key, *number);
    if (const auto* yes = std::get_if<bool>(&fact.value)) return fmt::format("{} {}", fact.key, *yes ? "yes" : "no");
    const auto& text = std::get<std::string>(fact.value);
    const bool plain = !text.empty() && text.find(' ') == std::string::npos && text != "*";
    return plain ? fmt::format("{} {}", fact.key, text) : fmt::format("{} '{}'", fact.key, text);
}

Row row_of(const Reason& reason) {
    return {std::string(name_of(reason.rule)), reason.node ? reason.node->str() : "", ending(reason.facts)};
}

std::string told(const Action& action) {
    std::string out{name_of(action.kind)};
    if (action.node) out += " " + action.node->str();
    if (!action.value.empty() || action.kind == ActionKind::set_sync_names) out += fmt::format(" '{}'", action.value);
    return out;
}

std::string candidates(const Election& election) {
    std::vector<Row> rows;
    for (const auto& candidate : election.candidates) {
        const auto rank = candidate.rank ? std::to_string(*candidate.rank) : candidate.eligible ? "=" : "-";
        Row row{rank, candidate.node.str()};
        if (candidate.reasons.empty()) rows.push_back(row);
        for (const auto& reason : candidate.reasons) {
            row.push_back(std::string(name_of(reason.rule)));
            row.push_back(ending(reason.facts));
            rows.push_back(std::exchange(row, {"", ""}));
        }
    }
    return "  candidates\n" + ending_table(rows, "    ");
}

std::string told(const LeaseWish& wish) {
    switch (wish.kind) {
        case LeaseWishKind::none: return "holds no vote";
        case LeaseWishKind::seek: return fmt::format("seeks the lease above term {}", wish.above);
        case LeaseWishKind::keep: return fmt::format("keeps the lease above term {}", wish.above);
        case LeaseWishKind::hand_over: return fmt::format("hands the lease over to {}", wish.to->str());
    }
    return "";
}

std::string told_fence(nanoseconds left) {
    const auto ms = to_ms(left).count();
    if (ms == 0) return "now";
    return ms > 0 ? "in " + duration(ms) : "since " + duration(-ms);
}

}  // namespace

std::string ending_table(const std::vector<Row>& rows, std::string_view indent) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line{indent};
        for (std::size_t i = 0; i < row.size(); ++i)
            if (widths[i] > 0) line += fmt::format("{:<{}}  ", row[i], widths[i]);
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

std::string ending(const Facts& facts) {
    std::string out;
    for (const auto& fact : facts) out += (out.empty() ? "" : ", ") + told(fact);
    return out;
}

std::string ending(const Reasons& reasons) {
    std::vector<Row> rows;
    for (const auto& reason : reasons) rows.push_back(row_of(reason));
    return ending_table(rows, "    ");
}

std::string ending(const Decision& decision, BootTime now, bool leased) {
    std::string out;
    for (const auto& action : decision.actions) out += (out.empty() ? "" : ", ") + told(action);
    out = (out.empty() ? "nothing" : out) + "\n" + ending(decision.reasons);
    if (leased) out += fmt::format("  {}\n", told(decision.wish));
    if (decision.fence_at) out += fmt::format("  fence {}\n", told_fence(*decision.fence_at - now));
    if (decision.look_again_at)
        out += fmt::format("  look again in {}\n", duration(to_ms(*decision.look_again_at - now).count()));
    if (decision.election) out += candidates(*decision.election);
    return out;
}

std::string ending(const Election& election) {
    std::string out = "nobody";
    if (election.winner) out = election.winner->str();
    if (election.primary) out = election.primary->str() + " stays";
    return out + "\n" + ending(election.reasons) + candidates(election);
}

}  // namespace pgcm::report
