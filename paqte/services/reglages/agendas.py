"""Keeping the dates of campaigns that are over, whatever becomes of the settings (R37)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.agenda import (
    Agenda,
    DatesScellees,
    Deplacement,
    followed,
    moves,
    released,
    spared,
    to_seal,
)
from paqte.domain.calendrier.campagnes import Delais
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.registre import DOCUMENTS
from paqte.models import CampagneScellee


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a change of delays does to the campaigns under way.

    `deplacees` are the dates that move; `gardees` the due dates that stay, since they would be over already.
    """

    deplacees: tuple[Deplacement, ...] = ()
    gardees: tuple[tuple[Periode, DatesScellees], ...] = ()


def dates_to_keep(departement: str, first: str | None, agenda: Agenda, now: datetime) -> dict[str, DatesScellees]:
    """What is over on this day and not kept yet, by code of period."""
    today = local_date(now, departement)
    return to_seal(agenda, followed(first, today, agenda.delais.rythmes), today)


def keep_dates(session: Session, departement: str, kept: Mapping[str, DatesScellees]) -> None:
    """Write these dates down, in the caller's transaction, which holds the row of the département."""
    if not kept:
        return
    c = CampagneScellee
    rows = session.scalars(select(c).where(c.departement_code == departement, c.periode.in_(kept)))
    known = {row.periode: row for row in rows}
    for code, dates in kept.items():
        row = known.get(code)
        if row is None:
            given = {**dates._asdict(), "publications": _dates_written(dates.publications)}
            session.add(c(departement_code=departement, periode=code, **given))
        else:
            row.fermeture, row.is_over = dates.fermeture, dates.is_over
            row.publications = _dates_written(dates.publications)
    session.flush()


def _dates_written(publications: Mapping[str, date]) -> str:
    return json.dumps({travail: day.isoformat() for travail, day in publications.items()})


def change_delays(
    session: Session, departement: str, first: str | None, *, former: Agenda, delais: Delais, now: datetime
) -> Consequences:
    """Keep what the new delays must not move and say what they do; `former` is the agenda before they are written.

    In the caller's transaction, before or after the settings themselves.
    """
    today = local_date(now, departement)
    periodes = tuple(followed(first, today, delais.rythmes))
    past = dates_to_keep(departement, first, former, now)
    former = former.holding(past)
    freed = released(former, delais, today)
    kept = spared(former.holding({}, freed), delais, periodes, today)
    keep_dates(session, departement, {**past, **kept})
    _free(session, departement, freed)
    present = former.under(delais).holding(kept, freed)
    gardees = tuple((Periode.from_code(code), dates) for code, dates in kept.items())
    names = {genre.travail: genre.du for genre in DOCUMENTS.values()}
    return Consequences(moves(former, present, periodes, names), gardees)


def _free(session: Session, departement: str, periodes: Collection[str]) -> None:
    if periodes:
        c = CampagneScellee
        session.execute(delete(c).where(c.departement_code == departement, c.periode.in_(periodes)))
