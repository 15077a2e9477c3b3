"""pgcm-codes(7) is what the program's own words make of it, and no code is missing."""
import os
import re
import sys
import unittest

import told

PAGE = told.ROOT / "man/pgcm-codes.7"
PRINTER = os.environ.get("PGCM_CODES_PAGE") or sys.exit("set PGCM_CODES_PAGE to the program")


def enumerators(text, title):
    part = re.search(rf"\.Sh {title}\n(.*?)\.Sh ", text, re.S).group(1)
    return re.findall(r"^\.It (?:Cm )?(\S+)$", part, re.M)


class Codes(unittest.TestCase):
    def test_the_page_is_made_from_the_program(self):
        made = told.output(PRINTER)
        if os.environ.get("PGCM_REWRITE"):
            PAGE.write_text(made, encoding="utf-8")
        self.assertEqual(PAGE.read_text(encoding="utf-8"), made, "PGCM_REWRITE=1 makes it anew")

    def test_none_is_missing(self):
        page = PAGE.read_text(encoding="utf-8")
        rules = re.findall(r"^    RULE\((\w+)\)", told.read("core/model/rules.hpp"), re.M)
        alerts = re.search(r"enum class AlertCode {(.*?)};", told.read("core/model/alert.hpp"), re.S).group(1)
        actions = re.search(r"enum class ActionKind {(.*?)};", told.read("core/model/decision.hpp"), re.S).group(1)
        codes = re.findall(r"^\s*\w+ = (\d+),", told.read("cmd/exit.hpp"), re.M)
        self.assertGreater(len(rules), 60)
        self.assertEqual(enumerators(page, "RULES OF DECISIONS"), rules)
        self.assertEqual(enumerators(page, "ALERT CODES"), re.findall(r"^\s*(\w+),", alerts, re.M))
        self.assertEqual(enumerators(page, "ACTIONS TAKEN"), re.findall(r"^\s*(\w+),", actions, re.M))
        self.assertEqual(enumerators(page, "EXIT STATUS"), codes)


if __name__ == "__main__":
    unittest.main()
