"""Validating what lacks answers asks first: what is missing, what becomes of it, one button (R13, R18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template, request

from paqte.domain.statuts.declarations import A_SAISIR, VALIDEE
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown

# The field that says the question was read; its button stands on the page of the question alone.
CONFIRMED = "confirmee"


def is_to_confirm(pages: Sequence[DeclarationShown], versions: Mapping[int, int | None]) -> bool:
    """Whether one of them lacks an answer and nobody was asked yet. One that moved is refused instead."""
    return request.form.get(CONFIRMED) != "1" and any(_lacks(page, versions) for page in pages)


def _lacks(page: DeclarationShown, versions: Mapping[int, int | None]) -> bool:
    is_ready = page.etat not in (VALIDEE, A_SAISIR) and page.version == versions.get(page.id)
    return is_ready and bool(page.manquantes)


def ask_first(pages: Sequence[DeclarationShown], versions: Mapping[int, int | None], *, is_typed: bool = False) -> str:
    """The page of the question: it bears the versions that were read, and changes nothing.

    `is_typed`: the référent has just typed it, and it is kept as a draft.
    """
    return render_template(
        "referent/declaration_incomplete.html",
        incompletes=[page for page in pages if _lacks(page, versions)],
        pages=pages,
        versions=versions,
        is_typed=is_typed,
        CONFIRMED=CONFIRMED,
    )
