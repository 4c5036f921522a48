"""From the figures and codes of a document to what a cell holds and what a person reads."""

from __future__ import annotations

from datetime import datetime

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.documents.commun.document import Document
from paqte.domain.secret import DIFFUSIONS
from paqte.reporting.ooxml.sheets.values import read_date

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def short_date(iso: str) -> str:
    """ "2026-03-12" -> "12/03/2026"."""
    day = read_date(iso)
    return f"{day:%d/%m/%Y}" if day else iso


def long_date(iso: str) -> str:
    """ "2026-03-01" -> "1er mars 2026"."""
    day = read_date(iso)
    if day is None:
        return iso
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"


def period_dates(code: str) -> str:
    """ "2026-S1" -> "du 1er janvier 2026 au 30 juin 2026"; "" for what is not a period."""
    try:
        periode = Periode.from_code(code)
    except ValueError:
        return ""
    return f"du {long_date(periode.debut.isoformat())} au {long_date(periode.dernier_jour.isoformat())}"


def prefecture(document: Document) -> str:
    """The préfecture by its own name, or by that of its town."""
    name = document.prefecture
    return name if not name or name.casefold().startswith("préfecture") else f"Préfecture · {name}"


def place(document: Document) -> str:
    """ "Loir-et-Cher (41)"."""
    return f"{document.departement_nom} ({document.departement})"


def edition_phrase(document: Document) -> str:
    """ "Édition n° 1, produite le 15 juillet 2026"."""
    day = _local_day(document)
    return f"Édition n°\u00a0{document.edition}" + (f", produite le {long_date(day)}" if day else "")


def _local_day(document: Document) -> str:
    """The day of production in the legal time of the département (R12)."""
    try:
        moment = datetime.fromisoformat(document.genere_le)
    except ValueError:
        return document.genere_le
    return (local_date(moment, document.departement) if moment.tzinfo else moment.date()).isoformat()


def subtitle(document: Document) -> str:
    """What every sheet bears under its title, beginning with who may read it (R23)."""
    version = DIFFUSIONS[document.diffusion].upper()
    return f"{version} · {place(document)} · {document.periode_libelle} · édition n°\u00a0{document.edition}"
