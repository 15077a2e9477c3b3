#pragma once
// What is asked of the whole cluster, as settings of pgcm's own role: JSON texts, and the statements that keep them.
// Times are `_ms` since 1970, in UTC.
#include <optional>
#include <string>
#include <string_view>

#include "model/request.hpp"

namespace pgcm::postgres {

inline constexpr std::string_view pause_setting = "pgcm.pause";
inline constexpr std::string_view switchover_setting = "pgcm.switchover";

std::string pause_text(const Pause& pause);
std::string switchover_text(const SwitchoverRequest& request);
// The inverse; what is no such text is nothing.
std::optional<Pause> parse_pause(std::string_view text);
std::optional<SwitchoverRequest> parse_switchover(std::string_view text);

// For a session of our role, on the primary. They wait for no standby, which may not be there, and wake the agents
// that listen; what these then believe is the setting.
std::string keep_setting(std::string_view setting, std::string_view text);
std::string drop_setting(std::string_view setting);
// Says LISTEN to that.
std::string listen_sql();
// One row, one column: the setting's text; no row where it is not set.
std::string read_setting(std::string_view setting);

}  // namespace pgcm::postgres
