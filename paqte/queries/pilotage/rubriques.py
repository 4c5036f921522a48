"""Texts of a département by period, those of before beside (R36)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.conventions.rubriques import RYTHMES, RubriqueLue, in_force, texts_of
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Convention, Departement, Edition, Rubrique, db
from paqte.queries.perimetre import require_readable_departement


@dataclass(frozen=True, slots=True)
class RubriquesPeriode:
    """The texts of a chosen period. `offertes` are those to choose from, the present one first."""

    periode: Periode
    offertes: tuple[Periode, ...]
    textes: tuple[RubriqueLue, ...]
    is_en_cours: bool


def rubrique_lines(session: Session, departement: str) -> list[RubriqueLue]:
    """Every text of a département, whatever its period. One statement."""
    r = Rubrique
    query = select(r.code, r.periode, r.texte, r.is_confirmed, r.repris_de, r.version)
    rows = session.execute(query.where(r.departement_code == departement).order_by(r.periode, r.code))
    return [RubriqueLue(*row) for row in rows]


def read_rubriques(*, actor: Acteur, departement: str, periode: Periode) -> tuple[RubriqueLue, ...]:
    """The texts of a period, « repris » where nobody wrote them for it. NotFound for another's département."""
    require_readable_departement(actor, departement)
    return texts_of(periode, rubrique_lines(db.session(), departement))


def read_chosen(*, actor: Acteur, departement: str, genre: str, asked: str | None, now: datetime) -> RubriquesPeriode:
    """The texts of the period asked for, when it is offered; else of the one whose turn it is.

    That is the last closed period as long as it is owed and has no edition, then the present one.
    """
    require_readable_departement(actor, departement)
    lines, today = rubrique_lines(db.session(), departement), local_date(now, departement)
    offered = _offered(departement, genre, today, lines)
    chosen = next((p for p in offered if p.code == asked), None) or _in_turn(departement, offered)
    return RubriquesPeriode(chosen, offered, texts_of(chosen, lines), chosen == offered[0])


def read_rubrique(*, actor: Acteur, departement: str, periode: Periode, code: str) -> RubriqueLue:
    """One text for a period; NotFound when there is no such heading or the period is of another rhythm."""
    require_readable_departement(actor, departement)
    if RYTHMES.get(code) != periode.genre:
        raise NotFound("Cette rubrique")
    return in_force(code, periode, rubrique_lines(db.session(), departement))


def history_of(*, actor: Acteur, departement: str, periode: Periode, code: str) -> tuple[RubriqueLue, ...]:
    """The texts of the other periods that have one of their own, the latest first."""
    require_readable_departement(actor, departement)
    lines = [r for r in rubrique_lines(db.session(), departement) if r.code == code and r.texte]
    return tuple(r for r in reversed(lines) if r.periode != periode.code and not r.is_repris)


def _offered(departement: str, genre: str, today: date, lines: list[RubriqueLue]) -> tuple[Periode, ...]:
    """Since the first convention, the first followed semester or the first text, until today's."""
    earliest = select(func.min(Convention.debut)).where(Convention.departement_code == departement)
    days = [
        db.session.scalar(earliest),
        _followed_since(departement),
        *(Periode.from_code(r.periode).debut for r in lines if RYTHMES[r.code] == genre),
    ]
    start = min([day for day in days if day], default=today)
    offered = [Periode.containing(today, genre)]
    while offered[-1].debut > start:
        offered.append(offered[-1].precedente)
    return tuple(offered)


def _in_turn(departement: str, offered: tuple[Periode, ...]) -> Periode:
    present, since = offered[0], _followed_since(departement)
    before = present.precedente
    if before not in offered or since is None or before.debut < since:
        return present
    e = Edition
    issued = select(e.id).where(e.departement_code == departement, e.periode == before.code).limit(1)
    return present if db.session.scalar(issued) else before


def _followed_since(departement: str) -> date | None:
    first = db.session.scalar(select(Departement.premier_semestre).where(Departement.code == departement))
    return Periode.from_code(first).debut if first else None
