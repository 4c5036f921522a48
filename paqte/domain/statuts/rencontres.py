"""Meetings of a préfecture with its signatories: their kinds, and what each is called."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

COMITE = "comite"
ETAPE = "etape"
VISITE = "visite"
APPEL = "appel"
EVENEMENT = "evenement"
GENRES: dict[str, str] = {
    COMITE: "Comité de pilotage",
    ETAPE: "Point d’étape",
    VISITE: "Visite",
    APPEL: "Appel",
    EVENEMENT: "Événement",
}
# How many of each, in a sentence: one, then several.
COMPTES: dict[str, tuple[str, str]] = {
    COMITE: ("comité de pilotage", "comités de pilotage"),
    ETAPE: ("point d’étape", "points d’étape"),
    VISITE: ("visite", "visites"),
    APPEL: ("appel", "appels"),
    EVENEMENT: ("événement", "événements"),
}
# After how many months without any a signatory's page says so: a setting.
MOIS = "rencontre_mois"


def is_silent(last: date | None, today: date, months: int) -> bool:
    """Whether nobody was met since that many months; a month that has no such day ends on its last one."""
    if last is None:
        return True
    rank = last.year * 12 + last.month - 1 + months
    year, month = rank // 12, rank % 12 + 1
    return date(year, month, min(last.day, monthrange(year, month)[1])) <= today


def told_together(noms: Sequence[str]) -> str:
    """With whom a meeting was, in a few words: the only one, else how many; '' for none."""
    return f"{len(noms)} signataires" if len(noms) > 1 else "".join(noms)


def told_meetings(held: Sequence[tuple[str, date]], signataires: int, periode: str, autres: int = 0) -> str:
    """A sentence for the bilan on the meetings held, by (code of kind, day): '' when there was none.

    Kinds and days of comités alone: notes and names of those who were there stay in the préfecture (R30). `periode` is
    « 1er semestre 2026 », `signataires` how many were there or called, each SIREN once (R3), `autres` how many more
    that signed neither the PAQTE nor the plan.
    """
    told = []
    for genre, (one, several) in COMPTES.items():
        days = sorted(day for kind, day in held if kind == genre)
        if days:
            dated = f" ({', '.join(f'{day:%d/%m/%Y}' for day in days)})" if genre == COMITE else ""
            told.append(f"{len(days)} {one if len(days) == 1 else several}{dated}")
    if not told:
        return ""
    listed = " et ".join(filter(None, (", ".join(told[:-1]), told[-1])))
    whom = f" Signataires rencontrés ou appelés : {signataires}." if signataires else ""
    whom += f" Autres organismes rencontrés ou appelés : {autres}." if autres else ""
    return f"Rencontres du {periode} : {listed}.{whom}"
