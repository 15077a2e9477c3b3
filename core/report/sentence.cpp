#include "report/sentence.hpp"

#include <algorithm>
#include <set>

#include "model/assert.hpp"
#include "report/units.hpp"

namespace pgcm::report {
namespace {

class Filler {
  public:
    Filler(const std::optional<NodeName>& node, const Facts& facts) : node_(node), facts_(facts) {}

    // Text with gaps but without brackets; empty when a gap stays empty.
    std::optional<std::string> part(std::string_view pattern) {
        std::string out;
        while (!pattern.empty()) {
            const auto open = std::min(pattern.find('{'), pattern.size());
            out += pattern.substr(0, open);
            pattern.remove_prefix(open);
            if (pattern.empty()) break;
            const auto close = pattern.find('}');
            PGCM_ASSERT(close != std::string_view::npos);
            const auto text = gap(pattern.substr(1, close - 1));
            if (!text) return std::nullopt;
            out += *text;
            pattern.remove_prefix(close + 1);
        }
        return out;
    }

    std::string rest() const {
        std::string out;
        for (const auto& fact : facts_) {
            if (used_.contains(fact.key)) continue;
            auto key = fact.key;
            for (const std::string_view unit : {"_bytes", "_ms"})
                if (key.ends_with(unit)) key.resize(key.size() - unit.size());
            std::replace(key.begin(), key.end(), '_', ' ');
            const auto value = told(fact);
            out += (out.empty() ? "" : ", ") + printable(key) + (value.empty() ? "" : " " + value);
        }
        return out.empty() ? "" : " (" + out + ")";
    }

  private:
    std::optional<std::string> gap(std::string_view inside) {
        const auto bar = inside.find('|');
        auto key = inside.substr(0, bar);
        const bool quoted = key.ends_with(":q");
        if (quoted) key.remove_suffix(2);
        used_.emplace(key);
        if (key == "node" && node_) return printable(node_->str());
        for (const auto& fact : facts_) {
            if (fact.key != key) continue;
            if (quoted) return "'" + told(fact) + "'";
            if (auto text = told(fact); !text.empty()) return text;
        }
        if (bar == std::string_view::npos) return std::nullopt;
        return std::string{inside.substr(bar + 1)};
    }

    const std::optional<NodeName>& node_;
    const Facts& facts_;
    std::set<std::string, std::less<>> used_;
};

}  // namespace

std::string told(const Fact& fact) {
    if (const auto* yes = std::get_if<bool>(&fact.value)) return *yes ? "yes" : "no";
    if (const auto* given = std::get_if<std::string>(&fact.value)) {
        auto text = printable(*given);
        // A server's sentence becomes a part of ours.
        while (fact.key == "message" && !text.empty() && (text.back() == '.' || text.back() == '?')) text.pop_back();
        return text;
    }
    const auto number = std::get<std::int64_t>(fact.value);
    constexpr std::int64_t most_ms = nanoseconds::max().count() / 1000000;
    if (fact.key.ends_with("_bytes") && number >= 0) return size(static_cast<std::uint64_t>(number));
    if (fact.key.ends_with("_ms") && std::abs(number / 2) < most_ms / 2) return duration(milliseconds{number});
    if (fact.key == "seconds") return std::to_string(number) + " s";
    return std::to_string(number);
}

std::string fill(std::string_view pattern, const std::optional<NodeName>& node, const Facts& facts) {
    Filler filler{node, facts};
    std::string out;
    while (!pattern.empty()) {
        const auto open = std::min(pattern.find('['), pattern.size());
        const auto text = filler.part(pattern.substr(0, open));
        PGCM_ASSERT(text);  // outside of brackets every gap has a fallback
        out += *text;
        pattern.remove_prefix(open);
        if (pattern.empty()) break;
        const auto close = pattern.find(']');
        PGCM_ASSERT(close != std::string_view::npos);
        out += filler.part(pattern.substr(1, close - 1)).value_or("");
        pattern.remove_prefix(close + 1);
    }
    return out + filler.rest();
}

}  // namespace pgcm::report
