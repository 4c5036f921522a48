"""From the figures and codes of a bilan to what a cell holds and what a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from paqte.domain.catalogue import catalogue
from paqte.domain.conventions import CATEGORIES, ENTREPRISE, ETATS, NATURES
from paqte.domain.declarations import ETATS as ETATS_DECLARATION
from paqte.domain.documents.bilan import Bilan, LigneIndicateur
from paqte.domain.documents.compte_rendu import CompteRendu, IndicateurTrimestre
from paqte.domain.periodes import Periode, local_date
from paqte.domain.secret import DIFFUSIONS

# What a cell holds once written: nothing, a text, or a number (a percentage is a fraction, a date a serial).
Valeur = str | int | Decimal | None
Document = Bilan | CompteRendu

_EPOCH = date(1899, 12, 30)
# Before that day the two calendars that spreadsheets know disagree: older dates stay text.
_FIRST = date(1900, 3, 1)
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def number_text(value: int | Decimal) -> str:
    """A number as a workbook writes it, plain and exact."""
    return str(value) if isinstance(value, int) else format(value, "f")


def fraction(percentage: Decimal) -> Decimal:
    """A percentage (0–100) as the fraction that a % format shows."""
    return percentage.scaleb(-2)


@lru_cache(maxsize=1024)
def read_date(iso: str) -> date | None:
    """The day of an ISO date or moment; None for anything else, "2026-03" included."""
    try:
        return date.fromisoformat(iso) if len(iso) <= 10 else datetime.fromisoformat(iso).date()
    except ValueError:
        return None


def date_value(iso: str) -> Valeur:
    """The serial number of a date; what is not a date stays the text it is."""
    day = read_date(iso)
    return (day - _EPOCH).days if day and day >= _FIRST else iso or None


def date_from_serial(serial: Decimal) -> str:
    """ISO text of a serial number."""
    return date.fromordinal(_EPOCH.toordinal() + int(serial)).isoformat()


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


@lru_cache(maxsize=256)
def period_label(code: str) -> str:
    """ "2026-T1" -> "1er trimestre 2026"; what is not a period stays as it is."""
    try:
        return Periode.from_code(code).libelle
    except ValueError:
        return code


def nature(code: str) -> str:
    """Label of a kind of signatory; a label stays a label."""
    return NATURES.get(code, code)


def is_entreprise(code: str) -> bool:
    """Whether it counts among the entreprises signataires (R2)."""
    return nature(code) == NATURES[ENTREPRISE]


def category(code: str) -> str:
    return CATEGORIES.get(code, code) if code else ""


def short_category(code: str) -> str:
    """The category without what its label explains between brackets: "TPE"."""
    return category(code).split(" (", 1)[0]


def convention_state(code: str) -> str:
    return ETATS.get(code, code)


def declaration_state(code: str) -> str:
    return ETATS_DECLARATION.get(code, code)


@lru_cache(maxsize=64)
def axe_label(code: str) -> str:
    """Label of an axis of the grid; what the grid does not know stays as it is."""
    axe = catalogue().axes.get(code)
    return axe.libelle if axe else code


@lru_cache(maxsize=64)
def axe_code(text: str) -> str:
    """Code of an axis given by its code or its label."""
    by_label: Mapping[str, str] = {a.libelle: a.code for a in catalogue().axes.values()}
    return by_label.get(text, text)


def capitalized(text: str) -> str:
    """The text with its first letter in capital, the others as they were."""
    return text[:1].upper() + text[1:]


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


def indicator_label(row: LigneIndicateur | IndicateurTrimestre) -> str:
    """Label of an indicator; a "dont" begins with the word, whatever the grid writes."""
    return row.titre if not row.est_dont or row.libelle.startswith("dont") else f"dont {row.titre}"


def label_and_unit(row: LigneIndicateur | IndicateurTrimestre) -> str:
    """On a page, the unit stands with the label: "Heures d’insertion (heures)"."""
    label = indicator_label(row)
    return f"{label} ({row.unite})" if row.unite else label
