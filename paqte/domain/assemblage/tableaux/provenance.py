"""Where the values of a bilan come from: typed by the company, on its behalf, imported, with evidence."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from paqte.domain.assemblage.donnees import OrigineLue
from paqte.domain.documents.lignes.lignes import JUSTIFICATIF, PartProvenance
from paqte.domain.statuts.declarations import ORIGINES

ENTREPRISE, POUR_COMPTE = "entreprise", "pour_compte"
_TENTH = Decimal("0.1")


def parts(rows: Iterable[OrigineLue]) -> tuple[PartProvenance, ...]:
    """How many validated values come from each origin, over all of them; () when there is none."""
    told = {
        ENTREPRISE: "saisies par l’entreprise",
        POUR_COMPTE: "saisies pour le compte de l’entreprise",
        **{code: part for part, code in _doors().items()},
        JUSTIFICATIF: "accompagnées d’un justificatif",
    }
    counted, total = dict.fromkeys(told, 0), 0
    for row in rows:
        total += row.nombre
        counted[_code(row)] += row.nombre
        counted[JUSTIFICATIF] += row.nombre if row.has_evidence else 0
    if not total:
        return ()
    return tuple(PartProvenance(code, told[code], n, total, _percent(n, total)) for code, n in counted.items())


def _doors() -> dict[str, str]:
    """What a bilan says of the values that came by a door of their own, and the first code of those that say so."""
    told: dict[str, str] = {}
    for code, origine in ORIGINES.items():
        if origine.part:
            told.setdefault(origine.part, code)
    return told


def _code(row: OrigineLue) -> str:
    part = ORIGINES[row.origine].part
    if part:
        return _doors()[part]
    return POUR_COMPTE if row.is_on_behalf else ENTREPRISE


def _percent(count: int, total: int) -> Decimal:
    return (Decimal(100 * count) / total).quantize(_TENTH, ROUND_HALF_UP)
