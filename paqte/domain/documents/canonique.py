"""What an edition freezes, as one text: the same data give the same canonical JSON, hence the same hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Self, get_args, get_origin, get_type_hints

from paqte.domain.documents.tables import Comparaison

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
        kind: Any = type(self)
        later = later_fields(kind)
        told = {
            name: _plain(given, later.get(name, {}))
            for name, given in _fields(self)
            if name not in later[DOCUMENT] or given != later[DOCUMENT][name]
        }
        return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @property
    def sha256(self) -> str:
        """Hash of the data, the same for the same figures whatever the machine."""
        return hashlib.sha256(self.as_json().encode("utf-8", "surrogatepass")).hexdigest()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The document an edition froze."""
        kind: Any = cls
        built: Self = _record_builder(kind)(json.loads(text))
        return built

    @classmethod
    def version(cls) -> str:
        """The version of its columns: the last one that brought any."""
        columns = (c.depuis for table in cls.tables for c in table.colonnes)
        return max((*cls.depuis.values(), *columns), default="")


@cache
def later_fields(kind: Any) -> Mapping[str, Mapping[str, object]]:
    """By field of a document that holds rows, what the fields that came later say when they say nothing.

    Those of the document itself are under DOCUMENT. TypeError when such a field has no value of its own.
    """
    hints = get_type_hints(kind)
    found: dict[str, dict[str, object]] = {DOCUMENT: {name: _nothing(kind, name) for name in kind.depuis}}
    for table in kind.tables:
        rows = hints[table.champ] if table.champ else kind
        row = get_args(rows)[0] if get_origin(rows) is tuple else rows
        later = {c.champ: _nothing(row, c.champ) for c in table.colonnes if c.depuis}
        found.setdefault(table.champ, {}).update(later)
    return found


def _nothing(kind: Any, name: str) -> object:
    field = next(f for f in fields(kind) if f.name == name)
    if field.default is MISSING:
        raise TypeError(f"{kind.__name__}.{name} est venu après coup : il lui faut une valeur qui ne dit rien")
    return field.default


def _plain(value: Any, later: Mapping[str, object]) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return [_plain(one, later) for one in value]
    if is_dataclass(value):
        return {name: _plain(given, {}) for name, given in _fields(value) if name not in later or given != later[name]}
    raise TypeError(f"{type(value).__name__} n’a pas sa place dans une édition")


def _fields(record: Any) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(record, name)) for name in _names(record.__class__))


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


@cache
def _builder(kind: Any) -> Callable[[Any], Any] | None:
    """What turns JSON into a value of this kind; None when it is the value already. Each kind is studied once."""
    if isinstance(kind, type) and is_dataclass(kind):
        return _record_builder(kind)
    if get_origin(kind) is tuple:
        make = _builder(get_args(kind)[0])
        return tuple if make is None else lambda raw: tuple(map(make, raw))
    if kind in (Decimal, Decimal | None):
        return lambda raw: None if raw is None else Decimal(raw)
    return None


@cache
def _record_builder(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    parts = [(f.name, _builder(hints[f.name])) for f in fields(kind)]

    def build(raw: Any) -> Any:
        return kind(**{name: make(raw[name]) if make else raw[name] for name, make in parts if name in raw})

    return build
