#include "config/toml_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace pgcm::config {
namespace {

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
}

}  // namespace

bool is_utf8(std::string_view text) {
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};  // by length: nothing may be longer than needed
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80   ? 1
                                   : lead < 0xC0 ? 0
                                   : lead < 0xE0 ? 2
                                   : lead < 0xF0 ? 3
                                   : lead < 0xF8 ? 4
                                                 : 0;
        if (length == 0 || i + length > text.size()) return false;
        std::uint32_t code = length == 1 ? lead : lead & (0x7FU >> length);
        for (std::size_t k = 1; k < length; ++k) {
            const auto byte = static_cast<unsigned char>(text[i + k]);
            if ((byte & 0xC0) != 0x80) return false;
            code = code << 6 | (byte & 0x3FU);
        }
        const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        if (code < least[length] || code > 0x10FFFF || surrogate) return false;
        i += length;
    }
    return true;
}

std::string toml_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\t': out += "\\t"; break;
            case '\r': out += "\\r"; break;
            default:
                if (is_control(c))
                    out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
                else
                    out += c;
        }
    }
    return out + "\"";
}

std::string toml_readable(std::string_view text) {
    const bool needs_escapes = text.find_first_of("\"\\") != std::string_view::npos;
    const bool literal_can =
        text.find('\'') == std::string_view::npos && std::none_of(text.begin(), text.end(), is_control);
    return needs_escapes && literal_can ? fmt::format("'{}'", text) : toml_string(text);
}

std::string toml_array(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (const auto& text : texts) out += (out.size() == 1 ? "" : ", ") + toml_readable(text);
    return out + "]";
}

std::string toml_command(const Command& command) {
    return command.shell.empty() ? toml_array(command.argv) : toml_readable(command.shell);
}

}  // namespace pgcm::config
