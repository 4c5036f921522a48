"""What the offline form of a declaration bears: the page of the declaration, row by row (R13, R39)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from paqte.domain.declarations.champs import CHOICE, NUMBER, TEXT, FieldAsked
from paqte.domain.declarations.formulaires import (
    FREE_TEXT_NAME,
    FormIdentity,
    FormRow,
    FormShown,
    rows_typed,
    text_of,
)
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.prefectures import prefecture_of
from paqte.domain.saisie.nombres import written
from paqte.domain.statuts.declarations import MANQUANTE, NEANT, ZERO_CONFIRME
from paqte.models import Departement, Signataire, db
from paqte.queries.comptes import ContactNamed, whom_to_call
from paqte.queries.declarations.lecture.champs_remplis import values_kept
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown, LigneDeclaration, ReponseLue
from paqte.queries.perimetre import LIMITED
from paqte.queries.reglages import read_agenda

FREE_TEXT_ASKED = "Ce qu’il faut savoir de cette période"
SCHOOL = "Compté par année scolaire : ne donnez que ce qui a eu lieu pendant la période."


def read_form(*, actor: Acteur, declaration_id: int, now: datetime) -> FormShown:
    """The form of one declaration, with what it holds now; NotFound when it is not the actor's to read."""
    page = read_declaration(actor=actor, declaration_id=declaration_id)
    departement = db.session.scalar(select(Departement.nom).where(Departement.code == page.departement))
    people = whom_to_call(destinataire="", departement=page.departement)
    return FormShown(
        entete=heading_of(page),
        prefecture=prefecture_of(page.departement, departement or page.departement),
        echeance=read_agenda(page.departement).campagne(page.periode).echeance,
        fait_le=now,
        appeler=tuple(_person_to_call(one) for one in people),
        lignes=(
            *_form_rows(actor, page),
            FormRow(FREE_TEXT_NAME, "", FREE_TEXT_ASKED, valeur=page.texte_libre, is_text=True),
        ),
        axes=tuple(axe.libelle for axe in catalogue().axes.values()),
    )


def heading_of(page: DeclarationShown) -> FormIdentity:
    """Whose declaration it is, and in which version it was read."""
    siret = db.session.scalar(select(Signataire.identifiant).where(Signataire.id == page.signataire_id)) or ""
    return FormIdentity(
        page.departement, page.convention_id, page.convention, siret, page.signataire, page.periode, page.version
    )


def texts_now(page: DeclarationShown) -> dict[str, str]:
    """What each row would hold if the form were made now, by name of field."""
    values = values_kept(page)
    rows = {asked.nom: text_of(asked, values) for asked in rows_typed(page.all_fields())}
    return {**rows, FREE_TEXT_NAME: page.texte_libre}


def _form_rows(actor: Acteur, page: DeclarationShown) -> tuple[FormRow, ...]:
    """A row a field, in the order of the page; what may not be answered now is shown and locked (R18)."""
    values = values_kept(page)
    opened = page.rouvertes if actor.role in LIMITED else frozenset(e.engagement_id for e in page.lignes)
    return tuple(
        _form_row(axe.libelle, page, ligne, asked, values, is_open=ligne.is_owed and ligne.engagement_id in opened)
        for axe, lignes in page.axes()
        for ligne in lignes
        for asked in rows_typed(page.fields(ligne))
    )


def _form_row(
    axe: str,
    page: DeclarationShown,
    ligne: LigneDeclaration,
    asked: FieldAsked,
    values: Mapping[str, object],
    *,
    is_open: bool,
) -> FormRow:
    is_main = asked.part in ("valeur", "numerateur")
    is_pair = ligne.indicateur.traits.is_pair
    return FormRow(
        nom=asked.nom,
        axe=axe,
        question=f"{ligne.libelle} : {asked.libelle}" if is_pair or not is_main else ligne.libelle,
        compte=_what_is_counted(ligne) if is_main else "",
        objectif=_objective(ligne, page.annee) if is_main else "",
        avant=_answer_before(ligne, asked, page) if asked.sorte != TEXT else "",
        unite="" if is_pair or asked.sorte != NUMBER else ligne.unite,
        valeur=text_of(asked, values),
        choix=tuple(asked.choix.values()) if asked.sorte == CHOICE else (),
        is_text=asked.sorte == TEXT,
        is_open=is_open,
        takes_nil=is_main and asked.sorte == NUMBER,
    )


def _what_is_counted(ligne: LigneDeclaration) -> str:
    """What the convention says of it, then what is counted (R39)."""
    school = SCHOOL if ligne.indicateur.calendrier == "scolaire" else ""
    return " ".join(part for part in (ligne.precision, ligne.indicateur.compte, school) if part)


def _objective(ligne: LigneDeclaration, annee: int) -> str:
    unit = ligne.indicateur.traits.unit_of_answer(ligne.unite)
    told = []
    if ligne.cible_annee is not None:
        told.append(f"{_with_unit(ligne.cible_annee, unit)} pour l’année {annee}")
    if ligne.cible_terme is not None:
        told.append(f"{_with_unit(ligne.cible_terme, unit)} sur la durée")
    return " ; ".join(told) or "sans objectif"


def _answer_before(ligne: LigneDeclaration, asked: FieldAsked, page: DeclarationShown) -> str:
    given = ligne.precedente
    if given is None or given.reponse == MANQUANTE:
        return "avant la convention" if page.is_first and given is None else "sans réponse"
    if asked.sorte == CHOICE:
        return ligne.indicateur.traits.word(given.valeur)
    if given.reponse == NEANT and asked.part == "valeur":
        return ZERO_CONFIRME
    figure = _part_of(given, asked.part)
    return "" if figure is None else written(figure)


def _part_of(given: ReponseLue, part: str) -> Decimal | None:
    return {"valeur": given.valeur, "numerateur": given.numerateur, "denominateur": given.denominateur}.get(part)


def _with_unit(value: Decimal, unit: str) -> str:
    return f"{written(value, unit)} {unit}".strip()


def _person_to_call(one: ContactNamed) -> str:
    return " · ".join(part for part in (one.nom, one.fonction, one.telephone, one.courriel) if part)
