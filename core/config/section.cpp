#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/adopt.hpp"
#include "config/placeholder.hpp"
#include "config/reader.hpp"
#include "config/toml_text.hpp"

namespace pgcm::config {
const Value* Section::find(std::string_view key) const {
    return table_ != nullptr && reader_.ok() ? config::find(*table_, key) : nullptr;
}

void Section::fail(std::string_view key, std::string_view what, std::string hint) {
    const auto* value = find(key);
    reader_.fail(value != nullptr ? value->place : place_, fmt::format("{}.{}", name_, key), what, std::move(hint));
}

bool Section::wrong_type(std::string_view key, std::string_view expected, const Value& found) {
    fail(key, fmt::format("expected {}, found {}", expected, type_of(found)));
    return false;
}

bool Section::fail_choice(std::string_view key, std::string_view found, const std::vector<std::string_view>& choices) {
    fail(key, fmt::format("{} is none of {}", toml_string(found), fmt::join(choices, ", ")));
    return false;
}

// No setting, no argument and no file name of the system can hold a NUL.
bool Section::check_text(std::string_view key, std::string_view text) {
    if (text.find(edit_me) != std::string_view::npos) {
        fail(key, fmt::format("{} stands for what pgcm config init could not find", edit_me), "put in what it is");
        return false;
    }
    if (text.find('\0') == std::string_view::npos) return true;
    fail(key, "holds a NUL character");
    return false;
}

bool Section::text(std::string_view key, std::string& out) {
    const auto* value = find(key);
    if (value == nullptr) return false;
    const auto* text = std::get_if<std::string>(&value->data);
    if (text == nullptr) return wrong_type(key, "a string", *value);
    if (!check_text(key, *text)) return false;
    out = *text;
    return true;
}

bool Section::flag(std::string_view key, bool& out) {
    const auto* value = find(key);
    if (value == nullptr) return false;
    const auto* flag = std::get_if<bool>(&value->data);
    if (flag == nullptr) return wrong_type(key, "true or false", *value);
    out = *flag;
    return true;
}

bool Section::number(std::string_view key, int& out, int least, int most) {
    const auto* value = find(key);
    if (value == nullptr) return false;
    const auto* number = std::get_if<std::int64_t>(&value->data);
    if (number == nullptr) return wrong_type(key, "an integer", *value);
    if (*number < least || *number > most) {
        fail(key, fmt::format("{} is not within {} and {}", *number, least, most));
        return false;
    }
    out = static_cast<int>(*number);
    return true;
}

bool Section::duration(std::string_view key, milliseconds& out, milliseconds least, milliseconds most) {
    const auto* value = find(key);
    if (value == nullptr) return false;
    if (const auto* number = std::get_if<std::int64_t>(&value->data)) {
        fail(key, fmt::format("{} has no unit", *number),
             fmt::format("write \"{}s\", if seconds are meant", *number < 0 ? 10 : *number));
        return false;
    }
    const auto* text = std::get_if<std::string>(&value->data);
    if (text == nullptr) return wrong_type(key, "a duration such as \"10s\"", *value);
    const auto parsed = parse_duration(*text);
    if (!parsed) {
        fail(key, parsed.error());
        return false;
    }
    if (*parsed < least || *parsed > most) {
        fail(key, fmt::format("{} is not within {} and {}", print_duration(*parsed), print_duration(least),
                              print_duration(most)));
        return false;
    }
    out = *parsed;
    return true;
}

bool Section::path(std::string_view key, std::string& out) {
    std::string path;
    if (!text(key, path)) return false;
    if (!path.empty() && path.front() != '/') {
        fail(key, fmt::format("{} is not an absolute path", toml_string(path)), "begin it with /");
        return false;
    }
    out = std::move(path);
    return true;
}

bool Section::texts(std::string_view key, std::vector<std::string>& out) {
    const auto* value = find(key);
    if (value == nullptr) return false;
    const auto* array = std::get_if<Array>(&value->data);
    if (array == nullptr) return wrong_type(key, "an array of strings", *value);
    std::vector<std::string> list;
    for (const auto& element : *array) {
        const auto* text = std::get_if<std::string>(&element.data);
        if (text == nullptr) {
            reader_.fail(element.place, fmt::format("{}.{}", name_, key),
                         fmt::format("expected an array of strings, found {} in it", type_of(element)));
            return false;
        }
        if (!check_text(key, *text)) return false;
        list.push_back(*text);
    }
    out = std::move(list);
    return true;
}

bool Section::command(std::string_view key, Command& out) {
    const auto* value = find(key);
    if (value == nullptr) return false;
    Command command;
    if (std::holds_alternative<std::string>(value->data))
        text(key, command.shell);
    else if (std::holds_alternative<Array>(value->data))
        texts(key, command.argv);
    else
        return wrong_type(key, "an array of strings (an argv) or a string (for /bin/sh -c)", *value);
    if (!reader_.ok()) return false;
    if (!command.argv.empty() && command.argv.front().empty()) {
        fail(key, "names no program", "the first word is the program");
        return false;
    }
    auto words = command.argv;
    words.push_back(command.shell);
    for (const auto& word : words) {
        const auto wrong = wrong_placeholder(word);
        if (!wrong) continue;
        fail(key, fmt::format("{} is no placeholder", *wrong),
             fmt::format("the placeholders are {{{}}}", fmt::join(placeholders, "}, {")));
        return false;
    }
    command.expect = out.expect;
    out = std::move(command);
    return true;
}

bool Section::conninfo(std::string_view key, std::optional<postgres::Conninfo>& out) {
    std::string text;
    if (!this->text(key, text)) return false;
    auto parsed = postgres::Conninfo::parse(text);
    if (!parsed) {
        fail(key, parsed.error().what, parsed.error().hint);
        return false;
    }
    if (parsed->get("password") || parsed->get("sslpassword")) secret(key, "a password");
    out = std::move(*parsed);
    return reader_.ok();
}

void Section::secret(std::string_view key, std::string_view noun) {
    if (reader_.others_may_read())
        fail(key, fmt::format("holds {}, and everybody may read the file", noun),
             noun == "a password" ? "chmod 0640 the file, or put the password into a passfile (passfile=... here)"
                                  : "chmod 0640 the file");
}

}  // namespace pgcm::config
