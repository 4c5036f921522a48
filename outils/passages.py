"""Which tests pass through which line of the code: learnt once by running them, then followed from commit to commit.

Kept in .mutations/ as {"tests": [name], "lignes": {file: {line: [rank in tests]}}, "temps": {name: seconds}}; a test is
named "tests.domain.test_x.test_y", all its cases together. When an earlier commit of the same history has its map, only
what changed since is learnt again: the test files that changed, and those of the rooms where a file to try is new.
The lines of the others follow the text; a line rewritten since is taken to be run by the tests of the lines it replaces
and of their neighbours. A test missed so makes a change look unnoticed, never the reverse.
"""

from __future__ import annotations

import ast
import difflib
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".mutations"
WITHOUT_BROWSER = ("--ignore=tests/parcours", "--ignore=tests/bench", "-k", "not postgresql and not chromium")

Lines = dict[int, set[str]]


class Passages:
    """The tests of each line of each file, and the seconds each test takes."""

    def __init__(self) -> None:
        self.lignes: defaultdict[str, Lines] = defaultdict(dict)
        self.temps: dict[str, float] = {}

    def add(self, fichier: str, ligne: int, tests: Iterable[str]) -> None:
        self.lignes[fichier].setdefault(ligne, set()).update(tests)

    def tests_of(self, fichier: str, first: int, last: int) -> list[str]:
        """The tests that run these lines, the quickest first.

        A line outside every function runs once, for whichever test reads the file first: all the tests of the file pass
        through what it makes, those of the lines elsewhere that name it, and those of the test files that import it.
        """
        by_line = self.lignes.get(fichier, {})
        found = {t for line in range(first, last + 1) for t in by_line.get(line, ())}
        names = made_at_reading((ROOT / fichier).read_text(), first)
        if names is not None or not found:
            found |= {t for tests in by_line.values() for t in tests}
        for name in names or ():
            found |= self._naming(name) | self._importing(_module(fichier), name)
        return sorted(found, key=lambda test: (self.temps.get(test, 0.0), test))

    def _naming(self, name: str) -> set[str]:
        """The tests of every line that holds this word."""
        word = re.compile(rf"\b{name}\b")
        found: set[str] = set()
        for fichier, lines in self.lignes.items():
            for rank, text in enumerate((ROOT / fichier).read_text().splitlines(), 1):
                if rank in lines and word.search(text):
                    found |= lines[rank]
        return found

    def _importing(self, module: str, name: str) -> set[str]:
        """The tests of the test files that take this name from this module: they may look at it and run no line."""
        taken = re.compile(rf"^from {re.escape(module)} import (\([^)]*|[^\n]*)\b{name}\b", re.MULTILINE)
        files = ((_module(str(f.relative_to(ROOT))), f) for f in (ROOT / "tests").rglob("test_*.py"))
        takers = {test_module for test_module, f in files if taken.search(f.read_text())}
        return {test for test in self.temps if test.rpartition(".")[0] in takers}

    def write(self, path: Path) -> None:
        names = sorted({t for lines in self.lignes.values() for tests in lines.values() for t in tests})
        rank = {name: n for n, name in enumerate(names)}
        lignes = {f: {n: sorted(rank[t] for t in ts) for n, ts in ls.items()} for f, ls in self.lignes.items()}
        path.write_text(json.dumps({"tests": names, "lignes": lignes, "temps": self.temps}))


