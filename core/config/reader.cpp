#include "config/reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/keys.hpp"
#include "config/toml_text.hpp"

namespace pgcm::config {
namespace {

// A key as it is shown in messages: bare where TOML would take it bare.
std::string shown(std::string_view key) {
    constexpr std::string_view bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const bool is_bare = !key.empty() && key.find_first_not_of(bare) == std::string_view::npos;
    return is_bare ? std::string{key} : toml_string(key);
}

}  // namespace

Reader::Reader(const Table& root, std::string path, bool others_may_read)
    : root_(root), path_(std::move(path)), others_may_read_(others_may_read) {}

void Reader::fail(Place place, std::string_view label, std::string_view what, std::string hint) {
    if (error_) return;
    error_ = Error{ErrorCode::usage, fmt::format("{}:{}:{}: {}: {}", path_, place.line, place.column, label, what),
                   std::move(hint)};
}

void Reader::check_keys() {
    for (const auto& entry : root_) check_section(entry);
}

void Reader::check_section(const Entry& entry) {
    const auto* known = known_section(entry.key);
    const auto* table = std::get_if<Table>(&entry.value.data);
    if (known == nullptr)
        return fail(entry.place, shown(entry.key),
                    fmt::format("there is no such {}; the nearest is {}", table != nullptr ? "section" : "key",
                                nearest_section(entry.key)));
    if (!known->repeated) {
        if (table == nullptr)
            return fail(entry.place, entry.key, fmt::format("expected a section, found {}", type_of(entry.value)),
                        fmt::format("write [{}]", entry.key));
        return check_table(entry.key, *table);
    }
    const auto* array = std::get_if<Array>(&entry.value.data);
    const auto hint = fmt::format("write [[{}]], with two brackets, once for each", entry.key);
    if (array == nullptr)
        return fail(entry.place, entry.key, fmt::format("expected sections, found {}", type_of(entry.value)), hint);
    for (const auto& element : *array) {
        const auto* one = std::get_if<Table>(&element.data);
        if (one == nullptr)
            return fail(element.place, entry.key, fmt::format("expected sections, found {}", type_of(element)), hint);
        check_table(entry.key, *one);
    }
}

void Reader::check_table(std::string_view section, const Table& table) {
    const auto* known = known_section(section);
    for (const auto& entry : table) {
        bool found = false;
        for (const auto& key : known->keys) found = found || key == entry.key;
        if (found) continue;
        return fail(entry.place, fmt::format("{}.{}", section, shown(entry.key)),
                    fmt::format("there is no such key; the nearest is {}", nearest_key(*known, entry.key)),
                    fmt::format("{} takes {}", header_of(*known), fmt::join(known->keys, ", ")));
    }
}

Section Reader::section(std::string_view name) {
    const auto* value = find(root_, name);
    const auto* table = value != nullptr ? std::get_if<Table>(&value->data) : nullptr;
    return {*this, std::string{name}, table, value != nullptr ? value->place : Place{}};
}

std::vector<Section> Reader::sections(std::string_view name) {
    std::vector<Section> out;
    const auto* value = find(root_, name);
    const auto* array = value != nullptr ? std::get_if<Array>(&value->data) : nullptr;
    if (array == nullptr) return out;
    for (const auto& element : *array)
        if (const auto* table = std::get_if<Table>(&element.data))
            out.emplace_back(*this, std::string{name}, table, element.place);
    return out;
}

}  // namespace pgcm::config
