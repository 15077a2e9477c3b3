"""The completions of bash, zsh and fish, asked in those shells: they offer what --help tells, and nothing else."""
import pathlib
import re
import tempfile
import unittest

import told

FOLDER = told.ROOT / "completions"
NODES = ["p1", "two words", 'qu"ote', "größe"]
WITNESSES = ["w1", "w two"]

# Each reads lines from standard input and prints what is offered at their ends, and an empty line after each answer.
BASH = r'''
source "$1"
while IFS= read -r line; do
    read -ra COMP_WORDS <<<"${line//=/ = }"
    [[ $line == *[\ =] ]] && COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _pgcm "${line%% *}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
    ((${#COMPREPLY[@]})) && eval "printf '%s\n' ${COMPREPLY[*]}"
    echo
done'''
FISH = r'''
source $argv[1]
while read -l line
    complete -C $line | string replace -r "\t.*" ""
    echo
end'''
SHELLS = {
    "bash": ("bash", "--norc", "-c", BASH, "bash", FOLDER / "pgcm.bash"),
    "zsh": ("zsh", "-f", pathlib.Path(__file__).with_name("complete.zsh"), FOLDER),
    "fish": ("fish", "--no-config", "-c", FISH, FOLDER / "pgcm.fish"),
}


class Completions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        # The shells look for the program by the name on the line; this one is called pgcm and is in the PATH.
        (cls.folder / "bin").mkdir()
        (cls.folder / "bin/pgcm").symlink_to(told.PGCM)
        cls.environment = {**told.BARE, "PATH": f"{cls.folder}/bin:/usr/bin:/bin", "HOME": str(cls.folder)}
        nodes = "".join(f"[[node]]\nname = '{name}'\nconninfo = 'host=h{i}'\n" for i, name in enumerate(NODES))
        (cls.folder / "c.toml").write_text("[cluster]\nname = 'c'\n" + nodes)
        witnesses = "".join(f"[[witness]]\nname = '{name}'\nconninfo = 'host=w{i}'\n"
                            for i, name in enumerate(WITNESSES))
        (cls.folder / "w.toml").write_text("[cluster]\nname = 'c'\n" + nodes + witnesses)
        (cls.folder / "view.json").write_text("{}")

    def offers(self, shell, lines):
        """For each line the set of what is offered."""
        said = told.output(*SHELLS[shell], cwd=self.folder, env=self.environment,
                           input="".join(line + "\n" for line in lines))
        answers, rest = [], said.splitlines()
        while rest:
            end = rest.index("")
            answers.append(set(rest[:end]))
            rest = rest[end + 1:]
        self.assertEqual(len(answers), len(lines), said)
        return answers

    def check(self, expected):
        for shell in SHELLS:
            for line, offered in zip(expected, self.offers(shell, expected)):
                with self.subTest(shell=shell, line=line):
                    # fish offers the word as a whole, the others what stands behind "=".
                    offered = {re.sub(r"^--[a-z]+=", "", word) for word in offered}
                    if shell == "zsh" and not expected[line]:
                        # Where no word can stand, zsh tells of the flags.
                        offered -= told.spelled(told.flags_in_help()).union(*map(told.spelled, told.OWN.values()))
                    self.assertEqual(offered, set(expected[line]))

    def test_syntax(self):
        told.output("bash", "-n", FOLDER / "pgcm.bash")
        told.output("zsh", "-n", FOLDER / "_pgcm")
        told.output("fish", "-n", FOLDER / "pgcm.fish")

    def test_loading_says_nothing(self):
        self.assertEqual(told.output("bash", "--norc", "-c", f"source {FOLDER}/pgcm.bash 2>&1"), "")
        self.assertEqual(told.output("fish", "--no-config", "-c", f"source {FOLDER}/pgcm.fish 2>&1"), "")

    def test_commands(self):
        self.check({
            "pgcm ": told.COMMANDS,
            "pgcm sta": ["status"],
            "pgcm -q --color never sta": ["status"],
            "pgcm -c c.toml config ": told.CONFIG_PARTS,
            "pgcm config -c c.toml s": ["show"],
        })

    def test_flags(self):
        expected = {"pgcm -": told.spelled(told.GLOBAL)}
        for name in told.COMMANDS:
            expected[f"pgcm {name} -"] = told.spelled(told.GLOBAL) | told.spelled(told.OWN[name])
        for part in told.CONFIG_PARTS:
            expected[f"pgcm config {part} -"] = told.spelled(told.GLOBAL) | told.spelled(told.OWN_OF_PARTS[part])
        self.check(expected)

    def test_nodes(self):
        self.check({
            "pgcm -c c.toml probe ": NODES,
            "pgcm probe -c c.toml p": ["p1"],
            "pgcm probe --config c.toml p1 t": ["two words"],
            "pgcm demote -c c.toml --to ": NODES,
            "pgcm follow -c c.toml --to g": ["größe"],
            "pgcm probe --config=c.toml p": ["p1"],
            "pgcm probe -c w.toml ": NODES + WITNESSES,
            "pgcm follow -c w.toml --to ": NODES,
        })

    def test_without_a_configuration_there_are_no_nodes_and_no_words(self):
        self.check({"pgcm probe ": [], "pgcm -c nowhere.toml probe ": []})

    def test_each_value(self):
        """Of each flag that takes one, on each command; behind it the line goes on."""
        words = {"--color": ["auto", "always", "never"], "--method": ["auto", "rewind", "basebackup"]}
        expected, commands = {}, [(), *((name,) for name in told.COMMANDS), *(("config", part) for part in told.CONFIG_PARTS)]
        everywhere = told.values_in_help()
        self.assertEqual(everywhere, {"--config": "FILE", "--color": "WHEN", "--timeout": "DURATION"})
        for command in commands:
            bare = " ".join(["pgcm", *command])
            own = {} if not command else told.values_in_help(*command)
            short = told.flags_in_help(*command)
            for flag, kind in (everywhere | own).items():
                begun = bare + " -c w.toml" * (flag != "--config")
                offered = words.get(flag) or {"NODE": NODES, "FILE": ["view.json"]}.get(kind, [])
                for spelling in filter(None, (f"{flag} ", f"{flag}=", short.get(flag) and f"{short[flag]} ")):
                    expected[begun + " " + spelling + "v" * (kind == "FILE")] = offered
                expected[f"{begun} {flag} status --ver"] = ["--verbose", "--version"]
        self.assertGreater(len(expected), 150)
        self.check(expected)

    def test_each_argument(self):
        expected = {f"pgcm -c c.toml {name} ": [] for name in told.COMMANDS}
        expected |= {f"pgcm -c c.toml config {part} v": [] for part in told.CONFIG_PARTS}
        expected |= {"pgcm -c c.toml probe ": NODES, "pgcm -c c.toml config ": told.CONFIG_PARTS,
                     "pgcm -c c.toml config import v": ["view.json"]}
        self.check(expected)

    def test_a_value_is_no_command(self):
        self.check({f"pgcm {flag} status hi": ["history"] for flag in told.values_in_help()})

    def test_what_is_begun_is_ended(self):
        self.check({
            "pgcm -c c.t": ["c.toml"],
            "pgcm demote --method r": ["rewind"],
            "pgcm status --color=al": ["always"],
        })


if __name__ == "__main__":
    unittest.main()