def made_at_reading(source: str, line: int) -> set[str] | None:
    """The names of what a file makes at this line as it is read; None for a line inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.stmt) or not node.lineno <= line <= (node.end_lineno or 0):
            continue
        if isinstance(node, ast.FunctionDef) and line >= node.body[0].lineno:
            return None
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def learn(chemins: Collection[str]) -> Passages:
    """The map of the commit at hand, made or followed from the nearest earlier one if it is not kept yet.

    What is followed is whole for the files of `chemins`, those about to be changed.
    """
    KEPT.mkdir(exist_ok=True)
    mine, *earlier = _git("rev-list", "HEAD").split()
    if _map_of(mine).exists():
        return _read(_map_of(mine))
    known = next((commit for commit in earlier if _map_of(commit).exists()), None)
    learnt = _run([]) if known is None else _followed(known, chemins)
    learnt.write(_map_of(mine))
    return learnt


def node_id(test: str) -> str:
    """ "tests.domain.test_x.test_y" as pytest names it."""
    module, function = test.rsplit(".", 1)
    return f"{module.replace('.', '/')}.py::{function}"


def _map_of(commit: str) -> Path:
    return KEPT / f"{commit}.json"


def _read(path: Path) -> Passages:
    given = json.loads(path.read_text())
    found, names = Passages(), given["tests"]
    found.temps = given["temps"]
    for fichier, lines in given["lignes"].items():
        found.lignes[fichier] = {int(line): {names[n] for n in ranks} for line, ranks in lines.items()}
    return found


def _run(tests: list[str]) -> Passages:
    """What these files of tests pass through, all of them if none is named."""
    settings, times = KEPT / "coveragerc", KEPT / "temps.xml"
    settings.write_text(f"[run]\nsource = paqte\ndata_file = {KEPT / 'coverage'}\n")
    run = [sys.executable, "-m", "coverage", "run", f"--rcfile={settings}", "-m", "pytest", "-q", "-p", "contextes"]
    run += ["-p", "no:cacheprovider", "-p", "no:xdist", f"--junitxml={times}", *WITHOUT_BROWSER, *tests]
    plugins = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    subprocess.run(run, cwd=ROOT, env=plugins, check=False)
    return _covered(times)


def _covered(times: Path) -> Passages:
    from coverage import CoverageData

    found, data = Passages(), CoverageData(str(KEPT / "coverage"))
    data.read()
    failed = _failed(times)
    for name in data.measured_files():
        fichier = str(Path(name).relative_to(ROOT))
        for line, tests in data.contexts_by_lineno(name).items():
            # Functions of libraries are called test_… too (jinja2.tests.test_defined): pytest would refuse their names.
            found.add(fichier, line, [t for t in tests if t.startswith("tests.") and t not in failed])
    for case in ElementTree.parse(times).iter("testcase"):
        test = _name_of(case)
        found.temps[test] = found.temps.get(test, 0.0) + float(case.get("time") or 0)
    return found


def _failed(times: Path) -> set[str]:
    """Tests that already fail: they would seem to notice any change."""
    cases = ElementTree.parse(times).iter("testcase")
    return {_name_of(case) for case in cases if case.find("failure") is not None or case.find("error") is not None}


def _name_of(case: ElementTree.Element) -> str:
    return f"{case.get('classname')}.{str(case.get('name')).split('[')[0]}"


def _followed(commit: str, chemins: Collection[str]) -> Passages:
    """The map of `commit` where each line and each test stands now, and what changed since learnt again."""
    was = _moves(commit)
    again = _to_run_again(was, commit, chemins)
    found = _run(again) if again else Passages()
    is_new = {_module(path) for path in again}
    moved = {_module(old): _module(now) for now, old in was.items() if now.startswith("tests/") and old}
    standing = {_module(str(path.relative_to(ROOT))) for path in (ROOT / "tests").rglob("test_*.py")}
    known = _read(_map_of(commit))

    def now_of(test: str) -> str | None:
        module, function = test.rsplit(".", 1)
        module = moved.get(module, module)
        return f"{module}.{function}" if module in standing - is_new else None

    for test, seconds in known.temps.items():
        if now := now_of(test):
            found.temps[now] = seconds
    for path in (ROOT / "paqte").rglob("*.py"):
        fichier = str(path.relative_to(ROOT))
        lines = known.lignes.get(was.get(fichier, fichier), {})
        if lines and fichier in was:
            lines = _moved_lines(lines, _text(commit, was[fichier]), _text("HEAD", fichier))
        for line, tests in lines.items():
            found.add(fichier, line, filter(None, map(now_of, tests)))
    return found


def _moves(commit: str) -> dict[str, str]:
    """Every Python file that changed since `commit`: its path now -> the one it had, "" for a new one."""
    found = {}
    for line in _git("diff", "--name-status", "-M", commit, "HEAD", "--", "*.py").splitlines():
        kind, *paths = line.split("\t")
        if kind != "D":
            found[paths[-1]] = "" if kind == "A" else paths[0]
    return found


def _to_run_again(was: dict[str, str], commit: str, chemins: Collection[str]) -> list[str]:
    """The test files that are not the same text as at `commit`, and those beside which a file of the code is new."""
    asked = tuple(chemin.rstrip("*") for chemin in chemins)
    made = [Path(now) for now, old in was.items() if now.startswith(asked) and not old]
    rooms = {Path("tests", *path.parent.parts[1:]) for path in made}
    changed = {now for now, old in was.items() if now.startswith("tests/") and _text(commit, old) != _text("HEAD", now)}
    beside = {str(path.relative_to(ROOT)) for room in rooms for path in (ROOT / room).glob("test_*.py")}
    left = ("tests/parcours/", "tests/bench/")
    return sorted(p for p in changed | beside if Path(p).name.startswith("test_") and not p.startswith(left))


def _moved_lines(known: Lines, before: str, after: str) -> Lines:
    """The tests of each line of `after`, from those of the lines of `before`."""
    old, new = before.splitlines(), after.splitlines()
    found: Lines = {}
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found |= {j1 + n + 1: known[i1 + n + 1] for n in range(i2 - i1) if i1 + n + 1 in known}
        else:
            around = {t for line in range(i1, i2 + 2) for t in known.get(line, ())}
            found |= {line: set(around) for line in range(j1 + 1, j2 + 1)}
    return found


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def _text(commit: str, path: str) -> str:
    return _git("show", f"{commit}:{path}") if path else ""


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout
