"""What was typed in a form that could not be taken, shown again so that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import HTTPException

from paqte.web.formulaires.libelles import SENT_AS, FormAuteur, read_author, read_labels

MOST_FIELDS = 2_000
HIDDEN = frozenset({"csrf_token"})


@dataclass(frozen=True, slots=True)
class PostedFields:
    """The fields posted, in order, and whether files were among them (a browser must be given those again).

    `lignes` are what a person typed or chose, under the labels of her form; the rest is only sent again. `auteur` is
    whose page it was, None when the form does not say.
    """

    fields: tuple[tuple[str, str], ...]
    lignes: tuple[tuple[str, str], ...]
    had_files: bool
    auteur: FormAuteur | None = None


def typed_again() -> PostedFields | None:
    """What this request posted; None when it posted nothing, or came from another site."""
    if request.method != "POST" or not _is_ours():
        return None
    try:
        fields = tuple((k, v) for k, v in request.form.items(multi=True) if k not in HIDDEN)
        had_files = any(file.filename for file in request.files.values())
    except HTTPException:
        return None
    kept = fields[:MOST_FIELDS]
    author = read_author(dict(kept).get(SENT_AS, ""))
    return PostedFields(kept, tuple(_labelled(kept)), had_files, author) if kept or had_files else None


def _labelled(fields: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    labels = read_labels(dict(fields).get(SENT_AS, ""))
    for name, value in fields:
        label = labels.get(name)
        if label is not None and value.strip():
            yield label.titre, label.choix.get(value, value)


def _is_ours() -> bool:
    """Another site must not have its data shown here beside a button that sends them."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
