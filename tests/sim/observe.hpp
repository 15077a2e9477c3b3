#pragma once
// What a look at a server shows, as probe/ would report it.
#include "agent.hpp"
#include "world.hpp"

namespace pgcm::sim {

inline constexpr std::uint64_t the_system = 7000000000000000001;

Observation observe(World& world, Server& server, int number);
WallTime wall_of(const World& world, int host);

}  // namespace pgcm::sim
