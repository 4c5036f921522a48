"""Random single changes in the code, drawn with a seed, and how many of them fail a test (not part of `make test`).

    .venv/bin/python outils/mutations.py --graine 8 --nombre 150 [--chemins paqte/domain/assemblage …]

First it learns which tests run which line (once for a commit, kept in .mutations/); then, for each change, it runs in
a copy of the checkout the tests that pass through the changed line, the quickest first, on SQLite and without browser.
It prints each change that no test noticed, to be judged by a person: same behaviour, or a missing test; and every ten
changes, how many of those tried so far were noticed.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".mutations"
CHEMINS = (
    "paqte/domain/assemblage",
    "paqte/domain/documents/commun/comparaison*",
    "paqte/services",
    "paqte/reporting/classeurs/valeurs.py",
)
TOLD_EVERY = 10
WITHOUT_BROWSER = ("--ignore=tests/parcours", "--ignore=tests/bench", "-k", "not postgresql and not chromium")
QUICK = 60
# Tests that read the code itself: no line leads to them.
OF_THE_CODE = [
    f"tests.architecture.test_verrous.{name}"
    for name in (
        "test_each_lock_stands_where_it_must_and_says_what_it_prevents",
        "test_whoever_must_hold_the_lines_of_a_departement_does",
    )
]
# Calls that take any number of arguments: to drop one of another would only raise a TypeError.
VARIADIC = frozenset({"where", "filter", "order_by", "select", "union", "or_", "and_", "max", "min", "join"})
SECONDS = 900

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr},
}


@dataclass(frozen=True, slots=True)
class Change:
    """One place of one file, and the text that stands there instead; `debut` and `fin` are byte offsets."""

    fichier: str
    ligne: int
    debut: int
    fin: int
    avant: str
    apres: str

    def applied(self, source: bytes) -> bytes:
        return source[: self.debut] + self.apres.encode() + source[self.fin :]


def changes(fichier: Path) -> Iterator[Change]:
    """Every single change that this file allows."""
    source = fichier.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in _places(ast.parse(source)):
        for other in _variants(node):
            debut = starts[node.lineno - 1] + node.col_offset
            fin = starts[node.end_lineno - 1] + node.end_col_offset
            text = ast.unparse(ast.fix_missing_locations(other))
            apres = f"({text})" if isinstance(node, ast.expr) else text
            yield Change(str(fichier.relative_to(ROOT)), node.lineno, debut, fin, source[debut:fin].decode(), apres)


def _places(tree: ast.AST) -> Iterator[Any]:
    """Nodes that run: no annotation, alias of a type, decorator, docstring, import nor piece of an f-string."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr | ast.Pass) or _is_alias(node):
            continue
        yield node
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "bases", "type_comment"):
                continue
            found = value if isinstance(value, list) else [value]
            stack += [one for one in found if isinstance(one, ast.AST) and not _is_docstring(one)]


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_alias(node: ast.AST) -> bool:
    """`Ligne = LigneIndicateur | LigneThematique`, `__all__`: read by the types alone; constants are in capitals."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    name = node.targets[0].id
    return name == "__all__" or (name[0].isupper() and not name.isupper())


def _variants(node: Any) -> Iterator[Any]:
    for kind, vary in VARIED.items():
        if isinstance(node, kind):
            yield from vary(node)


def _with(node: Any, **fields: Any) -> Any:
    other = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _without_one(node: Any, name: str, least: int) -> Iterator[Any]:
    values = getattr(node, name)
    if len(values) > least:
        for rank in range(len(values)):
            yield _with(node, **{name: values[:rank] + values[rank + 1 :]})


def _compared(node: ast.Compare) -> Iterator[Any]:
    if len(node.ops) == 1 and type(node.ops[0]) in COMPARED:
        yield _with(node, ops=[COMPARED[type(node.ops[0])]()])


def _joined(node: ast.BoolOp) -> Iterator[Any]:
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    if len(node.values) == 2:
        yield from node.values
    else:
        yield from _without_one(node, "values", 2)


def _constant(node: ast.Constant) -> Iterator[Any]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant("" if value else "x")


def _called(node: ast.Call) -> Iterator[Any]:
    yield from _without_one(node, "keywords", 0)
    if getattr(node.func, "attr", getattr(node.func, "id", "")) in VARIADIC:
        yield from _without_one(node, "args", 1)


def _chosen(node: ast.IfExp) -> Iterator[Any]:
    yield from (node.body, node.orelse)


def _comprehended(node: Any) -> Iterator[Any]:
    for rank, generator in enumerate(node.generators):
        for other in _without_one(generator, "ifs", 0):
            yield _with(node, generators=[*node.generators[:rank], other, *node.generators[rank + 1 :]])


def _computed(node: ast.BinOp | ast.AugAssign) -> Iterator[Any]:
    if type(node.op) in COMPUTED:
        yield _with(node, op=COMPUTED[type(node.op)]())


def _literal(node: Any) -> Iterator[Any]:
    if isinstance(getattr(node, "ctx", None) or ast.Load(), ast.Load):
        yield from _without_one(node, "elts", 0)


def _mapped(node: ast.Dict) -> Iterator[Any]:
    for rank in range(len(node.keys)):
        kept = [n for n in range(len(node.keys)) if n != rank]
        yield _with(node, keys=[node.keys[n] for n in kept], values=[node.values[n] for n in kept])


def _negated(node: ast.UnaryOp) -> Iterator[Any]:
    if isinstance(node.op, ast.Not):
        yield node.operand


def _returned(node: ast.Return) -> Iterator[Any]:
    if node.value is not None:
        yield ast.Return(None)


def _done(node: ast.Expr) -> Iterator[Any]:
    if isinstance(node.value, ast.Call):
        yield ast.Pass()


VARIED: dict[Any, Any] = {
    ast.Compare: _compared,
    ast.BoolOp: _joined,
    ast.Constant: _constant,
    ast.Call: _called,
    ast.IfExp: _chosen,
    (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp): _comprehended,
    (ast.BinOp, ast.AugAssign): _computed,
    (ast.Tuple, ast.List, ast.Set): _literal,
    ast.Dict: _mapped,
    ast.UnaryOp: _negated,
    ast.Return: _returned,
    ast.Expr: _done,
}


def drawn(chemins: list[str], nombre: int, graine: int) -> list[Change]:
    """`nombre` different changes among all those of these files, each as likely, always the same for a seed."""
    files = sorted({f for chemin in chemins for f in _files(chemin)})
    every = sorted((c for f in files for c in changes(f)), key=lambda c: (c.fichier, c.debut, c.fin, c.apres))
    return random.Random(graine).sample(every, min(nombre, len(every)))


def _files(chemin: str) -> list[Path]:
    found = [ROOT / chemin] if (ROOT / chemin).exists() else list(ROOT.glob(chemin))
    if not found:
        raise SystemExit(f"nothing is at {chemin}")
    return [f for one in found for f in ([one] if one.is_file() else one.rglob("*.py"))]


def learn() -> dict[str, Any]:
    """Which tests pass through which line, and how long each takes: {"lignes": {file: {line: [test]}}, "temps": …}."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    kept = KEPT / f"{commit.stdout.strip()}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    KEPT.mkdir(exist_ok=True)
    (KEPT / "coveragerc").write_text(
        f"[run]\nsource = paqte\ndynamic_context = test_function\ndata_file = {KEPT / 'coverage'}\n"
    )
    run = [sys.executable, "-m", "coverage", "run", f"--rcfile={KEPT / 'coveragerc'}", "-m", "pytest", "-q", "-p"]
    run += ["no:cacheprovider", "-p", "no:xdist", f"--junitxml={KEPT / 'temps.xml'}", *WITHOUT_BROWSER]
    subprocess.run(run, cwd=ROOT, check=False)
    learnt = {"lignes": _lines(), "temps": _times()}
    kept.write_text(json.dumps(learnt))
    return learnt


