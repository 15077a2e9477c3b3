#include "postgres/lock_keys.hpp"

namespace pgcm::postgres {
namespace {

constexpr std::size_t max_name_bytes = 63;  // NAMEDATALEN - 1: the server cuts a longer application_name

// FNV-1a of 64 bits; its low half.
std::int32_t hash(std::string_view kind, std::string_view name) {
    std::uint64_t state = 0xCBF29CE484222325U;
    const auto add = [&](std::string_view text) {
        for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    };
    add(kind);
    add(name);
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(state));
}

}  // namespace

LockKeys lock_keys(std::string_view cluster) {
    return {hash("pgcm lease ", cluster), hash("pgcm term ", cluster), hash("pgcm favour ", cluster)};
}

std::int32_t favour_key(const NodeName& node) {
    return hash("", application_name(node));
}

std::string session_name(const NodeName& node) {
    return ("pgcm/" + application_name(node)).substr(0, max_name_bytes);
}

}  // namespace pgcm::postgres
