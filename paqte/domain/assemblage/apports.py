"""What each answer brings to the figures under secret of a bilan, ready for the rule of small numbers (R23)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from paqte.domain.assemblage.donnees import ConventionLue, DonneesBilan, EngagementLu
from paqte.domain.bilan import Bilan, Chiffre, LigneIndicateur, LigneThematique
from paqte.domain.catalogue import RATIO, STOCK, Catalogue, Indicateur
from paqte.domain.consolidation import Fait, inside
from paqte.domain.periodes import Periode
from paqte.domain.secret import VOILES, Cellule, Origin

Apports = dict[Origin, Decimal]
# Where a figure stands: its edition (0 for the one being made), table, rank of the row, and column.
Place = tuple[int, str, int, str]
# Columns of figures, in the order in which they deserve to be shown.
COLONNES_INDICATEUR = ("semestre", "cumul", "precedent", "un_an_avant", "taux", "cible", "reference")
COLONNES_THEMATIQUE = ("semestre", "cumul", "prevision")


@dataclass(frozen=True, slots=True)
class BilanLu:
    """What an edition published, with the facts under secret that it came from."""

    edition: int
    bilan: Bilan
    faits: tuple[Fait, ...]


def measure_of(line: LigneIndicateur | LigneThematique, grid: Catalogue) -> Indicateur | None:
    """The measure that a line counts; of a thématique, the one of its unit (R8b)."""
    if isinstance(line, LigneIndicateur):
        return grid.indicateurs.get(line.code)
    return next((m for m in grid.measures_of(line.code) if m.unite == line.unite), None)


def cells(bilan: Bilan, donnees: DonneesBilan, grid: Catalogue) -> list[Cellule]:
    """The figures under secret of a bilan about to be published."""
    return [cellule for cellule, _ in _placed(0, bilan, donnees, grid)]


def former_cells(former: BilanLu, donnees: DonneesBilan, grid: Catalogue) -> list[Cellule]:
    """The same figures of a bilan already published, with what it says of them; it says nothing of a missing one."""
    then = replace(donnees, periode=Periode.from_code(former.bilan.periode), faits=former.faits)
    return [
        replace(cellule, dite=_said(place, chiffre, cellule))
        for cellule, (place, chiffre) in _placed(former.edition, former.bilan, then, grid)
        if not chiffre.is_missing or chiffre.motif in VOILES
    ]


def unsaid_cells(donnees: DonneesBilan, grid: Catalogue) -> Iterator[Cellule]:
    """Totals of every quarter, semester and year, and since the start: what differences of figures could give."""
    sources = _Sources(donnees, grid)
    for code in sorted({f.indicateur for f in sources.faits}):
        for window in sorted(_windows(f.periode for f in sources.faits if f.indicateur == code)):
            within, since = sources.answers(code, Periode.from_code(window)), sources.since_start(code, window)
            yield Cellule(("tue", code, window), code, within)
            yield Cellule(("tue", code, f"… {window}"), code, since)


def _windows(periodes: Iterable[str]) -> set[str]:
    """Codes of the periods declared, and of the semesters and years around them."""
    known = {Periode.from_code(code) for code in set(periodes)}
    return {p.code for p in known} | {Periode.containing(p.debut, genre).code for p in known for genre in "SA"}


def _placed(
    edition: int, bilan: Bilan, donnees: DonneesBilan, grid: Catalogue
) -> Iterator[tuple[Cellule, tuple[Place, Chiffre]]]:
    """Every figure under secret with what each answer brings to it, and where it stands."""
    sources = _Sources(donnees, grid)
    tables: tuple[tuple[str, Iterable[LigneIndicateur | LigneThematique], tuple[str, ...]], ...] = (
        ("indicateurs", bilan.indicateurs, COLONNES_INDICATEUR),
        ("thematiques", bilan.thematiques, COLONNES_THEMATIQUE),
    )
    for table, lines, columns in tables:
        for rank, line in enumerate(lines):
            measure = measure_of(line, grid)
            if measure is not None and measure.code in sources.secrets and measure.genre != RATIO:
                for column in columns:
                    place = (edition, table, rank, column)
                    cellule = Cellule(place, _counted(measure, column), sources.of(measure.code, column))
                    yield cellule, (place, getattr(line, column))


def _counted(measure: Indicateur, column: str) -> str:
    """What a column counts: promises are not the same persons as achievements."""
    kind = _PROMISES.get(column)
    return f"{measure.code} {kind}" if kind else measure.code


def _said(place: Place, chiffre: Chiffre, cellule: Cellule) -> Decimal | str:
    if chiffre.valeur is None:
        return chiffre.motif
    # A rate tells its numerator.
    return cellule.valeur if place[-1] == "taux" else chiffre.valeur


_PROMISES = {"prevision": "cible", "cible": "cible", "reference": "reference"}


class _Sources:
    """Answers and promises under secret, contributor by contributor: a SIREN is one, whatever it signed (R3)."""

    def __init__(self, donnees: DonneesBilan, grid: Catalogue) -> None:
        self.secrets = grid.secrets
        self.faits = [f for f in donnees.faits if f.indicateur in self.secrets and f.valeur]
        self._grid = grid
        self._in_force = donnees.in_force
        self._siren = {c.signataire_id: c.siren for c in donnees.conventions}
        p = donnees.periode
        self._windows = {"semestre": p, "precedent": p.precedente, "un_an_avant": p.un_an_avant}

    def of(self, code: str, column: str) -> Apports:
        """What a column of a line is the sum of."""
        kind = _PROMISES.get(column)
        if kind:
            return {(c.siren, e.id, ""): v for c, e in self._engaged(code) if (v := getattr(e, kind))}
        aimed = {e.id for _, e in self._engaged(code) if e.cible is not None} if column == "taux" else None
        return self.answers(code, self._windows.get(column), aimed)

    def answers(self, code: str, window: Periode | None, engagements: Collection[int] | None = None) -> Apports:
        """What validated answers bring inside a window; of a stock, the last of each engagement (R15)."""
        kept = [f for f in self.faits if f.indicateur == code and (engagements is None or f.engagement in engagements)]
        return self._brought(code, kept if window is None else inside(kept, window))

    def _brought(self, code: str, kept: list[Fait]) -> Apports:
        if self._grid.indicateurs[code].genre == STOCK:
            kept = list(_last_of_each(kept).values())
        return {self._origin(f): Decimal(f.valeur or 0) for f in kept}

    def since_start(self, code: str, window: str) -> Apports:
        """What validated answers bring from the first day to the end of a window."""
        end = Periode.from_code(window).fin
        earlier = {p: Periode.from_code(p).fin <= end for p in {f.periode for f in self.faits}}
        return self._brought(code, [f for f in self.faits if f.indicateur == code and earlier[f.periode]])

    def _engaged(self, code: str) -> Iterator[tuple[ConventionLue, EngagementLu]]:
        return ((c, e) for c in self._in_force for e in c.engagements if e.indicateur == code)

    def _origin(self, fait: Fait) -> Origin:
        return self._siren.get(fait.signataire, f"n° {fait.signataire}"), fait.engagement, fait.periode


def _last_of_each(faits: Iterable[Fait]) -> Mapping[int, Fait]:
    return {f.engagement: f for f in sorted(faits, key=lambda f: Periode.from_code(f.periode).dernier_jour)}
