"""Two editions side by side: each cell that differs, and the declarations that caused it (R19)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.commun.comparaison import Ecart
from paqte.domain.documents.lignes.libelles import axe_label
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.queries.editions.editions import EditionLue, list_editions
from paqte.services.editions.comparaisons import (
    EditionsCompared,
    cells_by_axis,
    cells_by_signatory,
    compare_editions,
)
from paqte.web.affichage.filters import show_short_date
from paqte.web.formulaires.base import FilterForm
from paqte.web.formulaires.champs import ChoiceField
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor

# Two semesters far apart differ everywhere: a page stays readable, the command line gives every cell.
MOST_SHOWN = 500


class CompareForm(FilterForm):
    avant = ChoiceField("De l’édition")
    apres = ChoiceField("À l’édition")


@blueprint.get("/bilans/comparer")
@open_to(*TERRITORIAL)
def bilans_comparer() -> ResponseReturnValue:
    """The last two editions, or those chosen; of their cells, all or those of an axis or of a signatory."""
    editions = list_editions(actor=actor())
    form = _form(editions)
    found, refusal = None, ""
    if form.avant.data and form.apres.data:
        try:
            found = compare_editions(actor=actor(), avant=int(form.avant.data), apres=int(form.apres.data))
        except NotFound:
            raise
        except Refused as refused:
            refusal = str(refused)
    index = _index(found) if found else {}
    kept = _narrowed(index) if found else None
    cells = kept[2] if kept else found.ecarts if found else []
    shown = cells[:MOST_SHOWN]
    return render_template(
        "referent/comparer.html",
        form=form,
        comparaison=found,
        refus=refusal,
        tableaux=[(name, _by_row(ecarts)) for name, ecarts in groupby(shown, key=lambda e: e.tableau)],
        reste=len(cells) - len(shown),
        sommaires=index,
        retenu=kept,
    )


def _index(found: EditionsCompared) -> dict[str, dict[str, tuple[str, list[Ecart]]]]:
    """What the cells may be narrowed to, by the parameter that asks it: code -> (label, cells)."""
    return {
        "axe": {code: (axe_label(code), cells) for code, cells in cells_by_axis(found).items()},
        "signataire": {name: (name, cells) for name, cells in cells_by_signatory(found).items()},
    }


def _narrowed(index: dict[str, dict[str, tuple[str, list[Ecart]]]]) -> tuple[str, str, list[Ecart]] | None:
    """What is asked of the index: its parameter, its label, its cells; None for all of them."""
    for subject, entries in index.items():
        if asked := request.args.get(subject, ""):
            return (subject, *entries.get(asked, (asked, [])))
    return None


def _by_row(ecarts: Iterable[Ecart]) -> list[tuple[str, list[Ecart]]]:
    """The cells of a table under the row that they are of: an indicator, a signatory."""
    return [(row, list(cells)) for row, cells in groupby(ecarts, key=lambda e: e.ligne)]


def _form(editions: list[EditionLue]) -> CompareForm:
    """The editions to choose from; one that is not offered leaves its place to the last, or to the one before."""
    form = CompareForm(request.args)
    last, before = _last_two(editions)
    choices = {str(key): title for key, title in _titles(editions)}
    for field, default in ((form.avant, before), (form.apres, last)):
        field.choices, field.default = choices, default
    form.validate()
    for field in (form.avant, form.apres):
        field.data = field.data or field.default
    return form


def _last_two(editions: list[EditionLue]) -> tuple[str, str]:
    """The latest bilan and the one before it, else the latest of another document; "" when there are not two."""
    first, *others = ([str(e.id) for e in editions if e.genre_document == code] for code in DOCUMENTS)
    last, before = ([*(first if len(first) > 1 else max(others, key=len))[:2], "", ""])[:2]
    return last, before


def _titles(editions: list[EditionLue]) -> list[tuple[int, str]]:
    return [
        (
            e.id,
            f"n° {e.numero}, {Periode.from_code(e.periode).libelle}, {_kind(e).lower()} du "
            f"{show_short_date(local_date(e.created_at, e.departement))}",
        )
        for e in editions
    ]


def _kind(edition: EditionLue) -> str:
    return DOCUMENTS[edition.genre_document].court
