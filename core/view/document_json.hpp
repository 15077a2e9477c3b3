#pragma once
// Private to the documents of this room: facts to JSON, and JSON back to facts with the path of the first mistake.
#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "model/address.hpp"
#include "model/error.hpp"
#include "model/lease.hpp"
#include "model/lsn.hpp"
#include "model/names.hpp"
#include "model/node_name.hpp"
#include "model/operation.hpp"
#include "model/request.hpp"
#include "model/time.hpp"
#include "view/document.hpp"
#include "view/record.hpp"

namespace pgcm::view {

using Json = nlohmann::ordered_json;  // ordered: the schema comes first, and facts keep their order

inline constexpr std::string_view view_schema = "pgcm.view/1";
inline constexpr std::string_view state_schema = "pgcm.state/1";
inline constexpr std::string_view policy_schema = "pgcm.policy/1";
inline constexpr std::string_view decision_schema = "pgcm.decision/1";

std::string print(const Json& document, Layout layout);
Json document_of(const View& view);
Json document_of(const State& state, BootTime at);
Json document_of(const Policy& policy);
Json document_of(const Decision& decision, BootTime at);

// ---- out: one value each; an empty optional is null
template <class T>
requires std::is_arithmetic_v<T> Json value(T number) {
    return number;
}
template <class E>
requires std::is_enum_v<E> Json value(E enumerator) {
    return name_of(enumerator);
}
inline Json value(const std::string& text) {
    return text;
}
inline Json value(const NodeName& name) {
    return name.str();
}
inline Json value(Lsn lsn) {
    return to_string(lsn);
}
inline Json value(Timeline timeline) {
    return timeline.value;
}
inline Json value(milliseconds duration) {
    return duration.count();
}
Json value(nanoseconds duration);  // in milliseconds; an integer where it is whole
Json value(WallTime time);
Json value(const Address& address);
Json value(const PromotionMark& mark);
Json value(const Pause& pause);
Json value(const SwitchoverRequest& request);
Json value(const Copied& copied);
Json value(const OperationFile& file);
Json value(const Vote& vote);
Json value(const LeaseSeen& lease, BootTime at);
Json value(const LeaseWish& wish);
template <class T>
Json value(const std::optional<T>& some) {
    return some ? value(*some) : Json(nullptr);
}

inline Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}
Json identifier(const std::optional<std::uint64_t>& system);
inline Json age(BootTime at, BootTime time) {
    return value(at - time);
}
inline Json age(BootTime at, const std::optional<BootTime>& time) {
    return time ? age(at, *time) : Json(nullptr);
}
// Of a time that is likely to come.
inline Json ahead(BootTime at, const std::optional<BootTime>& time) {
    return time ? value(*time - at) : Json(nullptr);
}

template <class T, class Write>
Json list(const std::vector<T>& items, Write write) {
    Json out = Json::array();
    for (const auto& item : items) out.push_back(write(item));
    return out;
}
template <class T, class Write>
Json maybe(const std::optional<T>& some, Write write) {
    return some ? write(*some) : Json(nullptr);
}

// ---- in
struct Reading {
    BootTime at;                 // what ages are counted from
    std::optional<Error> error;  // the first one
};

// A value of the document and where it stands. Reading goes on after an error, with defaults, to no effect.
class Place {
  public:
    Place(const Json& json, std::string path, Reading& reading);

    const Json& json() const { return json_; }
    BootTime at() const { return reading_.at; }
    Place below(std::string_view key, const Json& json) const;
    Place item(std::size_t index) const;

    // Notes the error "path: expected ..., found ...".
    void wrong(std::string_view expected) const;
    void fails(std::string what) const;

