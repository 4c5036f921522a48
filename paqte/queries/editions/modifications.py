"""What was typed in a département since a moment, in people's words: why a next edition would differ (R44)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from paqte.models import Journal, db

# What a document is made from, by the name the journal gives it: one and several.
SOURCES: dict[str, tuple[str, str]] = {
    "declaration": ("déclaration", "déclarations"),
    "convention": ("convention", "conventions"),
    "engagement": ("engagement", "engagements"),
    "objectif": ("objectif", "objectifs"),
    "signataire": ("fiche de signataire", "fiches de signataires"),
    "action": ("action", "actions"),
    "rubrique": ("texte du pilotage", "textes du pilotage"),
    "referent": ("référent du PAQTE", "référents du PAQTE"),
    "partenaire": ("partenaire", "partenaires"),
    "chiffre_contexte": ("chiffre de contexte", "chiffres de contexte"),
    "justificatif": ("justificatif", "justificatifs"),
    "reglage": ("réglage", "réglages"),
    "departement": ("réglage du département", "réglages du département"),
}

# A text that an edition kept for its period was written by nobody.
KEPT = '"is_confirmed": false'


class Modification(NamedTuple):
    """How many things of one sort were added, changed or removed, and when for the last time."""

    nombre: int
    singulier: str
    pluriel: str
    dernier_le: datetime


def changes_since(departement: str, since: datetime) -> tuple[Modification, ...]:
    """By sort of thing, in the order of SOURCES. One statement; the caller has the right to read the département."""
    j = Journal
    query = (
        select(j.objet, func.count(j.objet_id.distinct()), func.max(j.quand))
        .where(j.departement_code == departement, j.quand > since, j.objet.in_(SOURCES))
        .where(~((j.objet == "rubrique") & j.apres.contains(KEPT, autoescape=True)))
        .group_by(j.objet)
    )
    found = {objet: (count, moment) for objet, count, moment in db.session.execute(query)}
    return tuple(
        Modification(found[objet][0], *labels, found[objet][1]) for objet, labels in SOURCES.items() if objet in found
    )
