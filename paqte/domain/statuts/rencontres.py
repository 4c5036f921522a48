"""Meetings of a préfecture with its signatories: their kinds, and what each is called."""

from __future__ import annotations

from calendar import monthrange
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
# After how many months without any a signatory's page says so: a setting.
MOIS = "rencontre_mois"


def is_silent(last: date | None, today: date, months: int) -> bool:
    """Whether nobody was met since that many months; a month that has no such day ends on its last one."""
    if last is None:
        return True
    rank = last.year * 12 + last.month - 1 + months
    year, month = rank // 12, rank % 12 + 1
    return date(year, month, min(last.day, monthrange(year, month)[1])) <= today
