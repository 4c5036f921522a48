"""The labels a person saw on her form go with it, sealed: a page that gives back what was typed can name it so.

An expired session may no longer read the base; what the form itself showed needs no right to be shown again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from markupsafe import Markup

SENT_AS = "libelles"
_HIDDEN_FIELD = Markup('<input name="{}" type="hidden" value="{}">')


class Label(NamedTuple):
    """What a field is called, and what each of its codes means; no codes where people type."""

    titre: str
    choix: Mapping[str, str]


def labels_field(labels: Iterable[tuple[str, Label]]) -> Markup:
    """The hidden field that takes the labels along, by name of field."""
    return _HIDDEN_FIELD.format(SENT_AS, _seal().dumps(dict(labels)))


def read_labels(sent: str) -> dict[str, Label]:
    """The labels that came back; none when they are not those we sent."""
    try:
        return {name: Label(*label) for name, label in _seal().loads(sent).items()}
    except BadData:
        return {}


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=SENT_AS)
