"""The list of signatories: search, filters, pages; four statements whatever the size (R3, R4, R5, R30)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, select

from paqte.domain.acteurs import Acteur
from paqte.domain.catalogue import catalogue
from paqte.domain.conventions import (
    A_RENOUVELER,
    A_VENIR,
    CHARTE,
    ECHUE,
    PLAN_10000,
    PROJET,
    RESILIEE,
    SIGNEE,
)
from paqte.domain.identifiants import siren_of
from paqte.domain.periodes import local_date
from paqte.domain.textes import clean_line, searchable
from paqte.models import ContactSignataire, Convention, Engagement, Entreprise, Signataire, db
from paqte.queries.etats import in_state, is_alive, is_renewed
from paqte.queries.perimetre import own_departement, readable
from paqte.queries.resumes import ConventionResumee, sum_up_conventions, worth_showing

PER_PAGE = 50
MAX_WORDS = 8
AUCUNE = "aucune"
A_TRANSFORMER = "a_transformer"
# What the list may be narrowed to; the first is both running states together.
ETATS_FILTRES: dict[str, str] = {
    "en_vigueur": "En vigueur",
    A_RENOUVELER: "À renouveler",
    A_VENIR: "Signée, à venir",
    PROJET: "Projet",
    ECHUE: "Échue, sans suite",
    RESILIEE: "Résiliée",
    A_TRANSFORMER: "Charte à transformer",
    AUCUNE: "Sans convention",
}
TRIS: dict[str, str] = {"nom": "Nom", "-nom": "Nom", "fin": "Fin de convention", "-fin": "Fin de convention"}
Lines = Select[*tuple[Any, ...]]
Chosen = Select[int]


@dataclass(frozen=True, slots=True)
class Criteres:
    """What the list is narrowed to; '' and False ask for nothing."""

    q: str = ""
    nature: str = ""
    etat: str = ""
    axe: str = ""
    taille: str = ""
    plan: bool = False
    sans_contact: bool = False
    tri: str = "nom"


class LigneSignataire(NamedTuple):
    """A signatory in the list. `conventions` are those alive, else the last one over."""

    id: int
    nom: str
    identifiant: str
    nature: str
    categorie: str
    adresse: str
    code_postal: str
    commune: str
    is_partial_diffusion: bool
    has_contact: bool
    conventions: tuple[ConventionResumee, ...]

    @property
    def axes(self) -> list[str]:
        """Codes of the axes promised by what is shown, in the order of the grid."""
        promised = {code for convention in self.conventions for code in convention.axes}
        return [code for code in catalogue().axes if code in promised]


class PageSignataires(NamedTuple):
    """One page of the list; `page` is the one shown, within what exists."""

    lignes: tuple[LigneSignataire, ...]
    total: int
    page: int


class Connu(NamedTuple):
    """A signatory of one's own département met while adding another."""

    id: int
    departement: str
    nom: str
    identifiant: str
    nature: str
    categorie: str
    naf: str
    secteur: str
    is_covered_nationally: bool


