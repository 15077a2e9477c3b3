#pragma once
// A TOML file as a tree that remembers where each thing stands. toml++ is slow to compile and stays in document.cpp.
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/error.hpp"

namespace pgcm::config {

// Both count from 1; the column in characters.
struct Place {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    bool operator==(const Place&) const = default;
};

struct Value;
struct Entry;
using Array = std::vector<Value>;
using Table = std::vector<Entry>;  // in the file's order

struct OtherType {};  // dates and times: no key takes one

struct Value {
    Place place;
    std::variant<OtherType, bool, std::int64_t, double, std::string, Array, Table> data;
};

struct Entry {
    std::string key;
    Place place;  // of the key
    Value value;
};

const Value* find(const Table& table, std::string_view key);
// With its article: "a string".
std::string_view type_of(const Value& value);

// Error: usage, "path:line:column: what"; doubled keys and bad UTF-8 are errors, too.
Result<Table> parse_document(std::string_view toml, std::string_view path);

}  // namespace pgcm::config
