#pragma once
// The words of a story's line, and the figures among them.
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "model/lease.hpp"
#include "model/lsn.hpp"
#include "model/node_name.hpp"
#include "model/time.hpp"

namespace pgcm::stories {

// A story that cannot be understood; what() names the line.
struct Unreadable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct KeyValue {
    std::string key;
    std::string value;
};

// Reads one line word by word. Words end at blanks; '...' protects blanks and is taken off.
class Words {
  public:
    Words(std::string_view line, int number);

    bool done() const { return at_ == words_.size(); }
    bool next_is(std::string_view word) const { return !done() && words_[at_] == word; }
    bool next_is_pair() const { return !done() && words_[at_].find('=') != std::string::npos; }
    // Takes the next word. Throws Unreadable, naming what was expected, at the end of the line.
    std::string take(std::string_view expected);
    bool take_if(std::string_view word);
    KeyValue take_pair();
    [[noreturn]] void wrong(std::string_view what) const;

    // The figures of the given text; Unreadable when it is not one.
    NodeName name(std::string_view text) const;
    milliseconds duration(std::string_view text) const;  // 250ms, 1.5s, 2m, -3s
    std::uint64_t bytes(std::string_view text) const;    // 0, 16kB, 64MB, 10GB
    std::int64_t number(std::string_view text) const;
    Lsn lsn(std::string_view text) const;
    Timeline timeline(std::string_view text) const;
    Term term(std::string_view text) const;
    // What stands between the separators; at least one part.
    std::vector<std::string> parts(std::string_view text, char separator) const;

  private:
    double figure_with_unit(std::string_view text, std::string_view& unit) const;

    std::vector<std::string> words_;
    std::size_t at_ = 0;
    int line_;
};

}  // namespace pgcm::stories
