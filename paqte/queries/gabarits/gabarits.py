"""Template workbooks: the one that serves on a day, those installed, those editions were made with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.documents.registre import genres_gabarit
from paqte.domain.editions.editions import A_VENIR, DU_PRODUIT, EN_VIGUEUR, PROPOSE, REMPLACE, RETIRE
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Convention, Departement, Edition, Gabarit, db
from paqte.queries.perimetre import require_admin

# Whose calendar says « aujourd’hui » to whoever looks after the whole country.
METROPOLE = "75"


class GabaritListed(NamedTuple):
    """A template as lists show it; `etat` as of today in Paris, `editions` how many were made with it."""

    id: int
    nom: str
    genre: str
    sha256: str
    en_vigueur_le: date
    installe_par: str
    retire_le: date | None
    created_at: datetime
    editions: int
    etat: str

    @property
    def is_installed(self) -> bool:
        return self.etat in (A_VENIR, EN_VIGUEUR, REMPLACE)


class FichierGabarit(NamedTuple):
    """The bytes of a template and what they are for."""

    id: int
    nom: str
    genre: str
    octets: bytes


def in_force(session: Session, genre: str, day: date) -> Gabarit | None:
    """The installed template that serves on a civil day, with its bytes; None for the product's own."""
    query = (
        _installed(genre).where(Gabarit.en_vigueur_le <= day).order_by(Gabarit.en_vigueur_le.desc(), Gabarit.id.desc())
    )
    found: Gabarit | None = session.scalar(query.options(undefer(Gabarit.octets)).limit(1))
    return found


def comes_into_force_on(session: Session, genre: str, day: date) -> Gabarit | None:
    """The installed template that takes force on that very day."""
    found: Gabarit | None = session.scalar(_installed(genre).where(Gabarit.en_vigueur_le == day).limit(1))
    return found


def list_templates(*, actor: Acteur, now: datetime) -> list[GabaritListed]:
    """Every template kept, the latest date first, those on trial before; two statements."""
    require_admin(actor)
    today = local_date(now, METROPOLE)
    made = dict(db.session.execute(select(Edition.gabarit_id, func.count()).group_by(Edition.gabarit_id)).all())
    rows = list(db.session.scalars(select(Gabarit).order_by(Gabarit.en_vigueur_le.desc(), Gabarit.id.desc())))
    serving = {row.id for genre in genres_gabarit() if (row := _serving(rows, genre, today)) is not None}
    listed = [_listed(row, made.get(row.id, 0), today, serving) for row in rows]
    return sorted(listed, key=lambda g: g.etat != PROPOSE)


def read_template_row(*, actor: Acteur, gabarit_id: int, now: datetime) -> GabaritListed:
    """One template, or NotFound."""
    found = next((g for g in list_templates(actor=actor, now=now) if g.id == gabarit_id), None)
    if found is None:
        raise NotFound("Ce modèle")
    return found


def read_template_file(*, actor: Acteur, gabarit_id: int) -> FichierGabarit:
    """The bytes of one template, or NotFound."""
    require_admin(actor, "Ce modèle")
    g = Gabarit
    row = db.session.execute(select(g.id, g.nom, g.genre, g.octets).where(g.id == gabarit_id)).one_or_none()
    if row is None:
        raise NotFound("Ce modèle")
    return FichierGabarit._make(row)


def where_to_try(departement: str | None) -> str:
    """The département a template is tried on: the one asked for, else where most conventions are. Refused if none."""
    found = db.session.scalar(select(Departement.code).where(Departement.code == departement))
    if departement is not None and found is None:
        raise Refused({"departement": f"Le département « {departement[:10]} » n’existe pas."})
    place = found or _busiest()
    if place is None:
        raise Refused("Aucun département n’est chargé : lancez d’abord « paqte lancer », qui charge la liste.")
    return place


def _busiest() -> str | None:
    many = select(Convention.departement_code).group_by(Convention.departement_code)
    found = db.session.scalar(many.order_by(func.count().desc(), Convention.departement_code).limit(1))
    return found or db.session.scalar(select(func.min(Departement.code)))


def _installed(genre: str) -> Any:
    return select(Gabarit).where(Gabarit.genre == genre, Gabarit.installe_par != "", Gabarit.retire_le.is_(None))


def _serving(rows: Iterable[Gabarit], genre: str, today: date) -> Gabarit | None:
    """The first of rows, latest date first, that serves today."""
    installed = (r for r in rows if r.genre == genre and r.installe_par and r.retire_le is None)
    return next((r for r in installed if r.en_vigueur_le <= today), None)


def _listed(row: Gabarit, editions: int, today: date, serving: set[int]) -> GabaritListed:
    if row.retire_le is not None:
        etat = RETIRE
    elif not row.installe_par:
        etat = DU_PRODUIT if editions else PROPOSE
    elif row.en_vigueur_le > today:
        etat = A_VENIR
    else:
        etat = EN_VIGUEUR if row.id in serving else REMPLACE
    values = [getattr(row, name) for name in GabaritListed._fields[:8]]
    return GabaritListed._make([*values, editions, etat])
