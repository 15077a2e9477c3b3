"""--version names every library that the program is made with, and tells its version as the packages do."""
import re
import unittest

import told

# As find_package(), pkg_check_modules() and find_path() of cmake/libraries.cmake call them: the name that is printed,
# and the Debian package that has it. Threads is the C library.
LIBRARIES = {
    "OpenSSL": ("OpenSSL", "libssl3"),
    "PQ": ("libpq", "libpq5"),
    "BOOST_INCLUDE": ("Boost", "libboost1.81-dev"),
    "CLI11": ("CLI11", "libcli11-dev"),
    "fmt": ("fmt", "libfmt-dev"),
    "nlohmann_json": ("nlohmann-json", "nlohmann-json3-dev"),
    "spdlog": ("spdlog", "libspdlog-dev"),
    "tl-expected": ("tl-expected", "libexpected-dev"),
    "toml++": ("toml++", "libtomlplusplus-dev"),
}


class Version(unittest.TestCase):
    def setUp(self):
        self.first, *rest = told.output(told.PGCM, "--version").splitlines()
        self.libraries = dict(line.split(" ") for line in rest)
        self.assertEqual(len(self.libraries), len(rest))

    def test_form(self):
        version = re.search(r"project\(pgcm VERSION (\S+)", told.read("CMakeLists.txt")).group(1)
        self.assertEqual(self.first, f"pgcm {version}")
        for name, version in self.libraries.items():
            self.assertRegex(version, r"^\d+(\.\d+){1,2}$", name)
        self.assertEqual(told.output(told.PGCM, "-V"), told.output(told.PGCM, "status", "--version"))

    def test_none_is_missing(self):
        text = told.read("cmake/libraries.cmake")
        found = set(re.findall(r"^(?:find_package|pkg_check_modules|find_path)\((\S+)", text, re.M))
        found -= {"PkgConfig", "Threads"}
        self.assertEqual(found | {"toml++"}, set(LIBRARIES))  # toml++ is headers only, and found by its place
        self.assertEqual(set(self.libraries), {name for name, _ in LIBRARIES.values()})

    def test_what_is_loaded_is_named(self):
        needed = re.findall(r"\(NEEDED\).*\[lib([\w+]+)\.so", told.output("readelf", "-d", told.PGCM))
        named = {"pq": "libpq", "ssl": "OpenSSL", "crypto": "OpenSSL"}
        for library in set(needed) - {"c", "m", "stdc++", "gcc_s", "asan", "ubsan", "tsan"}:
            self.assertIn(named[library], self.libraries)

    def test_versions_are_those_of_the_packages(self):
        for name, package in LIBRARIES.values():
            full = told.output("dpkg-query", "-W", "-f=${Version}", package)
            upstream = re.search(r"^(?:\d+:)?v?(\d+(?:\.\d+)*)", full).group(1)
            self.assertEqual(self.libraries[name], upstream, f"{package} {full}")


if __name__ == "__main__":
    unittest.main()
