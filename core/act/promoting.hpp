#pragma once
// How a switchover's target says on its own server that it is about to call pg_promote, so that the old primary, which
// takes its word back, learns for certain whether it came too late: this one says so first and then looks for the word,
// that one takes the word back first and then looks for this.
#include <string>

namespace pgcm::act {

// application_name of the session that promotes; `word` is handover_session() of the request.
inline std::string promoting_session(const std::string& word) {
    return "pgcm-promoting/" + word.substr(word.find('/') + 1);
}

}  // namespace pgcm::act
