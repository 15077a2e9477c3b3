#pragma once
// A libpq connection string, parsed by libpq itself (PQconninfoParse), so that whatever psql takes is taken here.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/error.hpp"
#include "model/policy.hpp"

namespace pgcm::postgres {

class Conninfo {
  public:
    // Keyword/value or URI form. Error: usage, with libpq's message, in which what may be
    // a piece of a password is hidden.
    static Result<Conninfo> parse(std::string_view text);

    // Only what the text gave; defaults and environment are left to libpq.
    std::optional<std::string> get(std::string_view keyword) const;
    Conninfo& set(std::string_view keyword, std::string_view value);  // an empty value removes it
    Conninfo& set_default(std::string_view keyword, std::string_view value);
    Conninfo& merge(const Conninfo& stronger);  // what `stronger` says wins

    // Keyword/value form, quoted so that parse() gives the same back.
    std::string str() const;
    // The same with password, sslpassword and the like as "********"; for logs, JSON and pages.
    std::string masked() const;
    // Without the password, for arguments of commands; the password travels in the environment.
    Conninfo without_password() const;

    // Every host:port that libpq would try, in its order; hostaddr counts where there is no host.
    std::vector<Address> addresses() const;
    const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }
    bool operator==(const Conninfo&) const = default;

  private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

// masked() of a text; a text that libpq cannot parse comes back as "********" whole.
std::string mask_passwords(std::string_view conninfo);

}  // namespace pgcm::postgres
