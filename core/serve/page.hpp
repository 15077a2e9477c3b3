#pragma once
// The page for a browser, complete without a script: core/serve/page/index.html with its gaps filled. A browser with
// scripts goes on from there by itself.
#include <string>
#include <string_view>

#include "model/time.hpp"
#include "serve/published.hpp"

namespace pgcm::serve {

// Safe as element content and as a quoted attribute's value. Control characters become U+FFFD.
std::string escape_html(std::string_view text);

// `snapshot` may be null: nothing was observed yet. An outdated one is shown as last seen, and says so first.
std::string page(const Published* snapshot, BootTime now);

}  // namespace pgcm::serve
