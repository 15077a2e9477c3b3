#pragma once
// What is asked of a server, by its version, and how the answer becomes facts. Facts of versions: LESSONS, checked on
// running servers 12 to 18.
#include <string>
#include <string_view>

#include "model/error.hpp"
#include "model/observation.hpp"
#include "probe/ballot.hpp"

namespace pgcm::probe {

// One statement, one row, one JSON object: all that every turn needs. With `identity`, also what cannot change during
// a session; with a ballot, also the vote. Reads only; needs no grant, but says which ones would show more.
std::string vitals_sql(bool identity, const std::optional<Ballot>& ballot = {});
// Of a witness only that it lives, and its vote: it holds nothing of the cluster.
std::string witness_sql(bool identity, const std::optional<Ballot>& ballot);
// The costly figures: sizes, pg_wal, slots.
std::string inventory_sql(int server_version);

// Fills the facts of `node` from the answer; what identity told before stays. `wall` is our clock in the middle of
// the round trip. Error: the answer is not what the statement should give.
Result<void> read_vitals(std::string_view json, WallTime wall, Observation& node,
                         const std::optional<Ballot>& ballot = {});
Result<void> read_witness(std::string_view json, WallTime wall, Observation& witness,
                          const std::optional<Ballot>& ballot);
Result<Inventory> read_inventory(std::string_view json, BootTime now);

}  // namespace pgcm::probe