def _lines() -> dict[str, dict[str, list[str]]]:
    from coverage import CoverageData

    data = CoverageData(str(KEPT / "coverage"))
    data.read()
    found: dict[str, dict[str, list[str]]] = {}
    for name in data.measured_files():
        by_line = {str(line): [t for t in tests if t] for line, tests in data.contexts_by_lineno(name).items()}
        found[str(Path(name).relative_to(ROOT))] = by_line
    return found


def _times() -> dict[str, float]:
    """Seconds by test function, "tests.domain.test_x.test_y", all its cases together."""
    found: defaultdict[str, float] = defaultdict(float)
    for case in ElementTree.parse(KEPT / "temps.xml").iter("testcase"):
        found[f"{case.get('classname')}.{str(case.get('name')).split('[')[0]}"] += float(case.get("time") or 0)
    return dict(found)


def tests_of(change: Change, learnt: dict[str, Any]) -> list[str]:
    """The tests that pass through the changed lines, the quickest first; of a line run at import, those of its file."""
    by_line = learnt["lignes"].get(change.fichier, {})
    last = change.ligne + change.avant.count("\n")
    found = {t for line in range(change.ligne, last + 1) for t in by_line.get(str(line), [])}
    found = found or {t for tests in by_line.values() for t in tests}
    return [*OF_THE_CODE, *sorted(found, key=lambda test: learnt["temps"].get(test, 0.0))]


def node_id(test: str) -> str:
    """ "tests.domain.test_x.test_y" as pytest names it."""
    module, function = test.rsplit(".", 1)
    return f"{module.replace('.', '/')}.py::{function}"


def is_noticed(change: Change, copied: Path, tests: list[str]) -> bool:
    """Whether one of these tests fails on the changed code."""
    there = copied / change.fichier
    source = there.read_bytes()
    there.write_bytes(change.applied(source))
    try:
        return any(_fails(copied, tests[n : n + size]) for n, size in ((0, QUICK), (QUICK, len(tests))) if tests[n:])
    finally:
        there.write_bytes(source)


def _fails(copied: Path, tests: list[str]) -> bool:
    run = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header"]
    run += ["-k", WITHOUT_BROWSER[-1], *(node_id(t) for t in tests)]
    environment = {**os.environ, "PYTHONPATH": str(copied)}
    try:
        done = subprocess.run(run, cwd=copied, env=environment, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode not in (0, 5)


def main() -> None:
    """Draw, try, and say what no test noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graine", type=int, required=True)
    parser.add_argument("--nombre", type=int, default=150)
    parser.add_argument("--chemins", nargs="+", default=list(CHEMINS))
    asked = parser.parse_args()
    learnt = learn()
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "projet"
        shutil.copytree(
            ROOT, copied, ignore=shutil.ignore_patterns(".git", ".venv", ".mutations", "reports", "instance")
        )
        given = drawn(asked.chemins, asked.nombre, asked.graine)
        for rank, change in enumerate(given, 1):
            tests = tests_of(change, learnt)
            if not is_noticed(change, copied, tests):
                survivors += 1
                print(f"\n{rank}. {change.fichier}:{change.ligne} ({len(tests)} tests)")
                print(f"  - {change.avant}\n  + {change.apres}", flush=True)
            if rank % TOLD_EVERY == 0:
                print(f"\n{rank - survivors} of {rank} noticed so far", flush=True)
    print(f"\n{len(given) - survivors} of {len(given)} noticed, seed {asked.graine}")


if __name__ == "__main__":
    main()
