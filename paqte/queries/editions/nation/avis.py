"""Whom the sum of a territory is announced to, and what is said of it (R12, R20)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import SOMMES
from paqte.domain.documents.somme import GenreSomme
from paqte.domain.editions.territoires import NATION, region_of
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Departement, EditionTerritoire, Utilisateur, db
from paqte.queries.editions.nation.departements import departements_awaited
from paqte.queries.perimetre import holds_territory
from paqte.queries.reglages import says_yes

# Which answer decides, for the nation and for a région.
ANSWERS = {True: "somme_avis_nation", False: "somme_avis_region"}


class UtilisateurWarned(NamedTuple):
    """An open account that the territory is of."""

    utilisateur_id: int
    nom: str
    courriel: str


class SommeTold(NamedTuple):
    """An issued sum as its mail tells it: `parts` are the départements in it, `awaited` those that still owe theirs."""

    genre: GenreSomme
    periode: Periode
    territoire_nom: str
    numero: int
    created_at: datetime
    parts: tuple[str, ...]
    awaited: tuple[str, ...]
    changes: int


def holders_of(territoire: str) -> list[UtilisateurWarned]:
    """Those whom the settings have told of the sum of a territory, by address: none where they say no."""
    if not says_yes(ANSWERS[territoire == NATION]):
        return []
    u = Utilisateur
    query = select(u.id, u.nom, u.courriel).where(holds_territory(territoire), u.is_active).order_by(u.courriel)
    return list(map(UtilisateurWarned._make, db.session.execute(query)))


def somme_told(edition_id: int, *, now: datetime) -> SommeTold | None:
    """What is said of an edition at that moment; None for one that another followed."""
    e, later = EditionTerritoire, aliased(EditionTerritoire)
    newer = exists().where(
        later.territoire == e.territoire,
        later.genre_document == e.genre_document,
        later.periode == e.periode,
        later.numero > e.numero,
    )
    query = select(e.territoire, e.genre_document, e.periode, e.numero, e.created_at, e.contenu)
    row = db.session.execute(query.where(e.id == edition_id, ~newer)).first()
    if row is None:
        return None
    genre, periode = SOMMES[row.genre_document], Periode.from_code(row.periode)
    document = genre.document.from_json(row.contenu)
    return SommeTold(
        genre,
        periode,
        "France entière" if row.territoire == NATION else document.territoire_nom,
        row.numero,
        row.created_at,
        tuple(f"{part.nom} ({part.departement})" for part in document.departements),
        _awaited(row.territoire, periode, now),
        len(document.ecarts),
    )


def territory_of_edition(edition_id: int) -> str | None:
    """The territory of an issued sum, None for none."""
    return db.session.scalar(select(EditionTerritoire.territoire).where(EditionTerritoire.id == edition_id))


def _awaited(territoire: str, periode: Periode, now: datetime) -> tuple[str, ...]:
    region = region_of(territoire)
    found = departements_awaited(actor=PLANIFICATEUR, periode=periode, now=now)
    within = set(db.session.scalars(select(Departement.code).where(Departement.region_code == region)))
    return tuple(f"{one.nom} ({one.code})" for one in found if region is None or one.code in within)
