"""cmake --install puts every file where it is looked for."""
import os
import pathlib
import tempfile
import unittest

import told

MANUALS = {f"share/man/man{path.suffix[1:]}/{path.name}" for path in (told.ROOT / "man").iterdir()}
EXAMPLES = {f"share/doc/pgcm/examples/{path.name}" for kind in ("*.toml", "*.sql")
            for path in (told.ROOT / "examples").glob(kind)}
EXAMPLES |= {f"share/doc/pgcm/examples/{folder}/{path.name}" for folder in ("hooks", "checks")
             for path in (told.ROOT / "examples" / folder).iterdir()}
UNITS = {f"lib/systemd/system/{path.name}" for path in (told.ROOT / "packaging/systemd").iterdir()}
OTHERS = {
    "bin/pgcm",
    "share/bash-completion/completions/pgcm",
    "share/zsh/site-functions/_pgcm",
    "share/fish/vendor_completions.d/pgcm.fish",
    "share/doc/pgcm/README.md",
    "share/doc/pgcm/CHANGELOG.md",
    "share/doc/pgcm/LICENSE",
    "share/doc/pgcm/examples/shell/compose.sh",
    "share/doc/pgcm/examples/shell/cron",
}


class Install(unittest.TestCase):
    def test_install(self):
        with tempfile.TemporaryDirectory() as folder:
            prefix = pathlib.Path(folder) / "a prefix"
            told.output("cmake", "--install", os.environ["PGCM_BUILD"], "--prefix", prefix)
            there = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if not path.is_dir()}
            self.assertEqual(there, OTHERS | MANUALS | EXAMPLES | UNITS)
            self.assertRegex(told.output(prefix / "bin/pgcm", "--version"), r"^pgcm \d")
            self.assertTrue(os.access(prefix / "share/doc/pgcm/examples/shell/compose.sh", os.X_OK))
            for unit in UNITS:
                source = told.read("packaging/systemd/" + pathlib.Path(unit).name)
                self.assertEqual((prefix / unit).read_text(), source.replace("/usr/bin/pgcm", f"{prefix}/bin/pgcm"))


if __name__ == "__main__":
    unittest.main()
