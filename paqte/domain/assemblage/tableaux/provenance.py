"""Where the values of a bilan come from: typed by the company, on its behalf, imported, with evidence."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from paqte.domain.assemblage.donnees import OrigineLue
from paqte.domain.documents.lignes.lignes import JUSTIFICATIF, PartProvenance

ENTREPRISE, POUR_COMPTE = "entreprise", "pour_compte"
# Every value is of one of these, evidence apart; the codes of a file are those of ORIGINES.
PARTS: dict[str, str] = {
    ENTREPRISE: "saisies par l’entreprise",
    POUR_COMPTE: "saisies pour le compte de l’entreprise",
    "import": "importées d’un fichier",
    "classeur": "reçues par formulaire Excel",
    JUSTIFICATIF: "accompagnées d’un justificatif",
}
_TENTH = Decimal("0.1")


def parts(rows: Iterable[OrigineLue]) -> tuple[PartProvenance, ...]:
    """How many validated values come from each origin, over all of them; () when there is none."""
    counted, total = dict.fromkeys(PARTS, 0), 0
    for row in rows:
        total += row.nombre
        counted[_code(row)] += row.nombre
        counted[JUSTIFICATIF] += row.nombre if row.has_evidence else 0
    if not total:
        return ()
    return tuple(PartProvenance(code, PARTS[code], n, total, _percent(n, total)) for code, n in counted.items())


def _code(row: OrigineLue) -> str:
    if row.origine in PARTS:
        return row.origine
    return POUR_COMPTE if row.is_on_behalf else ENTREPRISE


def _percent(count: int, total: int) -> Decimal:
    return (Decimal(100 * count) / total).quantize(_TENTH, ROUND_HALF_UP)