    // Field `key` into `out`, by the read() of its type.
    template <class T>
    void required(std::string_view key, T& out) const {
        if (const Json* found = field(key))
            read(below(key, *found), out);
        else
            missing(key);
    }
    // The same; absent or null leaves `out` as it is.
    template <class T>
    void optional(std::string_view key, T& out) const {
        if (const Json* found = field(key)) read(below(key, *found), out);
    }
    // A document inside this one, with a schema of its own.
    template <class T>
    void document(std::string_view key, std::string_view schema, T& out) const {
        const Json* found = field(key);
        if (found == nullptr) return missing(key);
        const Place inner = below(key, *found);
        if (inner.has_schema(schema)) read(inner, out);
    }
    bool has_schema(std::string_view schema) const;

  private:
    const Json* field(std::string_view key) const;  // null when absent or null
    void missing(std::string_view key) const;

    const Json& json_;
    std::string path_;
    Reading& reading_;
};

void read(const Place& from, bool& out);
void read(const Place& from, double& out);
void read(const Place& from, std::string& out);
void read(const Place& from, NodeName& out);
void read(const Place& from, Lsn& out);
void read(const Place& from, Timeline& out);
void read(const Place& from, milliseconds& out);
void read(const Place& from, nanoseconds& out);
void read(const Place& from, WallTime& out);
void read(const Place& from, BootTime& out);  // from its age

// A system identifier: 64 bits as a string of digits.
struct Identifier {
    std::optional<std::uint64_t>& value;
};
void read(const Place& from, Identifier& out);

// A BootTime from how far ahead it lies.
struct Ahead {
    std::optional<BootTime>& value;
};
void read(const Place& from, Ahead& out);

void read(const Place& from, Address& out);
void read(const Place& from, PromotionMark& out);
void read(const Place& from, Pause& out);
void read(const Place& from, SwitchoverRequest& out);
void read(const Place& from, Copied& out);
void read(const Place& from, OperationFile& out);
void read(const Place& from, Vote& out);
void read(const Place& from, LeaseSeen& out);
void read(const Place& from, LeaseWish& out);
void read(const Place& from, View& out);
void read(const Place& from, State& out);
void read(const Place& from, Policy& out);
void read(const Place& from, Decision& out);

template <std::integral T>
void read(const Place& from, T& out) {
    const Json& json = from.json();
    if (json.is_number_unsigned() && std::in_range<T>(json.get<std::uint64_t>()))
        out = static_cast<T>(json.get<std::uint64_t>());
    else if (json.is_number_integer() && !json.is_number_unsigned() && std::in_range<T>(json.get<std::int64_t>()))
        out = static_cast<T>(json.get<std::int64_t>());
    else
        from.wrong(std::is_signed_v<T> ? "a whole number in range" : "a whole number in range, not negative");
}

template <class E>
requires std::is_enum_v<E>
void read(const Place& from, E& out) {
    const auto found = from.json().is_string() ? from_name<E>(from.json().get_ref<const std::string&>()) : std::nullopt;
    if (found) {
        out = *found;
        return;
    }
    std::string names;
    if (enum_names<E>.size() > 10) return from.wrong("one of the names known to this version");
    for (const auto& [enumerator, name] : enum_names<E>) names += (names.empty() ? "" : ", ") + std::string{name};
    from.wrong("one of " + names);
}

template <class T>
void read(const Place& from, std::vector<T>& out) {
    if (!from.json().is_array()) return from.wrong("an array");
    out.clear();
    for (std::size_t i = 0; i < from.json().size(); ++i) read(from.item(i), out.emplace_back());
}

template <class T>
void read(const Place& from, std::optional<T>& out) {
    read(from, out.emplace());
}

// The text as JSON of at most 64 levels. Error: usage, with line and column.
Result<Json> parse_json(std::string_view text);

template <class T>
Result<T> read_document(std::string_view text, std::string_view schema, BootTime at) {
    const auto json = parse_json(text);
    if (!json) return fail(json.error());
    Reading reading{at, std::nullopt};
    const Place top{*json, "", reading};
    T out;
    if (top.has_schema(schema)) read(top, out);
    if (reading.error) return fail(*std::move(reading.error));
    return out;
}

}  // namespace pgcm::view
