"""What a bilan received as a workbook brings to a sum: its own figures, and nothing the sheet does not say (R20)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any

from paqte.domain.assemblage.grille.natures import AUTRES
from paqte.domain.assemblage.nation import PartDepartement
from paqte.domain.assemblage.territoire import (
    Ligne,
    Mesure,
    PartBeside,
    SommeObjectif,
    SommeThematique,
    measure_added,
    objective_told,
    sirens_listed,
)
from paqte.domain.chiffres import figure_read
from paqte.domain.consolidation import Somme
from paqte.domain.documents.lignes.lignes import ENSEMBLE, ENSEMBLE_NATURES, GENRES, titled
from paqte.domain.documents.lignes.tables import OBJECTIF_EXACT
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.statuts.conventions import ENTREPRISE

Row = Mapping[str, Any]
# Headings of the sheet « Indicateurs » (domain.documents.bilan).
CODE, LABEL, DONE, UPPER, LOWER = "Code", "Indicateur", "Réalisé au semestre", "Numérateur", "Dénominateur"
AIM = "Objectif"
OWED, ANSWERED, ZEROS = "Réponses attendues", "Réponses reçues", "Zéros confirmés"
VISES = tuple(c.titre for c in OBJECTIF_EXACT)
UNIT, THEME, FIRMS, FORECAST, SINCE = "Unité", "Thématique", "Entreprises engagées", "Prévision", "Depuis le début"
IN_TIME = "Dont à temps"
SIGNED = ("SIREN ou SIRET", "Nature", "Dispositifs")
# The names of the cells of its counts: enterprises, then the other natures (R2).
COUNTS = ("b_entreprises", "b_reseaux", "b_employeurs_publics", "b_associations")


@dataclass(frozen=True, slots=True)
class BilanReceived:
    """A bilan as its workbook says it: named counts by name of cell, rows by heading."""

    departement: str
    nom: str
    numero: int
    sha256: str
    champs: Mapping[str, Any]
    indicateurs: Sequence[Row]
    completude: Sequence[Row]
    thematiques: Sequence[Row] | None = None
    signataires: Sequence[Row] | None = None

    @property
    def lacks_numbers(self) -> bool:
        """Whether its shares cannot be added up: it came before the two columns, or from a template of before."""
        return any(UPPER not in row or LOWER not in row for row in self.indicateurs)


def part_received(bilan: BilanReceived, grid: Catalogue) -> PartDepartement:
    """What a workbook brings; `ecarts` says which of its figures contradict one another."""
    sums = {}
    for row in bilan.indicateurs:
        indicator = grid.indicateurs.get(row[CODE])
        if indicator is not None and indicator.is_summable:
            sums[indicator.code, _nature_told(row[LABEL])] = _somme_told(row, indicator.traits.is_pair)
    whole = next((row for row in bilan.completude if row["De"] == GENRES[ENSEMBLE]), {})
    _, *told_apart = (bilan.champs[name] for name in COUNTS)
    entreprises, *others = (bilan.champs[name] or 0 for name in COUNTS)
    return PartDepartement(
        departement=bilan.departement,
        nom=bilan.nom,
        edition_id=0,
        numero=bilan.numero,
        sha256=bilan.sha256,
        entreprises=entreprises,
        autres=sum(others),
        dus=whole.get("Attendues") or 0,
        repondus=whole.get("Validées") or 0,
        sommes=sums,
        ecarts=(*_unlike_its_numbers(bilan, grid), *_unlike_its_parts(sums)),
        beside=PartBeside(
            objectifs=_objectives_told(bilan.indicateurs, grid),
            thematiques=None if bilan.thematiques is None else dict(_measures_told(bilan.thematiques, grid)),
            natures=None if None in told_apart else dict(zip(AUTRES, others, strict=True)),
            a_temps=whole.get(IN_TIME) if whole else 0,
            sirens=None
            if bilan.signataires is None
            else sirens_listed(([row.get(name) or "" for name in SIGNED] for row in bilan.signataires), entreprises),
        ),
    )


def _objectives_told(rows: Sequence[Row], grid: Catalogue) -> dict[Ligne, SommeObjectif] | None:
    """Those of its lines; None for one of before the columns (R13)."""
    if any(heading not in row for row in rows for heading in VISES):
        return None
    summable = (row for row in rows if row[CODE] in grid.indicateurs and grid.indicateurs[row[CODE]].is_summable)
    return {
        (row[CODE], _nature_told(row[LABEL])): objective_told(
            SommeObjectif(*(row[name] for name in VISES)), _decimal_of(row.get(AIM)), grid.indicateurs[row[CODE]].genre
        )
        for row in summable
    }


def _decimal_of(cell: Any) -> Decimal | None:
    """A cell that may say in words why it has no number."""
    return None if cell is None or isinstance(cell, str) else Decimal(cell)


def _measures_told(rows: Sequence[Row], grid: Catalogue) -> Iterable[tuple[Mesure, SommeThematique]]:
    for row in rows:
        if measure_added(grid, row[CODE], row[UNIT]) is not None:
            brought = SommeThematique(
                row[FIRMS] or 0, row[FORECAST], row[DONE], row[SINCE], row[ANSWERED] or 0, row[OWED] or 0
            )
            yield (row[CODE], row[UNIT], _nature_told(row[THEME])), brought


def unknown_codes(bilan: BilanReceived, grid: Catalogue) -> tuple[str, ...]:
    """Indicators that this catalogue does not know: their figures would be lost in the sum."""
    return tuple(dict.fromkeys(row[CODE] for row in bilan.indicateurs if row[CODE] not in grid.indicateurs))


def _somme_told(row: Row, is_pair: bool) -> Somme:
    value, upper, lower = (None, row[UPPER], row[LOWER]) if is_pair else (row[DONE], None, None)
    return Somme(value, upper, lower, row[OWED] or 0, row[ANSWERED] or 0, row[ZEROS] or 0)


def _nature_told(label: str) -> str:
    """Whose figures a line tells: the end of its label, before the unit that the first page puts behind (R38)."""
    for told in (label, label.rpartition(" (")[0]):
        for nature in (*AUTRES, ENSEMBLE_NATURES):
            if told.endswith(titled("", nature)):
                return nature
    return ENTREPRISE


def _unlike_its_numbers(bilan: BilanReceived, grid: Catalogue) -> Iterable[str]:
    """Shares that their two numbers do not give (R33)."""
    for row in bilan.indicateurs:
        indicator = grid.indicateurs.get(row[CODE])
        if indicator is not None and indicator.traits.is_pair:
            given = figure_read(_somme_told(row, is_pair=True), indicator.genre)
            if row[DONE] is not None and (row[UPPER] is None or row[LOWER] is None):
                yield f"{row[CODE]}, {row[LABEL]} : sans ses deux nombres, ce taux ne s’additionne pas"
            elif (given.motif if given.is_infime else given.valeur) != row[DONE]:
                yield f"{row[CODE]}, {row[LABEL]} : le taux n’est pas celui de ses deux nombres"


def _unlike_its_parts(sums: Mapping[Ligne, Somme]) -> Iterable[str]:
    """Totals of all natures that are not the sum of the lines above them (R38)."""
    for (code, nature), whole in sums.items():
        if nature == ENSEMBLE_NATURES:
            lines = [one for (other, of), one in sums.items() if other == code and of != nature]
            if reduce(Somme.merge, lines, Somme())[:3] != whole[:3]:
                yield f"{code} : le total n’est pas la somme de ses lignes"
