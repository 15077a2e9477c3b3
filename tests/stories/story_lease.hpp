#pragma once
// The lease of a story's agent, told in one line: "agent a lease held term=3 votes=a,b,c". From then on it renews what
// it holds for as long as the voters answer it, so that a cut lets it run out by itself. The rules of how votes are got
// are lease/'s and are not played here.
#include <map>
#include <optional>
#include <vector>

#include "model/lease.hpp"
#include "words.hpp"
#include "world.hpp"

namespace pgcm::stories {

class StoryLease {
  public:
    // The rest of the line, its state first; without a state the rest is added to what was told before:
    //   held        the votes count at once          votes=a,b  whose locks it holds, and nobody else's
    //   ripens      they count after ttl and 2 %     term=3     the term that it promises with a majority of them
    //   none        it holds nothing                 since=2s   when the locks were taken; now, unless told
    //   slept       its host slept: nothing counts   until=8s   when it ends, whatever the votes say
    //   higher=4    a voter showed it this promise   inherited=8s  how long the last agent's votes last
    // All moments are the story's.
    void change(Words& words, World& world, const NodeName& self, BootTime now);
    // Renews, and tells how it stands.
    LeaseSeen look(const World& world, const NodeName& self, BootTime now);

  private:
    struct Lock {
        BootTime ripe;
        BootTime renewed;
        std::optional<BootTime> lost;  // the session ended; the lock would have to be taken anew
        bool counts(BootTime now) const { return lost.value_or(now) >= ripe; }
    };

    void take(World& world, const NodeName& self, const std::vector<NodeName>& voters, BootTime since, BootTime ripe);
    void renew(const World& world, const NodeName& self, BootTime now);
    std::optional<BootTime> valid_until(const Policy& policy, BootTime now) const;

    std::map<NodeName, Lock> locks_;
    LeaseSeen told_;  // all but the votes
};

}  // namespace pgcm::stories
