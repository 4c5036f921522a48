"""The list of signatories: search, filters, pages; a few statements whatever the size (R3, R4, R5, R30)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.conventions.avancement import AVANCEMENTS
from paqte.domain.conventions.signataires import COLONNES, ContactTyped, SignataireTyped
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.identifiants import siren_of
from paqte.domain.saisie.textes import number_or_words
from paqte.domain.statuts.conventions import (
    A_RENOUVELER,
    A_VENIR,
    CHARTE,
    ECHUE,
    PLAN_10000,
    PROJET,
    RESILIEE,
    SIGNEE,
)
from paqte.models import ContactSignataire, Convention, Engagement, Entreprise, Signataire, db
from paqte.queries.conventions.situations.etats import (
    effective_end,
    has_alive_sibling,
    in_state,
    is_alive,
    is_renewed,
    is_to_complete,
)
from paqte.queries.conventions.situations.resumes import ConventionBrief, sum_up_conventions, worth_showing
from paqte.queries.perimetre import own_departement, readable

_Derniere, _Autre = aliased(Convention), aliased(Convention)
PER_PAGE = 50
AUCUNE = "aucune"
A_TRANSFORMER = "a_transformer"
A_COMPLETER = "a_completer"
# What the list may be narrowed to; the first is both running states together.
ETATS_FILTRES: dict[str, str] = {
    "en_vigueur": "En vigueur",
    A_RENOUVELER: "À renouveler",
    A_VENIR: "Signée, à venir",
    PROJET: "Projet",
    ECHUE: "Échue, sans suite",
    RESILIEE: "Résiliée",
    A_COMPLETER: "À compléter",
    A_TRANSFORMER: "Charte à transformer",
    AUCUNE: "Sans convention",
}
TRIS: dict[str, str] = {
    **{"nom": "Nom", "-nom": "Nom", "fin": "Fin de convention", "-fin": "Fin de convention"},
    **{"avancement": "Avancement", "-avancement": "Avancement"},
}


@dataclass(frozen=True, slots=True)
class SignatairesSought:
    """What the list is narrowed to; '' and False ask for nothing.

    `parmi` are the only keys that stand in it, `rangs` the rank of each by progress: who is in none comes last.
    """

    q: str = ""
    nature: str = ""
    etat: str = ""
    axe: str = ""
    taille: str = ""
    plan: bool = False
    sans_contact: bool = False
    tri: str = "nom"
    parmi: frozenset[int] | None = None
    rangs: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignataireListed(SignataireTyped):
    """A signatory in the list. `conventions` are those alive, else the last one over."""

    id: int
    has_contact: bool
    conventions: tuple[ConventionBrief, ...]

    @property
    def axes(self) -> list[str]:
        """Codes of the axes promised by what is shown, in the order of the grid."""
        promised = {code for convention in self.conventions for code in convention.axes}
        return [code for code in catalogue().axes if code in promised]


class SignatairesFound(NamedTuple):
    """One page of the list; `page` is the one shown, within what exists."""

    lignes: tuple[SignataireListed, ...]
    total: int
    page: int


class SignataireKnown(NamedTuple):
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
    anciens: str

    def bore(self, identifiant: str) -> bool:
        """Whether it is known by this number, or was."""
        return identifiant in (self.identifiant, *self.anciens.split())


def list_signataires(*, actor: Acteur, criteres: SignatairesSought, page: int, now: datetime) -> SignatairesFound:
    """One page of the signatories the actor may read, the last one when there are not that many."""
    day = local_date(now, own_departement(actor))
    conditions = _conditions(actor, criteres, day)
    total = _how_many(select(Signataire.id).where(*conditions))
    shown = max(1, min(page, -(-total // PER_PAGE)))
    start = (shown - 1) * PER_PAGE
    if criteres.tri.endswith("avancement"):
        keys = list_keys(actor=actor, criteres=criteres, now=now)[start : start + PER_PAGE]
    else:
        keys = _page_of_keys(_in_order(actor, criteres, conditions), start, total)
    return SignatairesFound(_assemble(keys, keys, day), total, shown)


def export_signataires(*, actor: Acteur, criteres: SignatairesSought, now: datetime) -> tuple[SignataireListed, ...]:
    """Every line of the list, in its order."""
    day = local_date(now, own_departement(actor))
    conditions = _conditions(actor, criteres, day)
    keys = list_keys(actor=actor, criteres=criteres, now=now)
    return _assemble(keys, select(Signataire.id).where(*conditions), day)


def list_keys(*, actor: Acteur, criteres: SignatairesSought, now: datetime) -> list[int]:
    """The keys of the whole list, in its order."""
    conditions = _conditions(actor, criteres, local_date(now, own_departement(actor)))
    keys = [key for query in _in_order(actor, criteres, conditions) for key in _read_keys(query)]
    if not criteres.tri.endswith("avancement"):
        return keys
    last, sign = len(AVANCEMENTS), -1 if criteres.tri.startswith("-") else 1
    return sorted(keys, key=lambda key: sign * criteres.rangs[key] if key in criteres.rangs else last)


def find_known(*, actor: Acteur, identifiant: str) -> tuple[SignataireKnown, ...]:
    """Signatories of one's own département with the same SIREN, or that bore this number; never another's (R3).

    That of this very number comes first, then those that bore it.
    """
    s = Signataire
    bore = s.anciens_identifiants.contains(identifiant, autoescape=True)
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
            s.anciens_identifiants,
        )
        .join(Entreprise, Entreprise.id == s.entreprise_id)
        .where(readable(s, actor), or_(Entreprise.siren == siren_of(identifiant), bore))
        .order_by(s.identifiant != identifiant, ~bore, s.id)
    )
    return tuple(map(SignataireKnown._make, db.session.execute(query)))


def names_of(*, actor: Acteur, signataires: Collection[int]) -> dict[int, str]:
    """The name of each of these that the actor may read."""
    query = select(Signataire.id, Signataire.nom).where(Signataire.id.in_(list(signataires)))
    return {row.id: row.nom for row in db.session.execute(query.where(readable(Signataire, actor)))}


def list_contacts(*, actor: Acteur) -> dict[int, list[ContactTyped]]:
    """The contacts of every signatory that the actor may read, in the order of its card. One statement (R30)."""
    c, s = ContactSignataire, Signataire
    query = select(s.id, c.nom, c.fonction, c.courriel, c.telephone, c.id).join(s, s.id == c.signataire_id)
    found: dict[int, list[ContactTyped]] = {}
    for row in db.session.execute(query.where(readable(s, actor)).order_by(c.id)):
        found.setdefault(row[0], []).append(ContactTyped(*row[1:]))
    return found


def _in_order(
    actor: Acteur, criteres: SignatairesSought, conditions: Sequence[ColumnElement[bool]]
) -> list[Select[int]]:
    """Queries of keys that, one after the other, give the whole list in the order asked for.

    By end, an early one included, each signatory stands where its last convention does; those that never had one come
    after, by name. The base then reads an index alone, where an aggregate would read every convention.
    """
    s, tri = Signataire, criteres.tri
    query = select(s.id).where(*conditions)
    if not tri.endswith("fin"):
        return [query.order_by(s.recherche.desc() if tri == "-nom" else s.recherche, s.id)]
    c = _Derniere
    by_end = (effective_end(c), c.debut, c.signataire_id)
    dated = query.join(c, c.signataire_id == s.id).where(readable(c, actor), c.statut != PROJET, ~_has_later())
    undated = query.where(~_one_with(actor, Convention.statut != PROJET))
    return [
        dated.order_by(*(column.desc() if tri == "-fin" else column for column in by_end)),
        undated.order_by(s.recherche, s.id),
    ]


def _has_later() -> ColumnElement[bool]:
    """Whether the signatory has a convention that ends after this one; of two that end alike, the later is one."""
    c, other = _Derniere, _Autre
    its, theirs = effective_end(c), effective_end(other)
    ends_later = (theirs > its) | ((theirs == its) & (other.id > c.id))
    return (
        exists(other.id).where(other.signataire_id == c.signataire_id, other.statut != PROJET, ends_later).correlate(c)
    )


def _page_of_keys(queries: Sequence[Select[int]], start: int, total: int) -> list[int]:
    """Keys from `start` on, a page of them, taken from the first query then from the next ones."""
    wanted, skipped, keys = min(PER_PAGE, total - start), start, list[int]()
    for query in queries:
        if len(keys) >= wanted:
            break
        found = _read_keys(query.limit(wanted - len(keys)).offset(skipped))
        keys += found
        is_last = query is queries[-1]
        skipped = 0 if found or is_last else skipped - _how_many(query)
    return keys


def _how_many(query: Select[int]) -> int:
    return db.session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)) or 0


def _read_keys(query: Select[int]) -> list[int]:
    """Thousands of keys, past the session, which would take twice the time."""
    return list(db.session.connection().execute(query).scalars().all())


def _has_contact() -> ColumnElement[bool]:
    return exists(ContactSignataire.id).where(ContactSignataire.signataire_id == Signataire.id)


def _conditions(actor: Acteur, criteres: SignatairesSought, day: date) -> list[ColumnElement[bool]]:
    s = Signataire
    found = [readable(s, actor), *(s.recherche.contains(word, autoescape=True) for word in number_or_words(criteres.q))]
    if criteres.nature:
        found.append(s.nature == criteres.nature)
    if criteres.taille:
        found.append(s.categorie == criteres.taille)
    if criteres.parmi is not None:
        found.append(s.id.in_(criteres.parmi))
    if criteres.sans_contact:
        found.append(~_has_contact())
    return [*found, *_by_convention(actor, criteres, day)]


def _by_convention(actor: Acteur, criteres: SignatairesSought, day: date) -> list[ColumnElement[bool]]:
    """One convention must answer to everything asked of conventions; without a state, one that is alive."""
    asked: list[ColumnElement[bool]] = []
    if criteres.plan:
        beside = Convention.is_in_plan_10000 & (Convention.dispositif != CHARTE)
        asked.append(beside | (Convention.dispositif == PLAN_10000))
    if criteres.axe:
        codes = [i.code for i in catalogue().of_axe(criteres.axe)]
        promised = (Engagement.convention_id == Convention.id, Engagement.indicateur.in_(codes))
        asked.append(exists(Engagement.id).where(*promised))
    if criteres.etat == AUCUNE:
        return [~_one_with(actor)] if not asked else [false()]
    if criteres.etat:
        asked += _conditions_of_state(criteres.etat, day)
    elif asked:
        asked.append(is_alive(day))
    return [_one_with(actor, *asked)] if asked else []


def _one_with(actor: Acteur, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = Convention.signataire_id == Signataire.id
    # The key alone: SQLite takes « SELECT * » at its word and leaves the index to read whole rows.
    return exists(Convention.id).where(mine, readable(Convention, actor), *conditions).correlate(Signataire)


def _conditions_of_state(code: str, day: date) -> list[ColumnElement[bool]]:
    """What a convention must be, for a choice of ETATS_FILTRES."""
    c = Convention
    if code == "en_vigueur":
        return [is_alive(day), c.statut != PROJET, c.debut <= day]
    if code == A_COMPLETER:
        return [is_to_complete(day)]
    if code == A_TRANSFORMER:
        return [c.dispositif == CHARTE, c.statut == SIGNEE, ~is_renewed()]
    # What the list shows is what it filters on: something over is shown when nothing is alive.
    return [in_state(code, day), *([~has_alive_sibling(day)] if code in (ECHUE, RESILIEE) else [])]


def _assemble(keys: Sequence[int], chosen: Sequence[int] | Select[int], day: date) -> tuple[SignataireListed, ...]:
    """The lines in the order of the keys; `chosen` says the same keys to the queries."""
    s = Signataire
    columns = [getattr(s, colonne.champ) for colonne in COLONNES]
    query = select(s.id, *columns, _has_contact().label("has_contact")).where(s.id.in_(chosen))
    rows = {row["id"]: row for row in db.session.execute(query).mappings()}
    conventions = sum_up_conventions(chosen, day)
    return tuple(SignataireListed(**rows[key], conventions=worth_showing(conventions.get(key, []))) for key in keys)
