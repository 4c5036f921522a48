"""What looks at the register found of signatories, waiting for their référent; and whom to look at next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select

from paqte.domain.conventions.etablissements import EtablissementLu
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.veilles import FERME, OUVERT
from paqte.models import Signataire, Veille, db
from paqte.queries.conventions.entreprises.etablissements import kept_etablissement, open_etablissements
from paqte.queries.perimetre import readable


@dataclass(frozen=True, slots=True)
class VeilleShown:
    """What was found of a signatory; `ouverts` are the open establishments to choose from when its own is closed."""

    id: int
    version: int
    etat: str
    constat: str
    signataire_id: int
    signataire: str
    identifiant: str
    nom_lu: str
    ferme_le: date | None
    constate_le: datetime | None
    etablissement: EtablissementLu | None = None
    ouverts: tuple[EtablissementLu, ...] = ()


class VeilleAwaited(NamedTuple):
    """A signatory whose number is to be looked at."""

    signataire_id: int
    departement: str
    identifiant: str


def list_findings(*, actor: Acteur) -> list[VeilleShown]:
    """What waits for the actor, closed establishments first."""
    query = _SELECTION.where(_WAITS, readable(Veille, actor))
    found = [VeilleShown(*row) for row in db.session.execute(query.order_by(Signataire.recherche, Veille.id))]
    return sorted(found, key=lambda one: one.constat != FERME)


def count_findings(departement: str) -> int:
    """How many wait in the département."""
    query = select(func.count()).select_from(Veille).join(Signataire, Signataire.id == Veille.signataire_id)
    return db.session.scalar(query.where(Veille.departement_code == departement, _WAITS)) or 0


def read_finding(*, actor: Acteur, veille_id: int) -> VeilleShown:
    """One, with what the register says now; NotFound when it is not the actor's to read."""
    row = db.session.execute(_SELECTION.where(Veille.id == veille_id, readable(Veille, actor))).one_or_none()
    if row is None:
        raise NotFound("Ce constat")
    kept = kept_etablissement(row.identifiant)
    ouverts = open_etablissements(row.identifiant[:9], row.identifiant) if row.constat == FERME else ()
    told = None if kept is None else kept.etablissement
    return replace(VeilleShown(*row), etablissement=told, ouverts=ouverts)


def next_watched(*, before: datetime, limit: int) -> list[VeilleAwaited]:
    """Signatories never looked at, or not since `before`, or whose number changed; the longest ago first."""
    s, v = Signataire, Veille
    due = or_(v.id.is_(None), v.vu_le < before, v.identifiant != s.identifiant)
    query = select(s.id, s.departement_code, s.identifiant).outerjoin(v, v.signataire_id == s.id).where(due)
    first = query.order_by(v.vu_le.is_not(None), v.vu_le, s.id).limit(limit)
    return [VeilleAwaited._make(row) for row in db.session.execute(first)]


def looked_since(moment: datetime) -> int:
    """How many signatories were looked at since a moment."""
    return db.session.scalar(select(func.count()).where(Veille.vu_le >= moment)) or 0


# What was found at a number that the sheet bears no more says nothing of it.
_WAITS = (Veille.etat == OUVERT) & (Veille.identifiant == Signataire.identifiant)
_SELECTION = select(
    Veille.id,
    Veille.version,
    Veille.etat,
    Veille.constat,
    Veille.signataire_id,
    Signataire.nom,
    Veille.identifiant,
    Veille.nom_lu,
    Veille.ferme_le,
    Veille.constate_le,
).join(Signataire, Signataire.id == Veille.signataire_id)
