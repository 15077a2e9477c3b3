#pragma once
// What was done on a node, as its journal tells it beside the decisions.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/names.hpp"
#include "model/node_name.hpp"
#include "model/time.hpp"

namespace pgcm {

enum class DeedState { begins, done, skipped, failed, interrupted };
template <>
inline constexpr auto enum_names<DeedState> = std::array{
    EnumName<DeedState>{DeedState::begins, "begins"},           EnumName<DeedState>{DeedState::done, "done"},
    EnumName<DeedState>{DeedState::skipped, "skipped"},         EnumName<DeedState>{DeedState::failed, "failed"},
    EnumName<DeedState>{DeedState::interrupted, "interrupted"},
};

// As Deed::action: the agent itself begins or ends, as its text says.
inline constexpr std::string_view agent_deed = "agent";

struct Deed {
    WallTime at;         // when it came to this state
    NodeName node;       // on whose host
    std::string action;  // an ActionKind's name, or a command's; empty for a step of what was begun before
    std::string step;    // empty: the action as a whole
    DeedState state = DeedState::begins;
    milliseconds took{0};
    std::string text;  // in words; never a secret
    std::string user;  // who gave the command; empty: the agent
    bool operator==(const Deed&) const = default;
};

// A promotion by force.
struct Forced {
    WallTime at;
    NodeName node;
    std::string user;
    std::string why;                      // may be empty
    std::vector<std::string> overridden;  // the rules that spoke against it, in words
    bool operator==(const Forced&) const = default;
};

}  // namespace pgcm
