"""What an edition freezes, as one text: the same data give the same canonical JSON, hence the same hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Self, get_args, get_origin, get_type_hints


class Frozen:
    """A document made of frozen dataclasses: only texts, whole numbers, Decimals, None, and dates as ISO texts."""

    __slots__ = ()
    # Fields that the first editions did not have, with the value that says nothing: left out, so that these keep
    # their hash.
    added_since: ClassVar[Mapping[str, object]] = {}

    def as_json(self) -> str:
        """Canonical JSON: sorted keys, Decimals as plain texts, no white space."""
        given = asdict(self)  # type: ignore[call-overload]
        for name in [name for name, nothing in self.added_since.items() if given[name] == nothing]:
            del given[name]
        return json.dumps(given, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)

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


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} n’a pas sa place dans une édition")


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
