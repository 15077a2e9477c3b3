#include "serve/access.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <algorithm>
#include <array>
#include <optional>

namespace pgcm::serve {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest digest_of(std::string_view text) {
    Digest digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return digest;
}

bool same_but_for_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_address(int family, const std::string& text) {
    in6_addr place{};  // the larger one
    return ::inet_pton(family, text.c_str(), &place) == 1;
}

// The rest of "scheme rest"; schemes have no case (RFC 9110, 11.1).
std::optional<std::string_view> after_scheme(std::string_view field, std::string_view scheme) {
    if (field.size() <= scheme.size() || field[scheme.size()] != ' ') return std::nullopt;
    if (!same_but_for_case(field.substr(0, scheme.size()), scheme)) return std::nullopt;
    field.remove_prefix(std::min(field.find_first_not_of(' ', scheme.size()), field.size()));
    return field;
}

int value_of(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// Base64; nothing when it is none.
std::optional<std::string> from_base64(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        const int value = value_of(c);
        if (value < 0) return std::nullopt;
        bits = (bits << 6U | static_cast<unsigned>(value)) & 0xFFFFU;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU);
    }
    return out;
}

// What the client showed as the token.
std::string shown(std::string_view authorization) {
    if (const auto token = after_scheme(authorization, "Bearer")) return std::string(*token);
    const auto basic = after_scheme(authorization, "Basic");
    const auto pair = basic ? from_base64(*basic) : std::nullopt;
    if (!pair) return {};
    const auto colon = pair->find(':');
    return colon == std::string::npos ? std::string{} : pair->substr(colon + 1);
}

}  // namespace

bool same_secret(std::string_view secret, std::string_view given) {
    const auto a = digest_of(secret), b = digest_of(given);
    return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool names_this_host(std::string_view host, std::span<const std::string> names) {
    if (host.empty()) return true;
    if (host.starts_with('[')) {
        const auto end = std::min(host.find(']'), host.size());
        return is_address(AF_INET6, std::string(host.substr(1, end - 1)));
    }
    host = host.substr(0, host.find(':'));
    if (host.ends_with('.')) host.remove_suffix(1);
    if (is_address(AF_INET, std::string(host)) || same_but_for_case(host, "localhost")) return true;
    return std::ranges::any_of(names, [&](const std::string& name) { return same_but_for_case(host, name); });
}

Access judge(const Visitor& visitor, std::string_view token, std::span<const std::string> names) {
    if (visitor.door == Door::open) return Access::granted;
    if (!token.empty()) return same_secret(token, shown(visitor.authorization)) ? Access::granted : Access::wants_token;
    if (visitor.door == Door::elsewhere) return Access::closed;
    return names_this_host(visitor.host, names) ? Access::granted : Access::wrong_name;
}

}  // namespace pgcm::serve
