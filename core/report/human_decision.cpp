#include <fmt/format.h>

#include <algorithm>

#include "report/human.hpp"
#include "report/units.hpp"
#include "report/words.hpp"

namespace pgcm::report {
namespace {

// "label  text", the text wrapped with a hanging indent; an empty label continues the one above.
std::string entry(std::string_view label, const std::string& text, Paint paint, const Style& style) {
    constexpr std::size_t indent = 9;
    const auto terminal = static_cast<std::size_t>(std::max(style.width, 0));
    std::string out;
    for (const auto& line : wrapped(text, terminal > indent + 24 ? terminal - indent : 0)) {
        out += out.empty() ? painted(label, paint, style) + std::string(indent - label.size(), ' ')
                           : std::string(indent, ' ');
        out += line + "\n";
    }
    return out;
}

std::string because(const Reasons& reasons, const Style& style) {
    std::string out;
    for (const auto& reason : reasons) out += entry(out.empty() ? "because" : "", words(reason), Paint::dim, style);
    return out;
}

std::string joined(const Reasons& reasons) {
    std::string out;
    for (const auto& reason : reasons) out += (out.empty() ? "" : "\n") + words(reason);
    return out;
}

}  // namespace

std::string election_table(const Election& election, const Style& style) {
    std::string out;
    if (election.primary)
        out = entry("primary", printable(election.primary->str()) + " stays", Paint::good, style);
    else if (election.winner)
        out = entry("winner", painted(printable(election.winner->str()), Paint::bold, style), Paint::good, style);
    else
        out = entry("winner", "nobody", Paint::bad, style);
    out += because(election.reasons, style);
    Table table{{{"NODE"}, {"RANK", Align::right}, {"ELIGIBLE"}, {"WHY"}}};
    for (const auto& candidate : election.candidates) {
        // Where a primary stays they are not ranked.
        const bool open = !candidate.eligible && candidate.reasons.empty();
        table.add({{printable(candidate.node.str()), candidate.node == election.winner ? Paint::bold : Paint::plain},
                   {candidate.rank ? std::to_string(*candidate.rank) : ""},
                   {open                 ? ""
                    : candidate.eligible ? "yes"
                                         : "no",
                    candidate.eligible ? Paint::good : Paint::dim},
                   {open ? "nothing speaks against it" : joined(candidate.reasons)}});
    }
    return table.empty() ? out : out + "\n" + table.str(style);
}

std::string decision_text(const Decision& decision, const Style& style) {
    std::string out;
    for (const auto& action : decision.actions)
        out += entry(out.empty() ? "do" : "", words(action), Paint::bold, style);
    if (out.empty()) out = entry("do", "nothing", Paint::bold, style);
    out += because(decision.reasons, style);
    if (!decision.election) return out;
    auto election = *decision.election;
    std::erase_if(election.reasons, [&](const Reason& reason) {  // those are told already
        return std::find(decision.reasons.begin(), decision.reasons.end(), reason) != decision.reasons.end();
    });
    return out + "\n" + election_table(election, style);
}

std::string error_text(const Error& error, const Style& style) {
    std::string out = painted("error", Paint::bad, style) + "  " + printable(error.what) + "\n";
    if (!error.hint.empty()) out += painted("hint", Paint::dim, style) + "   " + printable(error.hint) + "\n";
    return out;
}

}  // namespace pgcm::report
