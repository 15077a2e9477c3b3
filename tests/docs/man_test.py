"""The manual: well-formed, and complete in exit codes, rules, alerts and keys of the configuration."""
import pathlib
import re
import tempfile
import unittest

import told

PAGES = sorted((told.ROOT / "man").iterdir())
# Values that depend on the rest of the file; the manual tells how.
NO_FIXED_DEFAULT = {"failover.quorum", "cluster.name", "node.name", "node.conninfo"}


def enumerators(path, kind):
    body = re.search(rf"enum (?:class )?{kind}[^{{]*{{(.*?)}};", told.read(path), re.S).group(1)
    return re.findall(r"^\s*(\w+)", re.sub(r"//.*", "", body), re.M)


def items(page, macro="Cm"):
    return re.findall(rf"^\.It {macro} (\S+)", told.read(f"man/{page}"), re.M)


def documented_keys():
    """{"timing.scan_period": '"1s"'} from the sections of pgcm.toml.5; None where there is no default."""
    keys = {}
    page = told.read("man/pgcm.toml.5")
    for name, body in re.findall(r"^\.Ss \[+(\w+)\]+\\&\n(.*?)(?=^\.S[sh] )", page, re.S | re.M):
        for key, value in re.findall(r"^\.It Ic (\w+)(?: No = (.*))?$", body, re.M):
            value = re.sub(r"^Li ", "", value).replace(r"\(dq", '"')
            keys[f"{name}.{key}"] = re.sub(r"^Qq (.*)$", r'"\1"', value) or None
    return keys


def accepted_keys():
    text = told.read("core/config/keys.cpp")
    keys = set()
    for name, body in re.findall(r"Names (\w+)_keys\[\] = {(.*?)};", text, re.S):
        keys |= {f"{name}.{key}" for key in re.findall(r'"(\w+)"', body)}
    return keys


def defaults():
    """Every key of a configuration that gives as little as it may."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "least.toml"
        file.write_text('[cluster]\nname = "c"\n[[node]]\nname = "a"\nconninfo = "host=a"\n'
                        '[[node]]\nname = "b"\nconninfo = "host=b"\n')
        shown = told.output(told.PGCM, "config", "show", "-c", file)
    keys, name = {}, ""
    for line in shown.splitlines():
        if header := re.match(r"\[+(\w+)\]+$", line):
            name = header.group(1)
        elif pair := re.match(r"(\w+) = (.*)$", line):
            keys[f"{name}.{pair.group(1)}"] = None if pair.group(2) in ('""', "[]") else pair.group(2)
        elif absent := re.match(r"# (\w+) is not set$", line):
            keys[f"{name}.{absent.group(1)}"] = None
    return keys


def same_value(a, b):
    minutes = lambda text: re.sub(r'^"(\d+)m"$', lambda m: f'"{int(m.group(1)) * 60}s"', text or "")
    return minutes(a) == minutes(b)


class Manual(unittest.TestCase):
    def test_lint(self):
        for page in PAGES:
            said = told.run("mandoc", "-T", "lint", "-W", "style", page)
            text = said.stdout + said.stderr
            # Whether other manuals are installed, and indexed, is no fault of the page.
            left = [line for line in text.splitlines()
                    if "referenced manual not found" not in line and "outdated mandoc.db" not in line]
            self.assertEqual(left, [], page.name)

    def test_references_between_pages_lead_somewhere(self):
        names = {page.name for page in PAGES}
        for page in PAGES:
            for name, part in re.findall(r"^\.Xr (pgcm\S*) (\d)", page.read_text(), re.M):
                self.assertIn(f"{name}.{part}", names, page.name)

    def test_exit_codes(self):
        codes = set(re.findall(r"^\s*\w+ = (\d+),", told.read("cmd/exit.hpp"), re.M))
        self.assertGreater(len(codes), 5)
        table = re.search(r"\.Sh EXIT STATUS\n(.*?)\.El", told.read("man/pgcm.1"), re.S).group(1)
        self.assertEqual(set(re.findall(r"^\.It (\d+)", table, re.M)), codes)

    def test_every_rule_is_explained(self):
        rules = re.findall(r"RULE\((\w+)\)", told.read("core/model/rules.hpp").split("namespace pgcm {")[0])
        rules = [rule for rule in rules if rule != "RULE"]
        self.assertGreater(len(rules), 40)
        self.assertEqual(sorted(items("pgcm-watch.1")), sorted(rules))
        self.assertLessEqual(set(items("pgcm-elect.1")), set(rules))

    def test_every_alert_is_explained(self):
        codes = enumerators("core/model/alert.hpp", "AlertCode")
        self.assertGreater(len(codes), 15)
        self.assertEqual([code for code in items("pgcm-status.1")], codes)

    def test_every_reach_is_explained(self):
        reaches = set(enumerators("core/model/observation.hpp", "Reach")) - {"unknown"}
        self.assertEqual(set(items("pgcm-probe.1")), reaches)

    def test_every_path_of_http_is_explained(self):
        paths = set(re.findall(r'Route{"(/\w*)"', told.read("core/serve/router.cpp")))
        paths |= set(re.findall(r'Named{"(/[\w-]+)"', told.read("core/serve/health.cpp"))) | {"/", "/heartbeat"}
        self.assertGreater(len(paths), 25)
        lines = re.findall(r"^\.(?:It )?Pa (/.*)$", told.read("man/pgcm-serve.1"), re.M)
        self.assertEqual({word for line in lines for word in line.split() if word.startswith("/")}, paths)


class Configuration(unittest.TestCase):
    def test_every_key_is_explained(self):
        self.assertGreater(len(accepted_keys()), 60)
        self.assertEqual(set(documented_keys()), accepted_keys())

    def test_every_key_is_shown(self):
        # commands.network is shown as network.command, and a witness only where there is one.
        hidden = {"commands.network"} | {key for key in accepted_keys() if key.startswith("witness.")}
        self.assertEqual(set(defaults()), accepted_keys() - hidden)

    def test_defaults(self):
        told_by_manual = documented_keys()
        for key, value in defaults().items():
            if key in NO_FIXED_DEFAULT:
                self.assertIsNone(told_by_manual[key], key)
            else:
                self.assertTrue(same_value(told_by_manual[key], value), f"{key}: {told_by_manual[key]} against {value}")


if __name__ == "__main__":
    unittest.main()
