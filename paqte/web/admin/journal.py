"""The journal, as an administrator looks something up in it: who did what, when, to what, before and after."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from flask import render_template, request
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import local_date, time_zone
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import ADMIN
from paqte.domain.personnes.journal.gestes import ACTES, OBJETS, SERIES, acte_said, objet_said
from paqte.domain.personnes.roles import open_to
from paqte.domain.saisie.nombres import written
from paqte.domain.saisie.textes import french_order
from paqte.ops import clock
from paqte.queries.comptes.utilisateurs import list_departements
from paqte.queries.journal import JournalFound, JournalSought, LigneJournal, find_lines
from paqte.reporting.dessin.listes import ListSheet
from paqte.services.comptes.habitudes import note_list_taken
from paqte.web.admin import blueprint
from paqte.web.affichage.listes import list_file, require_format
from paqte.web.formulaires.base import FilterForm
from paqte.web.formulaires.champs import ChoiceField, DateField, TextField
from paqte.web.socle.lists import page_asked
from paqte.web.socle.session import actor

PER_PAGE = 50
# A file is made in memory; beyond, two narrower ones say the same.
MOST_TAKEN = 20_000
PLACE = ""


def _in_order(words: dict[str, str]) -> dict[str, str]:
    return dict(sorted(words.items(), key=lambda item: french_order(item[1])))


class JournalForm(FilterForm):
    personne = TextField("Qui", description="Nom de la personne, ou une partie.")
    signataire = TextField("Signataire", description="Nom, commune ou SIRET.")
    acte = ChoiceField(
        "Ce qui a été fait",
        choices={"": "Tout", **{code: serie[0] for code, serie in SERIES.items()}, **_in_order(ACTES)},
    )
    objet = ChoiceField("Sur quoi", choices={"": "Tout", **_in_order(OBJETS)})
    numero = TextField("Numéro", description="Avec « Sur quoi ».")
    lieu = ChoiceField("Département")
    du = DateField("Du")
    au = DateField("Au")


class JournalModificationShown(NamedTuple):
    """A column of what was written, before and after; None where it was not there."""

    nom: str
    avant: str | None
    apres: str | None


class JournalEntryShown(NamedTuple):
    """A line in words."""

    id: int
    quand: datetime
    qui: str
    acte: str
    objet: str
    numero: str
    departement: str | None
    valeurs: list[JournalModificationShown]


@blueprint.get("/journal")
@open_to(ADMIN)
def journal() -> ResponseReturnValue:
    """A page of lines, latest first, narrowed as asked."""
    form, page = _form(), page_asked()
    found = _found(form, (page - 1) * PER_PAGE, PER_PAGE)
    if not found.lignes and found.total:
        page = -(-found.total // PER_PAGE)
        found = _found(form, (page - 1) * PER_PAGE, PER_PAGE)
    return render_template(
        "admin/journal.html",
        form=form,
        actifs=_narrowed_by(form),
        lignes=[_line_shown(line) for line in found.lignes],
        total=found.total,
        page=page,
        par_page=PER_PAGE,
        is_takeable=found.total <= MOST_TAKEN,
        plafond=MOST_TAKEN,
    )


@blueprint.get("/journal.<format>")
@open_to(ADMIN)
def journal_telecharger(format: str) -> ResponseReturnValue:
    """The lines found, to take away; the journal says so. Refused beyond what a file is made of."""
    require_format(format)
    form, now = _form(), clock.now()
    if form.errors:
        raise Refused("Un jour n’a pas pu être lu. Corrigez-le dans la liste, puis téléchargez de nouveau.")
    found = _found(form, 0, MOST_TAKEN)
    if found.total > MOST_TAKEN:
        raise Refused(
            f"Ce choix compte {written(found.total)} lignes ; un fichier en porte {written(MOST_TAKEN)} au plus. "
            "Choisissez des jours ou un département, puis téléchargez de nouveau."
        )
    titres = (
        *("Ligne", "Jour et heure (Paris)", "Qui", "Ce qui a été fait", "Sur quoi", "Numéro", "Département"),
        *("Avant", "Après"),
    )
    zone = time_zone(PLACE)
    rows = [
        (
            *(line.id, f"{line.quand.astimezone(zone):%Y-%m-%d %H:%M:%S}", line.qui, acte_said(line.acte)),
            *(objet_said(line.objet), line.objet_id, line.departement or ""),
            *(json.dumps(values, ensure_ascii=False, sort_keys=True) for values in (line.avant, line.apres)),
        )
        for line in found.lignes
    ]
    asked = _narrowed_by(form)
    note_list_taken(actor=actor(), liste="journal", format=format, lignes=len(rows), filtres=asked, now=now)
    name = f"journal-{local_date(now, PLACE):%Y-%m-%d}"
    return list_file(name, format, ListSheet("Journal", titres, rows), par=actor().nom, now=now)


def _line_shown(line: LigneJournal) -> JournalEntryShown:
    values = [
        JournalModificationShown(
            name, *(_in_words(side[name]) if name in side else None for side in (line.avant, line.apres))
        )
        for name in sorted(line.avant.keys() | line.apres.keys())
    ]
    said = acte_said(line.acte), objet_said(line.objet)
    return JournalEntryShown(line.id, line.quand, line.qui, *said, line.objet_id, line.departement, values)


def _in_words(value: Any) -> str:
    if value is None or value == "":
        return "vide"
    if isinstance(value, bool):
        return "oui" if value else "non"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _form() -> JournalForm:
    """The filters; a day that cannot be read says so in its field."""
    form = JournalForm(request.args)
    form.lieu.choices = {"": "Tous", **list_departements()}
    form.validate()
    return form


def _found(form: JournalForm, start: int, most: int) -> JournalFound:
    sought = JournalSought(
        personne=form.personne.data or "",
        signataire=form.signataire.data or "",
        acte=form.acte.data or "",
        objet=form.objet.data or "",
        numero=form.numero.data or "",
        departement=form.lieu.data or "",
        du=form.du.data,
        au=form.au.data,
    )
    return find_lines(actor=actor(), sought=sought, start=start, most=most)


def _narrowed_by(form: JournalForm) -> list[str]:
    return [field.name for field in form if field.data]
