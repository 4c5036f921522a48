"""Régions, départements and priority districts, from official lists (R12, R25)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from paqte.domain.personnes.acteurs import Acteur
from paqte.importing.officiel import OfficialQpv
from paqte.models import Departement, Qpv, Region, db
from paqte.services.transaction import note, transaction

DONNEES = Path(__file__).parents[2] / "donnees"


class ListOvertaken(NamedTuple):
    """What a list no longer names."""

    code: str
    nom: str
    departement_code: str


class ListChanges(NamedTuple):
    """What a list says that the base does not."""

    added: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    closed: tuple[ListOvertaken, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed)


def load_territories(*, actor: Acteur, now: datetime) -> int:
    """Bring régions and départements to what the product ships; gives how many rows changed.

    What a préfecture set itself (`premier_semestre`) is not touched. Nothing to change writes nothing.
    """
    try:
        return _load_territories(actor, now)
    except IntegrityError:  # another machine that starts wrote them at this very moment: look again
        return _load_territories(actor, now)


def _load_territories(actor: Acteur, now: datetime) -> int:
    regions = _shipped_rows("regions.csv", ("code", "nom"))
    departements = _shipped_rows("departements.csv", ("code", "nom", "region", "prefecture"))
    for row in departements:
        row["region_code"] = row.pop("region") or None
    if not (_differs(db.session(), Region, regions) or _differs(db.session(), Departement, departements)):
        db.session.rollback()
        return 0
    with transaction(actor=actor, now=now) as session:
        return _save(session, Region, regions) + _save(session, Departement, departements)


class RegionsDepartements(NamedTuple):
    """What the product ships: name of each région by code; name and région ("" for none) of each département."""

    regions: Mapping[str, str]
    departements: Mapping[str, tuple[str, str]]


def shipped_territories() -> RegionsDepartements:
    """Every région and département, without a base."""
    departements = _shipped_rows("departements.csv", ("code", "nom", "region"))
    return RegionsDepartements(
        {row["code"]: row["nom"] for row in _shipped_rows("regions.csv", ("code", "nom"))},
        {row["code"]: (row["nom"], row["region"]) for row in departements},
    )


def load_qpv(*, actor: Acteur, quartiers: Iterable[OfficialQpv], now: datetime) -> ListChanges:
    """Record priority districts of an official list, each by its code; says what was added and changed (R25).

    Those that the list does not name stay: a list may speak of one département only.
    """
    rows = [quartier._asdict() for quartier in quartiers]
    with transaction(actor=actor, now=now) as session:
        difference = _differs(session, Qpv, rows)
        _save(session, Qpv, rows)
    return difference


def load_list(
    *,
    actor: Acteur,
    model: type[Any],
    rows: list[dict[str, Any]],
    now: datetime,
    covers: Callable[[Any], bool],
    closes: Callable[[Any], date],
) -> ListChanges:
    """Record a whole official list, each row by its code. `covers` says which rows of the base it speaks of: those
    that it does not name are closed on the day that `closes` gives, and kept (R25).
    """
    named = {row["code"] for row in rows}
    with transaction(actor=actor, now=now) as session:
        difference = _differs(session, model, rows)
        _save(session, model, rows)
        open_rows = session.scalars(select(model).where(model.au.is_(None)).order_by(model.code)).all()
        gone = tuple(row for row in open_rows if row.code not in named and covers(row))
        for row in gone:
            row.au = closes(row)
        session.flush()
        told = tuple(ListOvertaken(row.code, row.nom, row.departement_code) for row in gone)
    return ListChanges(difference.added, difference.changed, told)


def _shipped_rows(name: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    with (DONNEES / name).open(encoding="utf-8", newline="") as file:
        return [{column: row[column] for column in columns} for row in csv.DictReader(file)]


def _differs(session: Session, model: type[Any], rows: list[dict[str, Any]]) -> ListChanges:
    """Rows of the list that the base lacks or holds otherwise."""
    if not rows:
        return ListChanges([], [])
    columns = tuple(rows[0])
    query = select(*(getattr(model, column) for column in columns))
    held: Mapping[str, tuple[Any, ...]] = {row.code: tuple(row) for row in session.execute(query)}
    added = [row for row in rows if row["code"] not in held]
    changed = [row for row in rows if row["code"] in held and held[row["code"]] != tuple(row.values())]
    return ListChanges(added, changed)


def _save(session: Session, model: type[Any], rows: list[dict[str, Any]]) -> int:
    difference = _differs(session, model, rows)
    if difference.added:
        session.execute(insert(model), difference.added)
    for row in difference.changed:
        session.execute(update(model).where(model.code == row["code"]).values(row))
    if difference:
        apres = {"ajoutes": len(difference.added), "modifies": [row["code"] for row in difference.changed]}
        note(session, "charger", model.__tablename__, apres=apres)
    return len(difference.added) + len(difference.changed)
