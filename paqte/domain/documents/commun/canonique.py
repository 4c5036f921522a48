"""What an edition freezes, as one text: the same data give the same canonical JSON, hence the same hash."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, NamedTuple, Self, get_args, get_origin, get_type_hints

from paqte.domain.documents.lignes.tables import Comparaison

# What stands for the document itself among its tables.
DOCUMENT = ""


class Frozen:
    """A document made of frozen dataclasses: only texts, whole numbers, Decimals, None, and dates as ISO texts.

    A document may say in `depuis` since which version each of its later parts exists, and its `tables` say it of their
    columns. Where such a part says nothing it is left out, so that the editions of before keep their hash.
    """

    __slots__ = ()
    tables: ClassVar[tuple[Comparaison, ...]] = ()
    depuis: ClassVar[Mapping[str, str]] = {}

    def as_json(self) -> str:
        """Canonical JSON: sorted keys, Decimals as plain texts, no white space."""
        return _canonical_text(self).texte

    @property
    def sha256(self) -> str:
        """Hash of the data, the same for the same figures whatever the machine."""
        return _canonical_text(self).sha256

    @classmethod
    def from_json(cls, text: str, rows: frozenset[type] | None = None) -> Self:
        """The document an edition froze; given some types of rows, its other tables are left empty."""
        kind: Any = cls
        built: Self = _document_builder(kind, rows)(json.loads(text))
        return built

    @classmethod
    def version(cls) -> str:
        """The version of its columns: the last one that brought any."""
        columns = (c.depuis for table in cls.tables for c in table.colonnes)
        return max((*cls.depuis.values(), *columns), default="")


class _DocumentWritten(NamedTuple):
    """A document, its text and the hash of its text."""

    document: Frozen
    texte: str
    sha256: str


# Issuing an edition asks of its two versions their text to keep, to hash, to number the workbook: written once each.
_LAST: deque[_DocumentWritten] = deque(maxlen=2)


def _canonical_text(document: Frozen) -> _DocumentWritten:
    for known in tuple(_LAST):
        if known.document is document:
            return known
    kind: Any = type(document)
    shapes = _shapes(kind)
    own = shapes[DOCUMENT]
    said = ((name, getattr(document, name)) for name in _names(kind) if name not in own.absent)
    told = {
        own.keys.get(name, name): _plain(given, shapes.get(name, AS_IS))
        for name, given in said
        if name not in own.nothing or given != own.nothing[name]
    }
    texte = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    made = _DocumentWritten(document, texte, hashlib.sha256(texte.encode("utf-8", "surrogatepass")).hexdigest())
    _LAST.append(made)
    return made


@cache
def later_fields(kind: Any) -> Mapping[str, Mapping[str, object]]:
    """By field of a document that holds rows, what the fields that came later say when they say nothing.

    Those of the document itself are under DOCUMENT. TypeError when such a field has no value of its own.
    """
    hints = get_type_hints(kind)
    found: dict[str, dict[str, object]] = {DOCUMENT: {name: _nothing(kind, name) for name in kind.depuis}}
    for table in kind.tables:
        row = row_of(hints[table.champ]) if table.champ else kind
        later = {c.champ: _nothing(row, c.champ) for c in table.colonnes if c.depuis}
        found.setdefault(table.champ, {}).update(later)
    return found


def _nothing(kind: Any, name: str) -> object:
    field = next(f for f in fields(kind) if f.name == name)
    if field.default is MISSING:
        raise TypeError(f"{kind.__name__}.{name} est venu après coup : il lui faut une valeur qui ne dit rien")
    return field.default


class WrittenRows(NamedTuple):
    """How the rows of a table are written: the fields it has not, the keys of others, what says nothing."""

    absent: frozenset[str] = frozenset()
    keys: Mapping[str, str] = {}
    nothing: Mapping[str, object] = {}


AS_IS = WrittenRows()
# Already as JSON says them.
_AS_JSON = (str, int, type(None))


@cache
def _shapes(kind: Any) -> Mapping[str, WrittenRows]:
    """By field of a document, how its rows are written; under DOCUMENT, the document itself."""
    later, hints = later_fields(kind), get_type_hints(kind)
    found = {name: WrittenRows(nothing=nothing) for name, nothing in later.items()}
    for table in (t for t in kind.tables if t.champ):
        own = {c.champ for c in table.colonnes}
        optional = {f.name for f in fields(row_of(hints[table.champ])) if f.default is not MISSING}
        keys = {c.champ: c.cle for c in table.colonnes if c.cle}
        found[table.champ] = WrittenRows(frozenset(optional - own), keys, later.get(table.champ, {}))
    return found


def row_of(hint: Any) -> Any:
    """The type of the rows of a field, or of its record."""
    return get_args(hint)[0] if get_origin(hint) is tuple else hint


def _plain(value: Any, shape: WrittenRows = AS_IS) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return [_plain(one, shape) for one in value]
    if is_dataclass(value):
        return _written_record(value, shape)
    raise TypeError(f"{type(value).__name__} n’a pas sa place dans une édition")


def _written_record(record: Any, shape: WrittenRows) -> dict[str, Any]:
    """Tens of thousands of fields a document: what is already as JSON says it is not looked at further."""
    absent, keys, nothing = shape
    told: dict[str, Any] = {}
    for name in _names(record.__class__):
        if name in absent:
            continue
        given = getattr(record, name)
        if name not in nothing or given != nothing[name]:
            told[keys.get(name, name)] = given if given.__class__ in _AS_JSON else _plain(given)
    return told


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


@cache
def _document_builder(kind: Any, rows: frozenset[type] | None) -> Callable[[Any], Any]:
    shapes = _shapes(kind)

    def part(name: str, hint: Any) -> Callable[[Any], Any] | None:
        is_left = rows is not None and get_origin(hint) is tuple and row_of(hint) not in rows
        return _no_rows if is_left else _rows_builder(hint, shapes.get(name, AS_IS))

    return _record_builder(kind, {}, part)


def _no_rows(_raw: Any) -> tuple[()]:
    return ()


def _rows_builder(hint: Any, shape: WrittenRows) -> Callable[[Any], Any] | None:
    """What turns JSON into the rows of a table, or into a lone record."""
    row = row_of(hint)
    if not (isinstance(row, type) and is_dataclass(row)):
        return _builder(hint)
    make = _record_builder(row, shape.keys, lambda name, inner: _builder(inner))
    return make if row is hint else lambda raw: tuple(map(make, raw))


@cache
def _builder(kind: Any) -> Callable[[Any], Any] | None:
    """What turns JSON into a value of this kind; None when it is the value already. Each kind is studied once."""
    if isinstance(kind, type) and is_dataclass(kind):
        return _record_builder(kind, {}, lambda name, inner: _builder(inner))
    if get_origin(kind) is tuple:
        make = _builder(get_args(kind)[0])
        return tuple if make is None else lambda raw: tuple(map(make, raw))
    if kind in (Decimal, Decimal | None):
        return lambda raw: None if raw is None else Decimal(raw)
    return None


def _record_builder(
    kind: Any, keys: Mapping[str, str], builder: Callable[[str, Any], Callable[[Any], Any] | None]
) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    parts = [(f.name, keys.get(f.name, f.name), builder(f.name, hints[f.name])) for f in fields(kind)]

    def build(raw: Any) -> Any:
        return kind(**{name: make(raw[key]) if make else raw[key] for name, key, make in parts if key in raw})

    return build
