#pragma once
// Typed reading of the configuration's sections. The first error is kept and everything after it is passed over, so
// that the callers read straight on and look once, at the end.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.hpp"
#include "config/units.hpp"
#include "model/error.hpp"
#include "model/names.hpp"
#include "model/settings.hpp"
#include "postgres/conninfo.hpp"

namespace pgcm::config {

class Section;

class Reader {
  public:
    // The path is for messages. `others_may_read` refuses every secret in the file.
    Reader(const Table& root, std::string path, bool others_may_read);

    // Unknown sections and keys, and sections of the wrong kind.
    void check_keys();

    bool ok() const { return !error_; }
    const std::optional<Error>& error() const { return error_; }
    // "path:line:column: label: what"; usage. Only the first one counts.
    void fail(Place place, std::string_view label, std::string_view what, std::string hint = {});

    Section section(std::string_view name);                // empty when the file has none
    std::vector<Section> sections(std::string_view name);  // of [[name]], in the file's order
    bool others_may_read() const { return others_may_read_; }

  private:
    void check_section(const Entry& entry);
    void check_table(std::string_view section, const Table& table);

    const Table& root_;
    std::string path_;
    bool others_may_read_;
    std::optional<Error> error_;
};

// One section. The reading functions leave `out` as it is when the key is absent, and return whether they set it.
class Section {
  public:
    Section(Reader& reader, std::string name, const Table* table, Place place)
        : reader_(reader), name_(std::move(name)), table_(table), place_(place) {}

    const Value* find(std::string_view key) const;  // empty after an error, too
    // Error at the key's value, or at the section when it is absent.
    void fail(std::string_view key, std::string_view what, std::string hint = {});
    // The same in the words of a failed call.
    void fail(std::string_view key, const Error& error) { fail(key, error.what, error.hint); }
    void missing(std::string_view key, std::string hint) { fail(key, "is missing", std::move(hint)); }

    bool text(std::string_view key, std::string& out);
    bool flag(std::string_view key, bool& out);
    bool number(std::string_view key, int& out, int least, int most);
    bool duration(std::string_view key, milliseconds& out, milliseconds least, milliseconds most);
    bool path(std::string_view key, std::string& out);  // absolute, or ""
    bool texts(std::string_view key, std::vector<std::string>& out);
    bool command(std::string_view key, Command& out);
    bool conninfo(std::string_view key, std::optional<postgres::Conninfo>& out);
    // To be called for a key that holds a secret: refuses it where others may read the file.
    void secret(std::string_view key, std::string_view noun);

    template <class E>
    bool one_of(std::string_view key, E& out) {
        std::string name;
        if (!text(key, name)) return false;
        const auto value = from_name<E>(name);
        if (value)
            out = *value;
        else
            fail_choice(key, name, names<E>());
        return value.has_value();
    }
    template <class E>
    bool list_of(std::string_view key, std::vector<E>& out) {
        std::vector<std::string> list;
        if (!texts(key, list)) return false;
        std::vector<E> values;
        values.reserve(list.size());
        for (const auto& name : list) {
            const auto value = from_name<E>(name);
            if (!value) return fail_choice(key, name, names<E>());
            values.push_back(*value);
        }
        out = std::move(values);
        return true;
    }

  private:
    template <class E>
    static std::vector<std::string_view> names() {
        std::vector<std::string_view> out;
        out.reserve(enum_names<E>.size());
        for (const auto& [value, name] : enum_names<E>) out.push_back(name);
        return out;
    }
    bool fail_choice(std::string_view key, std::string_view found, const std::vector<std::string_view>& choices);
    // Always false, for the reading functions' way out.
    bool wrong_type(std::string_view key, std::string_view expected, const Value& found);
    bool check_text(std::string_view key, std::string_view text);

    Reader& reader_;
    std::string name_;
    const Table* table_;  // null: absent
    Place place_;
};

}  // namespace pgcm::config
