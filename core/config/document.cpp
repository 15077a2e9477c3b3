#include "config/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <tuple>

// toml++ 3.3 asserts what a bad file can violate ("[[[" is enough), and release builds of it would go on regardless.
// Here an assertion is an exception, in every build.
namespace pgcm::config {
namespace {

struct TomlAssertion : std::logic_error {
    using std::logic_error::logic_error;
};
[[noreturn]] void toml_assertion(const char* expression) {
    throw TomlAssertion(expression);
}

}  // namespace
}  // namespace pgcm::config
#undef NDEBUG
#define TOML_ASSERT(expr) (static_cast<bool>(expr) ? void(0) : ::pgcm::config::toml_assertion(#expr))
#include <toml++/toml.h>

namespace pgcm::config {
namespace {

Place place_of(const toml::source_region& region) {
    // What the parser makes up (an implicit table) has no place of its own.
    if (!region.begin) return {};
    return {region.begin.line, region.begin.column};
}

Value convert(const toml::node& node);

Array convert_array(const toml::array& array) {
    Array out;
    out.reserve(array.size());
    for (const auto& element : array) out.push_back(convert(element));
    return out;
}

Table convert_table(const toml::table& table) {
    Table out;
    out.reserve(table.size());
    for (const auto& [key, node] : table)
        out.push_back({std::string{key.str()}, place_of(key.source()), convert(node)});
    std::stable_sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) {
        return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
    });
    return out;
}

Value convert(const toml::node& node) {
    Value value{place_of(node.source()), OtherType{}};
    if (const auto* text = node.as_string()) value.data = text->get();
    if (const auto* flag = node.as_boolean()) value.data = flag->get();
    if (const auto* number = node.as_integer()) value.data = number->get();
    if (const auto* number = node.as_floating_point()) value.data = number->get();
    if (const auto* array = node.as_array()) value.data = convert_array(*array);
    if (const auto* table = node.as_table()) value.data = convert_table(*table);
    return value;
}

bool breaks_the_parser(std::string_view toml) {
    try {
        static_cast<void>(toml::parse(toml));
    } catch (const toml::parse_error&) {
        return false;
    } catch (const TomlAssertion&) {
        return true;
    }
    return false;
}

// The line on which the parser's assertion fails: it reads from the top, so that every longer part fails, too.
std::uint32_t breaking_line(std::string_view toml) {
    std::vector<std::size_t> ends;
    for (auto at = toml.find('\n'); at != std::string_view::npos; at = toml.find('\n', at + 1)) ends.push_back(at + 1);
    const auto first = std::partition_point(ends.begin(), ends.end(),
                                            [&](std::size_t end) { return !breaks_the_parser(toml.substr(0, end)); });
    return static_cast<std::uint32_t>(first - ends.begin()) + 1;
}

}  // namespace

const Value* find(const Table& table, std::string_view key) {
    for (const auto& entry : table)
        if (entry.key == key) return &entry.value;
    return nullptr;
}

std::string_view type_of(const Value& value) {
    constexpr std::array<std::string_view, 7> names = {
        "a date or time", "a boolean", "an integer", "a floating-point number", "a string", "an array", "a table"};
    return names.at(value.data.index());
}

Result<Table> parse_document(std::string_view toml, std::string_view path) {
    try {
        return convert_table(toml::parse(toml, path));
    } catch (const toml::parse_error& error) {
        const auto place = place_of(error.source());
        const bool bare = error.description().find("could not determine value type") != std::string_view::npos;
        return fail(ErrorCode::usage, fmt::format("{}:{}:{}: {}", path, place.line, place.column, error.description()),
                    bare ? "text stands in double quotes: name = \"orders\"" : "");
    } catch (const TomlAssertion&) {
        return fail(ErrorCode::usage, fmt::format("{}:{}:1: this line is not TOML", path, breaking_line(toml)));
    }
}

}  // namespace pgcm::config
