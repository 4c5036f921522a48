"""No read leans on an order that nobody asked for, and no warning of a newer Python is ours."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.sources import nodes_of

ROOT = Path(__file__).resolve().parents[2]
# What tells apart the rows of the reads that end with it: a key of the table, or of the rows chosen.
KEYS = frozenset(
    {
        "id",
        "signataire_id",
        "departement_code",
        "code",
        "numero",
        "courriel",
        "cle",
        "annee",
        "periode",
        "travail",
        "siret",
    }
)


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def orders(path: Path) -> Iterator[tuple[int, ast.expr]]:
    """Line and last column of each ORDER BY; those given as one tuple end with the last of that tuple."""
    tuples = {
        target.id: node.value
        for node in nodes_of(path)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in nodes_of(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "order_by":
            last = node.args[-1]
            if isinstance(last, ast.Starred):
                names = [name.id for name in ast.walk(last) if isinstance(name, ast.Name) and name.id in tuples]
                last = tuples[names[0]].elts[-1]
            yield node.lineno, last


def ends_with_a_key(column: ast.expr) -> bool:
    if isinstance(column, ast.Call) and isinstance(column.func, ast.Attribute) and column.func.attr in ("desc", "asc"):
        column = column.func.value
    if isinstance(column, ast.Constant):
        return column.value is None or str(column.value).rpartition(".")[2] in KEYS
    return isinstance(column, ast.Attribute) and column.attr in KEYS


def test_every_order_asked_for_ends_with_a_key() -> None:
    """Two lines of one moment, two signatories of one name: only a key says which comes first, on every base."""
    found = [(path, line, last) for path in python_files("paqte") for line, last in orders(path)]
    assert len(found) > 60
    loose = [
        f"{path.relative_to(ROOT)}:{line} {ast.unparse(last)}"
        for path, line, last in found
        if not ends_with_a_key(last)
    ]
    assert loose == []


@pytest.mark.parametrize(
    ("order", "is_whole"),
    [
        ("q.order_by(j.quand)", False),
        ("q.order_by(j.quand.desc(), j.id.desc())", True),
        ("q.order_by(s.nom)", False),
        ("q.order_by(None)", True),
        ("order = (t.due_le, t.id)\nq.order_by(*order)", True),
        ("order = (t.id, t.due_le)\nq.order_by(*order)", False),
    ],
)
def test_a_loose_order_would_be_seen(order: str, is_whole: bool, tmp_path: Path) -> None:
    (tmp_path / "q.py").write_text(order, encoding="utf-8")
    assert [ends_with_a_key(last) for _, last in orders(tmp_path / "q.py")] == [is_whole]


def test_sqlite_gives_backwards_what_no_order_was_asked_for() -> None:
    """The ground of all the tests on SQLite: who needs an order must ask for it."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO t VALUES (1), (2), (3)"))
        assert list(connection.scalars(text("SELECT id FROM t"))) == [3, 2, 1]
        assert list(connection.scalars(text("SELECT id FROM t ORDER BY id"))) == [1, 2, 3]
    engine.dispose()


def test_our_sources_compile_without_a_warning() -> None:
    """What a newer Python will refuse (an escape that is none, a comparison of literals) it tells at compilation."""
    with warnings.catch_warnings(record=True) as told:
        # Of the compiler alone: the garbage collector may speak meanwhile of what other tests left open.
        for category in (SyntaxWarning, DeprecationWarning):
            warnings.simplefilter("always", category)
        for path in python_files("paqte", "tests", "outils"):
            compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)
    assert [f"{one.filename}:{one.lineno} {one.message}" for one in told] == []
