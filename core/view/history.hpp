#pragma once
// A journal, line by line, as History: only what changed is kept of each decision, so that it may be long.
#include <optional>
#include <set>
#include <string_view>

#include "model/history.hpp"
#include "view/record.hpp"

namespace pgcm::view {

class HistoryReader {
  public:
    // Entries from before `since` are read, for what came to look otherwise, and left out. `wanted`: the number of a
    // decision that is to be kept whole.
    explicit HistoryReader(std::optional<WallTime> since = {}, std::size_t wanted = 0);

    // `whole`: false for a last line without its end. A line that cannot be read becomes Damage.
    void take(std::string_view line, bool whole = true);
    const std::optional<Record>& wanted() const { return found_; }
    const History& history() const { return history_; }

  private:
    void take(Record record);
    void follow_incident(const Record& record, WallTime at);
    void add(WallTime at, Entry entry);
    void damage(std::string what);
    std::vector<Sight> news(const View& view);

    std::optional<WallTime> since_;
    std::size_t wanted_;
    std::size_t lines_ = 0;
    std::optional<Record> found_;
    History history_;
    std::optional<Incident> incident_;
    std::vector<Sight> seen_;
    Alerts standing_;
    std::string decided_;
    std::optional<NodeName> primary_;
};

}  // namespace pgcm::view
