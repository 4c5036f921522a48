"""Official lists brought into the base: whole or not at all, saying what changed (R25, R26)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.importing.officiel import read_colleges, read_context, read_qpv
from paqte.models import ChiffreContexte, College, Departement, Qpv, db
from paqte.services.reglages.territoire import ListOvertaken, load_list
from paqte.services.transaction import transaction

SOURCE = "ANCT, données ouvertes"


class Intake(NamedTuple):
    """What an official file did: how many rows were added, changed, left because somebody typed another value, and
    which were closed because the list no longer names them.
    """

    added: int
    changed: int
    left: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def import_qpv(*, actor: Acteur, content: bytes, now: datetime) -> Intake:
    """Priority districts of the ANCT's list. Refused with the line at fault.

    Those that it no longer names, of the départements and generations that it names, are closed on this day and stay:
    what refers to them is not touched (R25). Named again, they are open again.
    """
    quartiers = read_qpv(content)
    _require_known(quartier.departement_code for quartier in quartiers)
    named = {(quartier.departement_code, quartier.generation) for quartier in quartiers}
    done = load_list(
        actor=actor,
        model=Qpv,
        rows=[quartier._asdict() for quartier in quartiers],
        now=now,
        covers=lambda row: (row.departement_code, row.generation) in named,
        closes=lambda row: max(row.du, local_date(now, row.departement_code)),
    )
    return Intake(len(done.added), len(done.changed), closed=_told_closed(done.closed))


def import_colleges(*, actor: Acteur, content: bytes, now: datetime) -> Intake:
    """Collèges REP and REP+ of the ministry's list; those of its départements that it no longer names are closed."""
    colleges = read_colleges(content)
    _require_known(college.departement_code for college in colleges)
    named = {college.departement_code for college in colleges}
    done = load_list(
        actor=actor,
        model=College,
        rows=[{**college._asdict(), "au": None} for college in colleges],
        now=now,
        covers=lambda row: row.departement_code in named,
        closes=lambda row: local_date(now, row.departement_code),
    )
    return Intake(len(done.added), len(done.changed), closed=_told_closed(done.closed))


def import_context(*, actor: Acteur, content: bytes, now: datetime) -> Intake:
    """Context figures by département; what a référent typed for the same date stays, and is told."""
    chiffres = read_context(content)
    _require_known(chiffre.departement_code for chiffre in chiffres)
    left = []
    added = changed = 0
    with transaction(actor=actor, now=now) as session:
        held = {(c.departement_code, c.code, c.date): c for c in session.scalars(select(ChiffreContexte))}
        for chiffre in chiffres:
            row = held.get((chiffre.departement_code, chiffre.code, chiffre.date))
            if row is None:
                session.add(ChiffreContexte(**chiffre._asdict(), source=SOURCE, created_at=now))
                added += 1
            elif (row.valeur, row.precision) == (chiffre.valeur, chiffre.precision):
                continue
            elif row.source == SOURCE and row.version == 1:  # nobody typed over what a list brought
                session.delete(row)
                session.flush()
                session.add(ChiffreContexte(**chiffre._asdict(), source=SOURCE, created_at=now))
                changed += 1
            elif row.valeur != chiffre.valeur:
                left.append(f"{chiffre.departement_code} {chiffre.code} : {row.valeur} gardé, {chiffre.valeur} lu")
    return Intake(added, changed, tuple(left))


def _told_closed(rows: Iterable[ListOvertaken]) -> tuple[str, ...]:
    return tuple(f"{row.departement_code} {row.code}, {row.nom}" for row in rows)


def _require_known(codes: Iterable[Any]) -> None:
    known = set(db.session.scalars(select(Departement.code)))
    db.session.rollback()
    unknown = sorted(set(codes) - known)
    if unknown:
        raise Refused(f"Département inconnu : {', '.join(unknown)[:200]}. Rien n’a été enregistré.")
