"""Every command and flag of --help stands in its manual page, and no other."""
import re
import unittest

import told


def documented(page):
    """{"--dry-run": "-n"} from the ".It Fl n , Fl -dry-run" lines of a page."""
    flags = {}
    for line in re.findall(r"^\.It (Fl .*)$", told.read(f"man/{page}"), re.M):
        names = re.findall(r"Fl (\S+)", line)
        longs = ["-" + name for name in names if name.startswith("-")]
        shorts = ["-" + name for name in names if not name.startswith("-")]
        for long in longs:
            flags[long] = shorts[0] if shorts else None
    return flags


class Flags(unittest.TestCase):
    def test_there_are_commands(self):
        self.assertIn("watch", told.COMMANDS)
        self.assertEqual(told.CONFIG_PARTS, ["check", "show", "import", "init"])

    def test_global_flags(self):
        self.assertEqual(documented("pgcm.1"), told.GLOBAL)

    def test_flags_of_commands(self):
        for name in told.COMMANDS:
            with self.subTest(name):
                self.assertEqual(documented(f"pgcm-{name}.1"), told.OWN[name])

    def test_parts_of_config_have_no_flags_of_their_own(self):
        for part in told.CONFIG_PARTS:
            self.assertEqual(set(told.flags_in_help("config", part)), {"--help"}, part)

    def test_commands_in_the_overview(self):
        listed = re.search(r"\.Sh COMMANDS\n(.*?)\.Sh ", told.read("man/pgcm.1"), re.S).group(1)
        self.assertEqual(re.findall(r"^\.It Cm (\S+)$", listed, re.M), told.COMMANDS)

    def test_a_page_for_each_command(self):
        pages = {path.name for path in (told.ROOT / "man").iterdir()}
        self.assertEqual(pages, {"pgcm.1", "pgcm.toml.5", "pgcm-codes.7"} | {f"pgcm-{name}.1" for name in told.COMMANDS})

    def test_the_synopsis_names_every_flag(self):
        for name in told.COMMANDS:
            page = told.read(f"man/pgcm-{name}.1")
            synopsis = re.search(r"\.Sh SYNOPSIS\n(.*?)\.Sh ", page, re.S).group(1)
            named = {"-" + flag for flag in re.findall(r"Fl (\S+)", synopsis)}
            for long, short in told.OWN[name].items():
                self.assertTrue(named & {long, short}, f"{long} is missing in the synopsis of {name}")
                named -= {long, short}
            self.assertEqual(named, set(), name)

    def test_parts_of_config_in_its_page(self):
        listed = re.findall(r"^\.It Cm (\S+)", told.read("man/pgcm-config.1"), re.M)
        self.assertEqual(listed, told.CONFIG_PARTS)

    def test_the_readme_names_every_command(self):
        for name in told.COMMANDS:
            self.assertIn(f"`pgcm {name}`", told.read("README.md"))


if __name__ == "__main__":
    unittest.main()
