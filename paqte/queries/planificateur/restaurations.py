"""Whether a restoration waits to be confirmed, and what it holds meanwhile."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from paqte.domain.statuts.courriels import EN_ATTENTE
from paqte.domain.statuts.taches import FAITE
from paqte.models import Courriel, Restauration, Tache, db


class RestaurationLue(NamedTuple):
    """A restoration to confirm: when, from which file, where the former base is, what differs."""

    id: int
    quand: datetime
    sauvegarde: str
    precedente: str
    constat: dict[str, Any]


class Withheld(NamedTuple):
    """What waits for the confirmation: its kind, who or what it is for, what it is."""

    sorte: str
    pour: str
    quoi: str


def pending_restoration() -> RestaurationLue | None:
    """The last restoration nobody confirmed; None when everything may leave."""
    r = Restauration
    query = select(r.id, r.quand, r.sauvegarde, r.precedente, r.constat).where(r.confirmee_le.is_(None))
    row = db.session.execute(query.order_by(r.id.desc()).limit(1)).first()
    return RestaurationLue(*row[:4], json.loads(row[4])) if row else None


def held_things(restauration: RestaurationLue, *, now: datetime) -> list[Withheld]:
    """Mails that wait since before the restoration, tasks that are due, accounts put to sleep, numbers kept."""
    mails = db.session.execute(
        select(Courriel.destinataire, Courriel.sujet)
        .where(Courriel.etat == EN_ATTENTE, Courriel.cree_le <= restauration.quand)
        .order_by(Courriel.id)
    )
    tasks = db.session.execute(
        select(Tache.travail, Tache.departement_code, Tache.periode)
        .where(Tache.etat != FAITE, Tache.due_le <= now)
        .order_by(Tache.due_le, Tache.id)
    )
    found = restauration.constat
    return [
        *(Withheld("courriel", *row) for row in mails),
        *(Withheld("tache", f"{row.departement_code} {row.periode}", row.travail) for row in tasks),
        *(Withheld("compte", who, why) for who, why in sorted(found.get("comptes", {}).items())),
        *(Withheld("compte perdu", who, "créé depuis la sauvegarde : à inviter de nouveau") for who in found["perdus"]),
        *(
            Withheld("edition", name, "produite depuis la sauvegarde : son numéro ne servira plus")
            for name in found["numeros"]
        ),
        *(
            Withheld("non comparé", what, "la base précédente manquait ou ne se lisait plus")
            for what in found["non_compares"]
        ),
    ]
