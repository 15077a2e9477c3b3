#pragma once
// The name of a node of the cluster, as the configuration spells it.
#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "model/error.hpp"

namespace pgcm {

class NodeName {
  public:
    NodeName() = default;
    // 1 to 63 bytes of valid UTF-8 without control characters. Error: usage, with the reason.
    static Result<NodeName> make(std::string_view text);

    const std::string& str() const { return text_; }
    bool empty() const { return text_.empty(); }
    auto operator<=>(const NodeName&) const = default;

  private:
    std::string text_;
};

// The application_name by which the node's walreceiver is known. PostgreSQL replaces what is not printable ASCII in
// that setting (pg_clean_ascii; differently before and after 16), so such bytes, and '%', are written as %XX here.
std::string application_name(const NodeName& node);

// `pattern` with "{node}" replaced: lower case, every byte that a slot name may not hold becomes '_', cut to 63
// bytes. Empty for an empty pattern (no slot).
std::string slot_name(std::string_view pattern, const NodeName& node);

}  // namespace pgcm

template <>
struct std::hash<pgcm::NodeName> {
    std::size_t operator()(const pgcm::NodeName& name) const noexcept { return std::hash<std::string>{}(name.str()); }
};
