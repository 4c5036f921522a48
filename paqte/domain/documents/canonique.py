"""What an edition freezes, as one text: the same data give the same canonical JSON, hence the same hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Self, get_args, get_origin, get_type_hints


class Frozen:
    """A document made of frozen dataclasses: only texts, whole numbers, Decimals, None, and dates as ISO texts.

    The document and each of its rows may say in `added_since` which fields the first editions did not have, with the
    value that says nothing: left out where they say nothing, so that these editions keep their hash.
    """

    __slots__ = ()
    added_since: ClassVar[Mapping[str, object]] = {}

    def as_json(self) -> str:
        """Canonical JSON: sorted keys, Decimals as plain texts, no white space."""
        return json.dumps(_plain(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"))

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


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value):
        return {name: _plain(given) for name, given in _told_fields(value)}
    raise TypeError(f"{type(value).__name__} n’a pas sa place dans une édition")


def _told_fields(record: Any) -> Iterator[tuple[str, Any]]:
    kind: Any = type(record)
    added = getattr(kind, "added_since", {})
    for name in _names(kind):
        given = getattr(record, name)
        if name not in added or given != added[name]:
            yield name, given


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
