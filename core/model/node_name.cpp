#include "model/node_name.hpp"

#include <fmt/format.h>

#include <cctype>

namespace pgcm {
namespace {

constexpr std::size_t max_name_bytes = 63;  // NAMEDATALEN - 1

// Length of the UTF-8 sequence at `at`; 0 when it is not valid there.
std::size_t utf8_sequence(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(at + i) & 0xC0) != 0x80) return 0;
    if (length == 3 && lead == 0xE0 && byte(at + 1) < 0xA0) return 0;
    if (length == 3 && lead == 0xED && byte(at + 1) > 0x9F) return 0;
    if (length == 4 && lead == 0xF0 && byte(at + 1) < 0x90) return 0;
    if (length == 4 && lead == 0xF4 && byte(at + 1) > 0x8F) return 0;
    return length;
}

}  // namespace

Result<NodeName> NodeName::make(std::string_view text) {
    if (text.empty()) return fail(ErrorCode::usage, "a node's name is empty");
    if (text.size() > max_name_bytes)
        return fail(ErrorCode::usage,
                    fmt::format("the node name \"{}\" is longer than {} bytes", text, max_name_bytes));
    for (std::size_t at = 0; at < text.size();) {
        const auto length = utf8_sequence(text, at);
        if (length == 0) return fail(ErrorCode::usage, "a node's name is not valid UTF-8");
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x20 || byte == 0x7F) return fail(ErrorCode::usage, "a node's name holds a control character");
        at += length;
    }
    NodeName name;
    name.text_ = text;
    return name;
}

std::string application_name(const NodeName& node) {
    std::string out;
    for (const char c : node.str()) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte > 0x7E || c == '%')
            out += fmt::format("%{:02X}", byte);
        else
            out += c;
    }
    return out.substr(0, max_name_bytes);
}

std::string slot_name(std::string_view pattern, const NodeName& node) {
    std::string out{pattern};
    if (const auto at = out.find("{node}"); at != std::string::npos) out.replace(at, 6, node.str());
    for (char& c : out) {
        const auto byte = static_cast<unsigned char>(c);
        c = std::isalnum(byte) != 0 && byte < 0x80 ? static_cast<char>(std::tolower(byte)) : '_';
    }
    return out.substr(0, max_name_bytes);
}

}  // namespace pgcm
