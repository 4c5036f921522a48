"""Random single changes in the code, drawn with a seed, and how many of them fail a test (not part of `make test`).

    .venv/bin/python outils/mutations.py --graine 8 --nombre 150 [--processus 2] [--chemins paqte/domain/assemblage …]

First it learns which tests run which line (outils/passages.py); then, for each change, it runs in a copy of the
checkout the tests that pass through the changed line, the quickest first, on SQLite and without browser: all the
changes in processes that read everything once (outils/surplace.py), then each that nothing noticed so, pytest begun
anew.
It prints each change that no test noticed, to be judged by a person (same behaviour, or a missing test), each whose
tests did not come to an end, which is not a test that failed; and every ten changes, how many were noticed so far.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import queue
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passages import WITHOUT_BROWSER, Passages, learn, node_id

ROOT = Path(__file__).resolve().parent.parent
CHEMINS = (
    "paqte/domain/assemblage",
    "paqte/domain/documents/commun/comparaison*",
    "paqte/services",
    "paqte/reporting/classeurs/valeurs.py",
)
TOLD_EVERY = 10
QUICK = 60
# Tests that read the code itself: no line leads to them.
OF_THE_CODE = [
    f"tests.architecture.test_verrous.{name}"
    for name in (
        "test_each_lock_stands_where_it_must_and_says_what_it_prevents",
        "test_no_lock_is_of_all_the_rows_but_its_own",
        "test_whoever_must_hold_the_lines_of_a_departement_does",
    )
] + [
    "tests.services.test_saisies_vides.test_R13_what_nobody_typed_is_blank_and_neither_a_word_nor_a_number",
]
# Test files that start other processes: what is changed in the one that runs them is not changed there.
STARTING = re.compile(r"\b(subprocess|multiprocessing)\b")
# Calls that take any number of arguments: to drop one of another would only raise a TypeError.
VARIADIC = frozenset({"where", "filter", "order_by", "select", "union", "or_", "and_", "max", "min", "join"})
SECONDS = 900
NOTICED, UNSEEN, ENDLESS = "noticed", "unseen", "endless"
PASSED_ALL = "-"  # as outils/surplace.py says it
BATCHES = ((0, QUICK), (QUICK, 5 * QUICK), (5 * QUICK, None))
# What pytest says: all passed or none was asked for; one failed, or the changed file could not even be read.
PASSED = (0, 5)
ENDED = (*PASSED, 1, 2, 4)

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
    if node.value is not None and ast.unparse(node.value) != "None":
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


def tests_of(change: Change, learnt: Passages) -> list[str]:
    """The tests that pass through the changed lines, the quickest first, and those that read the code itself."""
    found = learnt.tests_of(change.fichier, change.ligne, change.ligne + change.avant.count("\n"))
    return [*found[:QUICK], *OF_THE_CODE, *found[QUICK:]]


def verdict(change: Change, copied: Path, tests: list[str]) -> str:
    """NOTICED if one of these tests fails on the changed code, UNSEEN, or ENDLESS if they did not come to an end."""
    there = copied / change.fichier
    source = there.read_bytes()
    there.write_bytes(change.applied(source))
    try:
        said = (_run(copied, tests[first:last]) for first, last in BATCHES if tests[first:])
        return next((one for one in said if one != UNSEEN), UNSEEN)
    finally:
        there.write_bytes(source)


def _run(copied: Path, tests: list[str]) -> str:
    run = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header"]
    run += ["-k", WITHOUT_BROWSER[-1], *(node_id(t) for t in tests)]
    environment = {**os.environ, "PYTHONPATH": str(copied)}
    try:
        done = subprocess.run(run, cwd=copied, env=environment, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return ENDLESS
    if done.returncode not in ENDED or b"not found: " in done.stdout + done.stderr:
        raise SystemExit(f"pytest could not run: {done.stdout.decode()}{done.stderr.decode()}")
    return UNSEEN if done.returncode in PASSED else NOTICED


def noticed_at_once(
    given: list[Change], copied: Path, tests: list[list[str]], processes: int
) -> Iterator[tuple[int, str]]:
    """What processes that read everything once find of each change, as it is found: its rank, NOTICED or UNSEEN.

    Nothing of a change that they could not try: made as the file is read, or too long.
    """
    sources = {c.fichier: (copied / c.fichier).read_bytes() for c in given}
    essais = [
        {
            "rang": rank,
            "fichier": c.fichier,
            "avant": sources[c.fichier].decode(),
            "apres": c.applied(sources[c.fichier]).decode(),
            "tests": tests[rank],
        }
        for rank, c in enumerate(given)
    ]
    asked = copied.parent / "essais.json"
    asked.write_text(json.dumps({"processus": processes, "essais": essais}))
    run = [sys.executable, str(Path(__file__).with_name("surplace.py")), str(asked)]
    environment = {**os.environ, "PYTHONPATH": str(copied)}
    with subprocess.Popen(run, cwd=copied, env=environment, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout or ():
            if line.startswith('{"rang"') and (said := json.loads(line))["par"]:
                yield said["rang"], UNSEEN if said["par"] == PASSED_ALL else NOTICED


def tried(given: list[Change], learnt: Passages, processes: int) -> Iterator[tuple[int, Change, str, int]]:
    """Each change, in the order in which they come to an end: its rank, its verdict, how many tests it was given to."""
    copies: queue.SimpleQueue[Path] = queue.SimpleQueue()
    tests = [tests_of(change, learnt) for change in given]

    def one(rank: int) -> tuple[int, Change, str, int]:
        copied = copies.get()
        try:
            return rank + 1, given[rank], verdict(given[rank], copied, tests[rank]), len(tests[rank])
        finally:
            copies.put(copied)

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(processes) as pool:
        left_out = shutil.ignore_patterns(".git", ".venv", ".mutations", "reports", "instance")
        made = [
            Path(shutil.copytree(ROOT, Path(folder) / str(n) / "projet", ignore=left_out)) for n in range(processes)
        ]
        left = set(range(len(given)))
        for rank, said in noticed_at_once(given, made[0], tests, processes):
            if said == NOTICED:
                left.discard(rank)
                yield rank + 1, given[rank], NOTICED, len(tests[rank])
            else:
                tests[rank] = _to_run_anew(tests[rank])
        for copied in made:
            copies.put(copied)
        for done in as_completed([pool.submit(one, rank) for rank in sorted(left)]):
            yield done.result()


def _to_run_anew(tests: list[str]) -> list[str]:
    """Of tests that all passed on the changed code in place, those that must be run in a copy all the same."""
    files = {test: ROOT / node_id(test).partition("::")[0] for test in tests}
    return [t for t, file in files.items() if t in OF_THE_CODE or (file.exists() and STARTING.search(file.read_text()))]


def main() -> None:
    """Draw, try, and say what no test noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graine", type=int, required=True)
    parser.add_argument("--nombre", type=int, default=150)
    parser.add_argument("--chemins", nargs="+", default=list(CHEMINS))
    parser.add_argument("--processus", type=int, default=1)
    asked = parser.parse_args()
    given = drawn(asked.chemins, asked.nombre, asked.graine)
    told: Counter[str] = Counter()
    for rank, change, said, tests in tried(given, learn(asked.chemins), asked.processus):
        told[said] += 1
        if said != NOTICED:
            print(f"\n{rank}. {change.fichier}:{change.ligne} ({said}, {tests} tests)")
            print(f"  - {change.avant}\n  + {change.apres}", flush=True)
        if told.total() % TOLD_EVERY == 0:
            print(f"\n{told[NOTICED]} of {told.total()} noticed so far", flush=True)
    print(f"\n{told[NOTICED]} of {len(given)} noticed, {told[ENDLESS]} endless, seed {asked.graine}")


if __name__ == "__main__":
    main()
