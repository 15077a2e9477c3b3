#include "view/document_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace pgcm::view {
namespace {

constexpr std::size_t max_depth = 64;
constexpr nanoseconds longest = std::chrono::hours{24 * 366 * 100};
constexpr double ns_per_ms = 1e6;

struct TooDeep : std::runtime_error {
    using std::runtime_error::runtime_error;
};

std::string line_and_column(std::string_view text, std::size_t byte) {
    const auto before = text.substr(0, byte == 0 ? 0 : byte - 1);
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const auto start = before.rfind('\n');
    return fmt::format("line {}, column {}", lines + 1,
                       start == std::string_view::npos ? before.size() + 1 : before.size() - start);
}

std::string shown(const Json& json) {
    if (json.is_null()) return "null";
    if (json.is_boolean()) return "a boolean";
    if (json.is_array()) return "an array";
    if (json.is_object()) return "an object";
    if (json.is_number()) return "the number " + json.dump();
    const std::string text = json.get<std::string>();
    return text.size() > 60 ? "a long string" : json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

bool digits(std::string_view text, unsigned& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

// "2024-05-01T12:34:56.123456Z", the fraction of 0 to 6 digits.
std::optional<WallTime> parse_time(std::string_view text) {
    if (text.size() < 20 || text.back() != 'Z') return std::nullopt;
    if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return std::nullopt;
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
    if (!digits(text.substr(0, 4), year) || !digits(text.substr(5, 2), month) || !digits(text.substr(8, 2), day) ||
        !digits(text.substr(11, 2), hour) || !digits(text.substr(14, 2), minute) || !digits(text.substr(17, 2), second))
        return std::nullopt;
    if (text.size() > 20) {
        std::string fraction{text.substr(20, text.size() - 21)};
        if (text[19] != '.' || fraction.empty() || fraction.size() > 6) return std::nullopt;
        fraction.resize(6, '0');
        if (!digits(fraction, micros)) return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
                                           std::chrono::day{day}};
    if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second} + std::chrono::microseconds{micros};
}

}  // namespace

std::string print(const Json& document, Layout layout) {
    return document.dump(layout == Layout::line ? -1 : 2, ' ', false, Json::error_handler_t::replace);
}

Json value(nanoseconds duration) {
    if (duration % milliseconds{1} == nanoseconds{0}) return to_ms(duration).count();
    return static_cast<double>(duration.count()) / ns_per_ms;
}

Json value(WallTime time) {
    // Four digits of a year are all that RFC 3339 has.
    constexpr WallTime first = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
    constexpr WallTime last = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} - std::chrono::microseconds{1};
    time = std::clamp(time, first, last);
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

Json identifier(const std::optional<std::uint64_t>& system) {
    return system ? Json(std::to_string(*system)) : Json(nullptr);
}

Json value(const Address& address) {
    return {{"host", address.host}, {"port", address.port}};
}

Place::Place(const Json& json, std::string path, Reading& reading)
    : json_(json), path_(std::move(path)), reading_(reading) {}

Place Place::below(std::string_view key, const Json& json) const {
    return {json, path_.empty() ? std::string{key} : fmt::format("{}.{}", path_, key), reading_};
}

Place Place::item(std::size_t index) const {
    return {json_[index], fmt::format("{}[{}]", path_, index), reading_};
}

void Place::wrong(std::string_view expected) const {
    fails(fmt::format("expected {}, found {}", expected, shown(json_)));
}

void Place::fails(std::string what) const {
    if (reading_.error) return;
    reading_.error = Error{ErrorCode::usage, (path_.empty() ? "the document" : path_) + ": " + std::move(what), ""};
}

bool Place::has_schema(std::string_view schema) const {
    std::string found;
    required("schema", found);
    if (reading_.error) return false;
    if (found == schema) return true;
    const auto name = shown(json_.at("schema"));
    fails(fmt::format("its schema is {}, not \"{}\"", name, schema));
    if (schema == view_schema) reading_.error->hint = "`pgcm probe --json` prints such a document";
    return false;
}

const Json* Place::field(std::string_view key) const {
    if (!json_.is_object()) {
        wrong("an object");
        return nullptr;
    }
    const auto found = json_.find(key);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
}

void Place::missing(std::string_view key) const {
    below(key, json_).fails("is missing");
}

void read(const Place& from, bool& out) {
    if (!from.json().is_boolean()) return from.wrong("true or false");
    out = from.json().get<bool>();
}

void read(const Place& from, double& out) {
    if (!from.json().is_number()) return from.wrong("a number");
    out = from.json().get<double>();
}

void read(const Place& from, std::string& out) {
    if (!from.json().is_string()) return from.wrong("a string");
    out = from.json().get_ref<const std::string&>();
}

void read(const Place& from, NodeName& out) {
    if (!from.json().is_string()) return from.wrong("a node's name");
    auto name = NodeName::make(from.json().get_ref<const std::string&>());
    if (!name) return from.fails(name.error().what);
    out = *std::move(name);
}

void read(const Place& from, Lsn& out) {
    const auto lsn = from.json().is_string() ? parse_lsn(from.json().get_ref<const std::string&>()) : std::nullopt;
    if (!lsn) return from.wrong("an LSN such as \"16/B374D848\"");
    out = *lsn;
}

void read(const Place& from, Timeline& out) {
    read(from, out.value);
    if (out.value == 0) from.wrong("a timeline, 1 or more");
}

void read(const Place& from, milliseconds& out) {
    nanoseconds exact{0};
    read(from, exact);
    out = to_ms(exact);
    if (out != exact) from.wrong("whole milliseconds");
}

void read(const Place& from, nanoseconds& out) {
    const Json& json = from.json();
    const double ms = json.is_number() ? json.get<double>() : std::nan("");
    if (!(std::abs(ms) <= static_cast<double>(to_ms(longest).count()))) return from.wrong("milliseconds, as a number");
    out = json.is_number_integer() ? nanoseconds{milliseconds{json.get<std::int64_t>()}}
                                   : nanoseconds{std::llround(ms * ns_per_ms)};
}

void read(const Place& from, WallTime& out) {
    const auto time = from.json().is_string() ? parse_time(from.json().get_ref<const std::string&>()) : std::nullopt;
    if (!time) return from.wrong("a time in UTC such as \"2024-05-01T12:34:56.123456Z\"");
    out = *time;
}

void read(const Place& from, BootTime& out) {
    nanoseconds age{0};
    read(from, age);
    out = from.at() - age;
}

void read(const Place& from, Ahead& out) {
    nanoseconds ahead{0};
    read(from, ahead);
    out.value = from.at() + ahead;
}

void read(const Place& from, Identifier& out) {
    std::uint64_t number = 0;
    std::string text;
    if (from.json().is_string()) text = from.json().get<std::string>();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return from.wrong("a system identifier as a string of digits");
    out.value = number;
}

void read(const Place& from, Address& out) {
    from.required("host", out.host);
    from.required("port", out.port);
}

Result<Json> parse_json(std::string_view text) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return fail(ErrorCode::usage, "the document is empty");
    const auto shallow = [](std::size_t depth, Json::parse_event_t, Json&) {
        if (depth > max_depth) throw TooDeep{"too deep"};
        return true;
    };
    try {
        return Json::parse(text.begin(), text.end(), shallow);
    } catch (const TooDeep&) {
        return fail(ErrorCode::usage, fmt::format("the document is nested deeper than {} levels", max_depth));
    } catch (const Json::parse_error& error) {
        const auto where = line_and_column(text, error.byte);
        if (error.byte > text.size())
            return fail(ErrorCode::usage, fmt::format("the document is cut short at {}", where));
        return fail(ErrorCode::usage, fmt::format("the document is not JSON at {}", where));
    } catch (const Json::exception&) {
        return fail(ErrorCode::usage, "the document holds a number out of range");
    }
}

}  // namespace pgcm::view