def list_signataires(*, actor: Acteur, criteres: Criteres, page: int, now: datetime) -> PageSignataires:
    """One page of the signatories the actor may read."""
    day = local_date(now, own_departement(actor))
    conditions = _conditions(actor, criteres, day)
    total = db.session.scalar(select(func.count()).select_from(Signataire).where(*conditions)) or 0
    shown = max(1, min(page, -(-total // PER_PAGE)))
    query = _lines(actor, conditions, criteres.tri).limit(PER_PAGE).offset((shown - 1) * PER_PAGE)
    return PageSignataires(_assemble(query, None, day), total, shown)


def export_signataires(*, actor: Acteur, criteres: Criteres, now: datetime) -> tuple[LigneSignataire, ...]:
    """Every line of the list, in its order."""
    day = local_date(now, own_departement(actor))
    conditions = _conditions(actor, criteres, day)
    return _assemble(_lines(actor, conditions, criteres.tri), select(Signataire.id).where(*conditions), day)


def find_known(*, actor: Acteur, identifiant: str) -> tuple[Connu, ...]:
    """Signatories of one's own département with the same SIREN, the same SIRET first (R3); never another's."""
    s = Signataire
    query = (
        select(
            s.id,
            s.departement_code,
            s.nom,
            s.identifiant,
            s.nature,
            s.categorie,
            s.naf,
            s.secteur,
            s.is_covered_nationally,
        )
        .join(Entreprise, Entreprise.id == s.entreprise_id)
        .where(readable(s, actor), Entreprise.siren == siren_of(identifiant))
        .order_by(s.identifiant != identifiant, s.id)
    )
    return tuple(map(Connu._make, db.session.execute(query)))


def _lines(actor: Acteur, conditions: list[ColumnElement[bool]], tri: str) -> Lines:
    s = Signataire
    query = select(
        s.id,
        s.nom,
        s.identifiant,
        s.nature,
        s.categorie,
        s.adresse,
        s.code_postal,
        s.commune,
        s.is_partial_diffusion,
        _has_contact().label("has_contact"),
    ).where(*conditions)
    if tri.endswith("fin"):
        last = (
            select(Convention.signataire_id, func.max(Convention.fin).label("fin"))
            .where(readable(Convention, actor), Convention.statut != PROJET)
            .group_by(Convention.signataire_id)
            .subquery()
        )
        order = last.c.fin.desc() if tri == "-fin" else last.c.fin
        return query.outerjoin(last, last.c.signataire_id == s.id).order_by(last.c.fin.is_(None), order, s.recherche)
    return query.order_by(s.recherche.desc() if tri == "-nom" else s.recherche, s.id)


def _has_contact() -> ColumnElement[bool]:
    return exists().where(ContactSignataire.signataire_id == Signataire.id)


def _conditions(actor: Acteur, criteres: Criteres, day: date) -> list[ColumnElement[bool]]:
    s = Signataire
    found = [readable(s, actor), *(s.recherche.contains(word, autoescape=True) for word in _words(criteres.q))]
    if criteres.nature:
        found.append(s.nature == criteres.nature)
    if criteres.taille:
        found.append(s.categorie == criteres.taille)
    if criteres.sans_contact:
        found.append(~_has_contact())
    if criteres.plan:
        found.append(_one_with(actor, is_alive(day), _is_in_plan()))
    if criteres.axe:
        found.append(_one_with(actor, is_alive(day), _promises_on(criteres.axe)))
    return [*found, *_in_state(actor, criteres.etat, day)]


def _words(typed: str) -> list[str]:
    """The words all of which must be there; a SIREN or SIRET typed with spaces is one word."""
    words = searchable(clean_line(typed)[0]).split()[:MAX_WORDS]
    compact = "".join(words)
    return [compact] if compact.isascii() and compact.isdigit() else words


def _one_with(actor: Acteur, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return Signataire.id.in_(select(Convention.signataire_id).where(readable(Convention, actor), *conditions))


def _is_in_plan() -> ColumnElement[bool]:
    return Convention.is_in_plan_10000 | (Convention.dispositif == PLAN_10000)


def _promises_on(axe: str) -> ColumnElement[bool]:
    codes = [i.code for i in catalogue().of_axe(axe)]
    return exists().where(Engagement.convention_id == Convention.id, Engagement.indicateur.in_(codes))


def _in_state(actor: Acteur, code: str, day: date) -> list[ColumnElement[bool]]:
    """What the list shows of a signatory is what it filters on: a state that is over counts when nothing is alive."""
    if code == "en_vigueur":
        return [Signataire.id.in_(_in_force(actor, day))]
    if code == A_TRANSFORMER:
        return [_one_with(actor, Convention.dispositif == CHARTE, Convention.statut == SIGNEE, ~is_renewed())]
    if code == AUCUNE:
        return [~_one_with(actor)]
    if code in (ECHUE, RESILIEE):
        return [_one_with(actor, in_state(code, day)), ~_one_with(actor, is_alive(day))]
    return [_one_with(actor, in_state(code, day))] if code else []


def _in_force(actor: Acteur, day: date) -> Chosen:
    return select(Convention.signataire_id).where(
        readable(Convention, actor), is_alive(day), Convention.statut != PROJET, Convention.debut <= day
    )


def _assemble(query: Lines, chosen: Chosen | None, day: date) -> tuple[LigneSignataire, ...]:
    rows = db.session.execute(query).all()
    conventions = sum_up_conventions([row.id for row in rows] if chosen is None else chosen, day)
    return tuple(LigneSignataire._make((*row, worth_showing(conventions.get(row.id, [])))) for row in rows)
