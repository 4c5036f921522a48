"""A région as its préfecture reads it: its départements, what each issued, how far each is, who is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.domain.declarations.completude import Completude
from paqte.domain.documents.registre import BILAN
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.models import Departement, db
from paqte.queries.declarations import completeness_of
from paqte.queries.editions import (
    EditionLue,
    RecuLu,
    counted_received,
    departements_awaited,
    departements_followed,
    last_counted_before,
    list_editions,
)
from paqte.queries.perimetre import all_departements_of, away


@dataclass(frozen=True, slots=True)
class DepartementShown:
    """A département of the région over the last closed semester.

    `edition` is the last of that semester, `recu` the workbook that counts without one, `ancienne` the last of a former
    semester, `ancien_recu` the workbook of a later former one; `due_le` is None once it is produced or sent, or when
    nothing is owed. `completude` counts nothing for a préfecture that does not use PAQTE.
    """

    code: str
    nom: str
    is_followed: bool
    edition: EditionLue | None
    recu: RecuLu | None
    ancienne: EditionLue | None
    ancien_recu: RecuLu | None
    due_le: date | None
    is_late: bool
    completude: Completude


@dataclass(frozen=True, slots=True)
class RegionPage:
    """The home of a région. Late ones first, then by code."""

    semestre: Periode
    departements: tuple[DepartementShown, ...]

    @property
    def suivis(self) -> int:
        """How many of them use PAQTE."""
        return sum(d.is_followed for d in self.departements)

    @property
    def produits(self) -> int:
        """How many issued the bilan of the semester."""
        return sum(d.edition is not None for d in self.departements)

    @property
    def recus(self) -> int:
        """How many more sent it as a workbook."""
        return sum(d.edition is None and d.recu is not None for d in self.departements)

    @property
    def en_retard(self) -> int:
        """How many should have."""
        return sum(d.is_late for d in self.departements)

    @property
    def completude(self) -> Completude:
        """Over the région: the sum of what is counted in each."""
        counted = [d.completude for d in self.departements]
        return Completude(*(sum(column) for column in zip(*counted, strict=True))) if counted else Completude()


def read_region(*, actor: Acteur, now: datetime) -> RegionPage:
    """The départements of the actor, and of nobody else."""
    whole = away(actor)
    d = Departement
    rows = db.session.execute(
        select(d.code, d.nom).where(d.code.in_(sorted(all_departements_of(actor)))).order_by(d.code)
    ).all()
    # A région stands in one legal time: that of its first département.
    semestre = last_closed(local_date(now, rows[0].code), SEMESTRE) if rows else last_closed(now.date(), SEMESTRE)
    followed = {one.code for one in departements_followed()}
    awaited = {one.code: one for one in departements_awaited(actor=whole, periode=semestre, now=now)}
    sent = {one.departement: one for one in counted_received(actor=whole, periode=semestre)}
    sent_before = last_counted_before(actor=whole, periode=semestre)
    issued: dict[str, list[EditionLue]] = {}
    for edition in list_editions(actor=whole, genre=BILAN):
        issued.setdefault(edition.departement, []).append(edition)

    def shown(code: str, nom: str) -> DepartementShown:
        own, due, before = issued.get(code, []), awaited.get(code), sent_before.get(code)
        former = next((e for e in own if e.periode < semestre.code), None)
        return DepartementShown(
            code,
            nom,
            is_followed=code in followed,
            edition=next((e for e in own if e.periode == semestre.code), None),
            recu=sent.get(code),
            ancienne=former,
            ancien_recu=before if before and (former is None or before.periode > former.periode) else None,
            due_le=due.due_le if due else None,
            is_late=due is not None and due.is_late,
            completude=completeness_of(code, semestre) if code in followed else Completude(),
        )

    found = [shown(*row) for row in rows]
    return RegionPage(semestre, tuple(sorted(found, key=lambda one: (not one.is_late, one.code))))
