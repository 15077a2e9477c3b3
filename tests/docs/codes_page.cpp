// Prints pgcm-codes(7) from the enums and their words: what is in the program is in the page. man/pgcm-codes.7 is what
// it prints; docs_codes compares them. A new enum is one more section().
#include <fmt/format.h>

#include <cstdio>

#include "../../cmd/exit.hpp"
#include "report/table.hpp"
#include "report/words.hpp"

namespace {

using namespace pgcm;

constexpr std::size_t longest_line = 78;

// Text as mdoc wants it: no line of it is a request, no backslash an escape, and nothing a function's name.
std::string prose(const std::string& text) {
    std::string escaped;
    for (const char c : text) escaped += c == '\\' ? "\\e" : c == '(' ? "\\&(" : std::string(1, c);
    std::string out;
    for (const auto& line : report::wrapped(escaped, longest_line))
        out += (line.starts_with('.') || line.starts_with('\'') ? "\\&" : "") + line + "\n";
    return out;
}

// Each enumerator with what `explain` says of it.
template <class E, class Explain>
std::string section(const std::string& title, const std::string& lead, Explain explain) {
    std::string out = ".Sh " + title + "\n" + prose(lead) + ".Bl -tag -width Ds\n";
    for (const auto& [enumerator, name] : enum_names<E>) out += fmt::format(".It Cm {}\n", name) + explain(enumerator);
    return out + ".El\n";
}

std::string alert(AlertCode code) {
    const auto words = report::words(Alert{code, Severity::warning, {}, {}});
    const auto semicolon = words.rfind("; ");
    return prose(words.substr(0, semicolon)) + ".br\n.Em What to do :\n" + prose(words.substr(semicolon + 2));
}

std::string rule(Rule rule) {
    return prose(report::words(Reason{rule, {}, {}}));
}

std::string action(ActionKind kind) {
    return prose(report::words(Action{kind, {}, {}}));
}

std::string exit_codes() {
    std::string out = ".Sh EXIT STATUS\n.Bl -tag -width Ds\n";
    for (const auto& [code, meaning] : cmd::exit_meanings)
        out += fmt::format(".It {}\n", code) + prose(std::string(meaning));
    return out + ".El\n.Pp\n" +
           prose(
               "With --plugin, status has the codes of monitoring plugins: 0 healthy, 1 degraded, 2 no primary or more "
               "than one, 3 unknown.");
}

}  // namespace

int main() {
    const auto page =
        std::string(
            ".\\\" Made by tests/docs/codes_page from the program's own words: PGCM_REWRITE=1 makes it anew.\n"
            ".Dd November 26, 2026\n.Dt PGCM-CODES 7\n.Os\n.Sh NAME\n.Nm pgcm-codes\n"
            ".Nd alerts, rules, actions and exit codes of pgcm\n.Sh DESCRIPTION\n") +
        prose("Each name below is the same in JSON, tables, logs, the journal and events.") +
        prose("The words are those that a person reads, without the node and the figures of the case.") + exit_codes() +
        section<AlertCode>("ALERT CODES",
                           "Standing facts that a person should know of, in status and in alerts of HTTP.", alert) +
        section<Rule>("RULES OF DECISIONS", "Why something is done, or is not: the reasons of a decision.", rule) +
        section<ActionKind>("ACTIONS TAKEN", "What a decision has done on the local node.", action) +
        ".Sh SEE ALSO\n.Xr pgcm 1 ,\n.Xr pgcm-elect 1 ,\n.Xr pgcm-history 1 ,\n.Xr pgcm-status 1 ,\n.Xr pgcm-watch 1\n";
    return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0 : 1;
}
