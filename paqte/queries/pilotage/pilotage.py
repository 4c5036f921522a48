"""How a département steers, as its pages and use cases read it (bilan_cget.md 1, 2, 4, 6; R12, R26, R31)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.pilotage import CHIFFRES, GenreChiffre, note_of
from paqte.models import ChiffreContexte, EngagementProtocole, Partenaire, Qpv, Referent, db
from paqte.queries.perimetre import readable, require_readable_departement
from paqte.queries.reglages import ReglageApplied, read_settings


class ReferentLu(NamedTuple):
    id: int
    nom: str
    fonction: str
    courriel: str
    telephone: str
    rang: int
    version: int


class PartenaireLu(NamedTuple):
    id: int
    nom: str
    nature: str
    role: str
    rang: int
    version: int


class ChiffreShown(NamedTuple):
    """A context figure on a date (R26)."""

    id: int
    code: str
    valeur: Decimal
    date: date
    precision: str
    source: str
    version: int

    @property
    def genre(self) -> GenreChiffre:
        return CHIFFRES[self.code]

    @property
    def note(self) -> str:
        return note_of(self.code, self.date)


class ProtocoleLu(NamedTuple):
    """An engagement of the protocole whose lever is PAQTE; percentages, None when unknown (R31)."""

    id: int
    enjeu: str
    axe_dijon: str
    levier: str
    partenaires: str
    libelle: str
    cible: Decimal | None
    realise: Decimal | None
    commentaire: str
    rang: int
    version: int


@dataclass(frozen=True, slots=True)
class SteeringPage:
    """Everything of the steering page. `chiffres` by kind, latest first."""

    referents: tuple[ReferentLu, ...]
    partenaires: tuple[PartenaireLu, ...]
    chiffres: dict[str, tuple[ChiffreShown, ...]]
    reglages: dict[str, ReglageApplied]
    protocole: int

    @property
    def chiffres_manquants(self) -> list[str]:
        """Labels of the context figures nobody typed yet."""
        return [genre.libelle for code, genre in CHIFFRES.items() if not self.chiffres[code]]


def read_pilotage(*, actor: Acteur, departement: str) -> SteeringPage:
    """The steering of a département, its texts apart, in five statements; NotFound when not the actor's."""
    require_readable_departement(actor, departement)
    figures = [ChiffreShown._make(row) for row in db.session.execute(_figures(departement))]
    return SteeringPage(
        referents=tuple(
            ReferentLu._make(row) for row in db.session.execute(_ranked(Referent, ReferentLu, departement))
        ),
        partenaires=tuple(
            PartenaireLu._make(row) for row in db.session.execute(_ranked(Partenaire, PartenaireLu, departement))
        ),
        chiffres={code: tuple(f for f in figures if f.code == code) for code in CHIFFRES},
        reglages=read_settings(departement),
        protocole=len(list(db.session.scalars(_mine(EngagementProtocole, departement)))),
    )


def read_protocole(*, actor: Acteur, departement: str) -> tuple[ProtocoleLu, ...]:
    """The protocole's engagements whose lever is PAQTE, in their order (R31)."""
    require_readable_departement(actor, departement)
    query = _ranked(EngagementProtocole, ProtocoleLu, departement)
    return tuple(ProtocoleLu._make(row) for row in db.session.execute(query))


def read_referent(actor: Acteur, key: int) -> ReferentLu:
    """One référent; NotFound when she is not the actor's to read."""
    return ReferentLu._make(_readable_line(actor, Referent, ReferentLu, key))


def read_partenaire(actor: Acteur, key: int) -> PartenaireLu:
    """One partner; NotFound when it is not the actor's to read."""
    return PartenaireLu._make(_readable_line(actor, Partenaire, PartenaireLu, key))


def read_chiffre(actor: Acteur, key: int) -> ChiffreShown:
    """One context figure; NotFound when it is not the actor's to read."""
    return ChiffreShown._make(_readable_line(actor, ChiffreContexte, ChiffreShown, key))


def read_protocole_line(actor: Acteur, key: int) -> ProtocoleLu:
    """One engagement of the protocole; NotFound when it is not the actor's to read."""
    return ProtocoleLu._make(_readable_line(actor, EngagementProtocole, ProtocoleLu, key))


def generation_on(departement: str, day: date) -> int | None:
    """Generation of the priority districts in force in the département on that day (R25)."""
    query = select(Qpv.generation, Qpv.du, Qpv.au).where(Qpv.departement_code == departement)
    found = [row.generation for row in db.session.execute(query) if row.du <= day and (row.au is None or day <= row.au)]
    return max(found, default=None)


def _readable_line(actor: Acteur, model: type[Any], shape: Any, key: int) -> tuple[Any, ...]:
    columns = (getattr(model, name) for name in shape._fields)
    row = db.session.execute(select(*columns).where(model.id == key, readable(model, actor))).one_or_none()
    if row is None:
        raise NotFound("Cette ligne")
    return tuple(row)


def _figures(departement: str) -> Select[*tuple[Any, ...]]:
    columns = (getattr(ChiffreContexte, name) for name in ChiffreShown._fields)
    query = select(*columns).where(ChiffreContexte.departement_code == departement)
    return query.order_by(ChiffreContexte.date.desc(), ChiffreContexte.id.desc())


def _ranked(
    model: type[Referent] | type[Partenaire] | type[EngagementProtocole], shape: Any, departement: str
) -> Select[*tuple[Any, ...]]:
    columns = (getattr(model, name) for name in shape._fields)
    return select(*columns).where(model.departement_code == departement).order_by(model.rang, model.id)


def _mine(model: type[EngagementProtocole], departement: str) -> Select[int]:
    return select(model.id).where(model.departement_code == departement)
