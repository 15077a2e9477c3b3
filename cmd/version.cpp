#include "version.hpp"

#include <fmt/core.h>
#include <spdlog/version.h>
#include <toml++/impl/version.h>

#include <CLI/Version.hpp>
#include <boost/version.hpp>
#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include "postgres/library.hpp"

namespace pgcm::cmd {

std::vector<std::string> library_versions() {
    const auto of = [](const char* name, int major, int minor, int patch) {
        return fmt::format("{} {}.{}.{}", name, major, minor, patch);
    };
    auto all = postgres::library_versions();
    all.push_back(of("Boost", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100));
    all.push_back(of("CLI11", CLI11_VERSION_MAJOR, CLI11_VERSION_MINOR, CLI11_VERSION_PATCH));
    all.push_back(of("fmt", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100));
    all.push_back(
        of("nlohmann-json", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH));
    all.push_back(of("spdlog", SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH));
    all.push_back(of("tl-expected", TL_EXPECTED_VERSION_MAJOR, TL_EXPECTED_VERSION_MINOR, TL_EXPECTED_VERSION_PATCH));
    all.push_back(of("toml++", TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH));
    return all;
}

std::string version_text() {
    std::string text = "pgcm " PGCM_VERSION;
    for (const auto& library : library_versions()) text += "\n" + library;
    return text;
}

}  // namespace pgcm::cmd
