#include "postgres/conninfo.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

namespace pgcm::postgres {
namespace {

constexpr std::array<std::string_view, 2> secret_keywords = {"password", "sslpassword"};
constexpr std::string_view mask = "********";
constexpr std::uint16_t default_port = 5432;

bool is_secret(std::string_view keyword) {
    return std::find(secret_keywords.begin(), secret_keywords.end(), keyword) != secret_keywords.end();
}

std::string quoted(std::string_view value) {
    const bool plain = !value.empty() && value.find_first_of(" \t\n\r\v\f'\\") == std::string_view::npos;
    if (plain) return std::string{value};
    std::string out = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

// libpq repeats parts of a string that it cannot parse; where that string holds a password, a part may be the
// password's. What it quotes is hidden then, but for the lone "=" of its commonest message.
std::string without_secrets(const std::string& message, std::string_view conninfo) {
    const bool may_hold_one = conninfo.find("pass") != std::string_view::npos ||
                              conninfo.find("PASS") != std::string_view::npos ||
                              conninfo.find("://") != std::string_view::npos;
    if (!may_hold_one) return message;
    auto from = message.find('"');
    if (from != std::string::npos && message.compare(from, 3, "\"=\"") == 0) from = message.find('"', from + 3);
    const auto to = message.rfind('"');
    if (from == std::string::npos || to <= from) return message;
    return message.substr(0, from + 1) + "********" + message.substr(to);
}

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> parts;
    for (std::size_t from = 0;;) {
        const auto comma = list.find(',', from);
        parts.emplace_back(list.substr(from, comma == std::string_view::npos ? comma : comma - from));
        if (comma == std::string_view::npos) return parts;
        from = comma + 1;
    }
}

std::uint16_t parse_port(std::string_view text) {
    std::uint16_t port = default_port;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port != 0 ? port : default_port;
}

}  // namespace

Result<Conninfo> Conninfo::parse(std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        return fail(ErrorCode::usage, "a connection string holds a NUL character");
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
        PQconninfoParse(std::string{text}.c_str(), &message), &PQconninfoFree};
    if (!options) {
        std::string what = message != nullptr ? message : "out of memory";
        PQfreemem(message);
        while (!what.empty() && what.back() == '\n') what.pop_back();
        return fail(ErrorCode::usage, "not a connection string: " + without_secrets(what, text),
                    "write it as libpq takes it: keyword=value pairs, values with spaces in single quotes");
    }
    Conninfo parsed;
    for (const auto* option = options.get(); option->keyword != nullptr; ++option)
        if (option->val != nullptr && *option->val != '\0') parsed.pairs_.emplace_back(option->keyword, option->val);
    return parsed;
}

std::optional<std::string> Conninfo::get(std::string_view keyword) const {
    for (const auto& [key, value] : pairs_)
        if (key == keyword) return value;
    return std::nullopt;
}

Conninfo& Conninfo::set(std::string_view keyword, std::string_view value) {
    const auto at = std::find_if(pairs_.begin(), pairs_.end(), [&](const auto& pair) { return pair.first == keyword; });
    if (value.empty()) {
        if (at != pairs_.end()) pairs_.erase(at);
    } else if (at != pairs_.end()) {
        at->second = value;
    } else {
        pairs_.emplace_back(keyword, value);
    }
    return *this;
}

Conninfo& Conninfo::set_default(std::string_view keyword, std::string_view value) {
    return get(keyword) ? *this : set(keyword, value);
}

Conninfo& Conninfo::merge(const Conninfo& stronger) {
    for (const auto& [keyword, value] : stronger.pairs_) set(keyword, value);
    return *this;
}

std::string Conninfo::str() const {
    std::string out;
    for (const auto& [keyword, value] : pairs_) out += (out.empty() ? "" : " ") + keyword + "=" + quoted(value);
    return out;
}

std::string Conninfo::masked() const {
    Conninfo copy = *this;
    for (auto& [keyword, value] : copy.pairs_)
        if (is_secret(keyword)) value = mask;
    return copy.str();
}

Conninfo Conninfo::without_password() const {
    Conninfo copy = *this;
    std::erase_if(copy.pairs_, [](const auto& pair) { return is_secret(pair.first); });
    return copy;
}

std::vector<Address> Conninfo::addresses() const {
    const auto hosts = split(get("host").value_or(get("hostaddr").value_or("")));
    const auto ports = split(get("port").value_or(""));
    std::vector<Address> out;
    for (std::size_t i = 0; i < hosts.size(); ++i)
        // One port serves all hosts, as in libpq.
        out.push_back({hosts[i], parse_port(ports.size() == 1 ? ports.front() : i < ports.size() ? ports[i] : "")});
    return out;
}

std::string mask_passwords(std::string_view conninfo) {
    const auto parsed = Conninfo::parse(conninfo);
    return parsed ? parsed->masked() : std::string{mask};
}

}  // namespace pgcm::postgres
