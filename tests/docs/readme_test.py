"""The README begins with the two commands, and its links lead somewhere."""
import re
import unittest

import told


class Readme(unittest.TestCase):
    text = told.read("README.md")

    def test_the_first_two_commands(self):
        block = re.search(r"^```\w*\n(.*?)^```", self.text, re.S | re.M)
        commands = [line.split("#")[0].strip() for line in block.group(1).splitlines() if line.strip()]
        self.assertEqual(commands, ["examples/quickstart", "tests/run"])
        self.assertLess(self.text[:block.start()].count("\n"), 8)

    def test_they_are_there(self):
        for path in ("examples/quickstart", "tests/run"):
            self.assertTrue((told.ROOT / path).stat().st_mode & 0o111, path)

    def test_links(self):
        for target in re.findall(r"\]\(([^)#]+)\)", self.text):
            if not target.startswith("http"):
                self.assertTrue((told.ROOT / target).exists(), target)

    def test_files_it_names(self):
        for path in re.findall(r"`((?:examples|packaging|man|completions|tests|core|cmd)/[\w./-]*)`", self.text):
            self.assertTrue((told.ROOT / path).exists(), path)

    def test_commands_it_shows_are_accepted(self):
        shown = re.findall(r"^ *(?:sudo (?:-u postgres )?)?pgcm (.*?)(?:\s+#.*)?$", self.text, re.M)
        self.assertGreater(len(shown), 5)
        for line in shown:
            words = [word for word in line.split("|")[0].split(">")[0].split() if word != "-c" and "/" not in word]
            known = set(told.COMMANDS) | set(told.CONFIG_PARTS)
            self.assertIn(words[0], known, line)
            for word in words[1:]:
                if word.startswith("-"):
                    allowed = told.spelled(told.OWN[words[0]]) | told.spelled(told.GLOBAL)
                    self.assertIn(word, allowed, line)

    def test_the_changelog_has_this_version(self):
        version = told.output(told.PGCM, "--version").split()[1]
        self.assertIn(version, told.read("CHANGELOG.md"))


if __name__ == "__main__":
    unittest.main()
