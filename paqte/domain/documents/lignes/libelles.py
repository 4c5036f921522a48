"""What codes of a document read as: labels of natures, states, axes, periods; what is no code stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.lignes.lignes import JUSTIFICATIF
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.conventions import CATEGORIES, ENTREPRISE, ETATS, NATURES
from paqte.domain.statuts.declarations import ETATS as ETATS_DECLARATION
from paqte.domain.statuts.declarations import ETATS_GARDES

_ETATS_DITS = {**ETATS_DECLARATION, **{ETATS_GARDES[code]: told for code, told in ETATS_DECLARATION.items()}}


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
    """Label of a size of company, "" for none."""
    return CATEGORIES.get(code, code) if code else ""


def short_category(code: str) -> str:
    """The category without what its label explains between brackets: "TPE"."""
    return category(code).split(" (", 1)[0]


def convention_state(code: str) -> str:
    """Label of the state of a convention."""
    return ETATS.get(code, code)


def declaration_state(kept: str) -> str:
    """Label of the state of a declaration, by its code or by what an edition keeps of it."""
    return _ETATS_DITS.get(kept, kept)


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


def lacking(count: int) -> str:
    """« 3 manquent », "" when nothing does."""
    return f"{count} manque{'nt' if count > 1 else ''}" if count else ""


def crossing(part: str) -> str:
    """What is said of a part of provenance that crosses the others."""
    return "parmi toutes les réponses ci-dessus" if part == JUSTIFICATIF else ""


def yes(said: bool) -> str:
    """« oui » or « non »."""
    return "oui" if said else "non"


def indicator_label(row: Any) -> str:
    """Label of an indicator; a "dont" begins with the word, whatever the grid writes."""
    return row.titre if not row.est_dont or row.libelle.startswith("dont") else f"dont {row.titre}"


def label_and_unit(row: Any) -> str:
    """On a page, the unit stands with the label: "Heures d’insertion (heures)"."""
    label = indicator_label(row)
    return f"{label} ({row.unite})" if row.unite else label
