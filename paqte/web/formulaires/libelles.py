"""The labels a person saw on her form, and who she was, go with it, sealed: what was typed can be given back by name.

An expired session may no longer read the base; what the form itself showed needs no right to be shown again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from flask import current_app
from flask_login import current_user
from itsdangerous import BadData, URLSafeSerializer
from markupsafe import Markup

SENT_AS = "libelles"
_HIDDEN_FIELD = Markup('<input name="{}" type="hidden" value="{}">')


class Label(NamedTuple):
    """What a field is called, and what each of its codes means; no codes where people type."""

    titre: str
    choix: Mapping[str, str]


class FormAuteur(NamedTuple):
    """Whose page a form was: the number and the name of her account."""

    utilisateur_id: int
    nom: str


def labels_field(labels: Iterable[tuple[str, Label]]) -> Markup:
    """The hidden field that takes the labels along, by name of field, and whoever reads the page."""
    identity = getattr(current_user, "identite", None)
    acteur = identity.acteur if identity else None
    author = [acteur.utilisateur_id, acteur.nom] if acteur else None
    return _HIDDEN_FIELD.format(SENT_AS, _seal().dumps([dict(labels), author]))


def read_labels(sent: str) -> dict[str, Label]:
    """The labels that came back; none when they are not those we sent."""
    return {name: Label(*label) for name, label in _opened(sent)[0].items()}


def read_author(sent: str) -> FormAuteur | None:
    """Whose page the form was; None for nobody's, and for what we did not send."""
    found = _opened(sent)[1]
    return FormAuteur(*found) if found else None


def _opened(sent: str) -> tuple[dict[str, Any], list[Any] | None]:
    try:
        labels, author = _seal().loads(sent)
    except (BadData, ValueError):
        return {}, None  # not ours, or of a former version
    return labels, author


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=SENT_AS)
