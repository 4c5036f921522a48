"""What every département says of a semester, side by side: obstacles, strategies, analyses, proposals, actions."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.documents.textes import SUJETS_DITS
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, REGION
from paqte.domain.personnes.roles import open_to
from paqte.domain.saisie.textes import search_words, searchable
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.ops import clock
from paqte.queries.editions.nation import TextShown, read_texts
from paqte.reporting.dessin.listes import ListSheet
from paqte.services.comptes.habitudes import note_list_taken
from paqte.web.affichage.adresses import period_of
from paqte.web.affichage.listes import list_file, require_format
from paqte.web.formulaires.base import FilterForm
from paqte.web.formulaires.champs import ChoiceField, TextField
from paqte.web.national import PARIS, blueprint
from paqte.web.socle.lists import page_within
from paqte.web.socle.session import actor

PER_PAGE = 20


class TextsForm(FilterForm):
    sujet = ChoiceField("Sujet", choices={"": "Tous", **SUJETS_DITS})
    departement_dit = ChoiceField("Département")
    q = TextField("Mots cherchés")


@blueprint.get("/bilans/<periode>/textes")
@open_to(REGION, NATIONAL, ADMIN)
def textes(periode: str) -> ResponseReturnValue:
    """A page of them, by département or narrowed to one subject, one département, some words."""
    window = period_of(periode, SEMESTRE)
    told = read_texts(actor=actor(), periode=window)
    form, found = _found(told)
    page = page_within(len(found), PER_PAGE)
    return render_template(
        "national/textes.html",
        periode=window,
        form=form,
        actifs=_narrowed_by(form),
        textes=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        page=page,
        par_page=PER_PAGE,
        total=len(found),
        departements=len({one.departement for one in told}),
        sujets=SUJETS_DITS,
        documents=DOCUMENTS,
        is_empty=not told,
    )


@blueprint.get("/bilans/<periode>/textes.<format>")
@open_to(REGION, NATIONAL, ADMIN)
def textes_telecharger(periode: str, format: str) -> ResponseReturnValue:
    """The same, whole, to take away; the journal says so."""
    require_format(format)
    window, now = period_of(periode, SEMESTRE), clock.now()
    form, found = _found(read_texts(actor=actor(), periode=window))
    titres = (
        *("Code", "Département", "Sujet", "Texte", "Action", "Signataire", "Date de l’action"),
        *("Document", "Période", "Édition"),
    )
    rows = [
        (
            *(t.departement, t.nom, SUJETS_DITS[t.texte.sujet], t.texte.texte, t.texte.titre, t.texte.signataire),
            *(t.texte.jour, DOCUMENTS[t.genre].titre, t.periode.libelle, t.numero),
        )
        for t in found
    ]
    asked = _narrowed_by(form)
    note_list_taken(actor=actor(), liste="textes", format=format, lignes=len(rows), filtres=asked, now=now)
    name = f"textes-{window.code}-{local_date(now, PARIS):%Y-%m-%d}"
    return list_file(name, format, ListSheet(f"Textes {window.code}", titres, rows), par=actor().nom, now=now)


def _found(told: list[TextShown]) -> tuple[TextsForm, list[TextShown]]:
    form = TextsForm(request.args)
    names = {one.departement: f"{one.nom} ({one.departement})" for one in told}
    form.departement_dit.choices = {"": "Tous", **names}
    words = search_words(form.q.data or "")
    return form, [
        one
        for one in told
        if form.sujet.data in ("", None, one.texte.sujet)
        and form.departement_dit.data in ("", None, one.departement)
        and all(word in _searched(one) for word in words)
    ]


def _searched(one: TextShown) -> str:
    return searchable(f"{one.nom} {one.texte.titre} {one.texte.texte} {one.texte.signataire}")


def _narrowed_by(form: TextsForm) -> list[str]:
    return [field.name for field in form if field.data]
