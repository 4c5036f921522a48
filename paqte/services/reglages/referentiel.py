"""Official lists brought into the base: whole or not at all, saying what changed (R25, R26)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.importing.officiel import read_context, read_qpv
from paqte.models import ChiffreContexte, Departement, db
from paqte.services.reglages.territoire import load_qpv
from paqte.services.transaction import transaction

SOURCE = "ANCT, données ouvertes"


class Intake(NamedTuple):
    """What an official file did: how many rows were added, changed, and left because somebody typed another value."""

    added: int
    changed: int
    left: tuple[str, ...] = ()


def import_qpv(*, actor: Acteur, content: bytes, now: datetime) -> Intake:
    """Priority districts of the ANCT's list; those it does not name stay. Refused with the line at fault."""
    quartiers = read_qpv(content)
    _require_known(quartier.departement_code for quartier in quartiers)
    difference = load_qpv(actor=actor, quartiers=quartiers, now=now)
    return Intake(len(difference.added), len(difference.changed))


def import_context(*, actor: Acteur, content: bytes, now: datetime) -> Intake:
    """Context figures by département; what a référent typed for the same date stays, and is told."""
    chiffres = read_context(content)
    _require_known(chiffre.departement_code for chiffre in chiffres)
    left = []
    added = 0
    with transaction(actor=actor, now=now) as session:
        held = {(c.departement_code, c.code, c.date): c.valeur for c in session.scalars(select(ChiffreContexte))}
        for chiffre in chiffres:
            key = (chiffre.departement_code, chiffre.code, chiffre.date)
            if key not in held:
                session.add(ChiffreContexte(**chiffre._asdict(), source=SOURCE, created_at=now))
                added += 1
            elif held[key] != chiffre.valeur:
                left.append(f"{chiffre.departement_code} {chiffre.code} : {held[key]} gardé, {chiffre.valeur} lu")
    return Intake(added, 0, tuple(left))


def _require_known(codes: Iterable[Any]) -> None:
    known = set(db.session.scalars(select(Departement.code)))
    db.session.rollback()
    unknown = sorted(set(codes) - known)
    if unknown:
        raise Refused(f"Département inconnu : {', '.join(unknown)[:200]}. Rien n’a été enregistré.")
