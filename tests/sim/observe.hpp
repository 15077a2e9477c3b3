#pragma once
// What a look at a server shows, as probe/ would report it.
#include "agent.hpp"
#include "world.hpp"

namespace pgcm::sim {

inline constexpr std::uint64_t the_system = 7000000000000000001;

Observation observe(World& world, Server& server, int number);
// As the server tells it: every host has its own idea of when the world began.
WallTime wall_of(const World& world, int host);
// As people set clocks: the same everywhere, but for what each is off.
WallTime date_of(const World& world, int host);

}  // namespace pgcm::sim
