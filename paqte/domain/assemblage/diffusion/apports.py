"""What each answer brings to the figures under secret of a bilan, ready for the rule of small numbers (R23)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import chain

from paqte.domain.assemblage.donnees import ConventionLue, DonneesBilan, EngagementLu
from paqte.domain.assemblage.grille import attentes
from paqte.domain.assemblage.grille.natures import natures_of
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import Fait, inside, lasting
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.lignes.lignes import ENSEMBLE_NATURES, RIEN, LigneIndicateur, LigneThematique
from paqte.domain.documents.lignes.lignes_trimestre import (
    MASQUEE,
    MOINS_DE_CINQ,
    DonneeTrimestre,
)
from paqte.domain.indicateurs.catalogue import Catalogue, Indicateur
from paqte.domain.secret import MASQUE, PETIT, VOILES, Cellule, Origin
from paqte.domain.sommes import in_order, whose_fact
from paqte.domain.statuts.conventions import ENTREPRISE

Ligne = LigneIndicateur | LigneThematique
Apports = dict[Origin, Decimal]
# Where a figure stands: its edition (0 for the one being made), table, rank of the row, and column.
Place = tuple[int, str, int, str]
# Columns of figures, in the order in which they deserve to be shown; those that a table lacks are passed over. One
# that is added to a row stands here too, or tests/domain/assemblage/diffusion/test_lues_apports.py fails.
COLONNES = (
    *("realise", "cumul", "precedent", "un_an_avant", "taux"),
    *("cible", "prevision", "reference"),
)
# The rows that bear them.
CHIFFREES = frozenset({LigneIndicateur, LigneThematique, DonneeTrimestre})
# What counts promises, and what an engagement calls them.
PROMESSES = {"prevision": "cible", "cible": "cible", "reference": "reference"}
# What a row of data says when its value is hidden.
ETATS_VOILES = {PETIT: MOINS_DE_CINQ, MASQUE: MASQUEE}


@dataclass(frozen=True, slots=True)
class EditionPubliable:
    """What an edition published, with the facts under secret that it came from.

    Of its document, the tables that bear figures under secret at least.
    """

    id: int
    document: Document
    faits: tuple[Fait, ...]


def answers_about(donnees: DonneesBilan, indicateurs: frozenset[str]) -> tuple[Fait, ...]:
    """The answers about some measures, in order of declaration; each declared period is gone through once."""

    def about(faits: Sequence[Fait]) -> list[Fait]:
        return [f for f in faits if f.indicateur in indicateurs]

    return in_order(chain.from_iterable(donnees.answers.each(("sur", indicateurs), about).values()))


def columns_of(line: Ligne) -> tuple[str, ...]:
    """The columns of figures that a line has."""
    return tuple(c for c in COLONNES if getattr(line, c, RIEN) != RIEN)


def measure_of(line: Ligne, grid: Catalogue) -> Indicateur | None:
    """The measure that a line counts; of a thématique, the one of its unit (R8b)."""
    if isinstance(line, LigneIndicateur) or line.mesure:
        return grid.indicateurs.get(line.code if isinstance(line, LigneIndicateur) else line.mesure)
    return next((m for m in grid.measures_of(line.code) if m.unite == line.unite), None)


def cells(document: Document, donnees: DonneesBilan, grid: Catalogue) -> list[Cellule]:
    """The figures under secret of a document about to be published, totals before the answers of each company."""
    return [cellule for cellule, _ in _placed(0, document, donnees, grid)]


def former_cells(former: EditionPubliable, donnees: DonneesBilan, grid: Catalogue) -> list[Cellule]:
    """The same figures of a document already published, with what it says of them; it says nothing of a missing one."""
    then = replace(donnees, periode=Periode.from_code(former.document.periode), faits=former.faits)
    return [
        replace(cellule, dite=_said(chiffre, cellule))
        for cellule, chiffre in _placed(former.id, former.document, then, grid)
        if not chiffre.is_missing or chiffre.motif in VOILES
    ]


def unsaid_cells(donnees: DonneesBilan, grid: Catalogue) -> Iterator[Cellule]:
    """Totals of every quarter, semester and year, and since the start: what differences of figures could give."""
    sources = _Sources(donnees, grid)
    for code in sorted({f.indicateur for f in sources.faits}):
        for window in sorted(_windows(f.periode for f in sources.faits if f.indicateur == code)):
            for nature in sources.natures(code):
                within = sources.answers(code, Periode.from_code(window), nature)
                yield Cellule(("tue", code, nature, window), code, within)
                yield Cellule(("tue", code, nature, f"… {window}"), code, sources.since_start(code, window, nature))


def _windows(periodes: Iterable[str]) -> set[str]:
    """Codes of the periods declared, and of the semesters and years around them."""
    known = {Periode.from_code(code) for code in set(periodes)}
    return {p.code for p in known} | {Periode.containing(p.debut, genre).code for p in known for genre in "SA"}


def _placed(
    edition: int, document: Document, donnees: DonneesBilan, grid: Catalogue
) -> Iterator[tuple[Cellule, Chiffre]]:
    """Every figure under secret of a document, with what each answer brings to it."""
    sources = _Sources(donnees, grid)
    for table, lines in document.parts_of(*CHIFFREES - {DonneeTrimestre}):
        for rank, line in enumerate(lines):
            measure = measure_of(line, grid)
            if measure is not None and sources.counts(measure.code):
                for column in columns_of(line):
                    place = (edition, table, rank, column)
                    yield (
                        Cellule(place, _counted(measure, column), sources.of(measure.code, column, line.nature)),
                        getattr(line, column),
                    )
    for table, rows in document.parts_of(DonneeTrimestre):
        for rank, row in enumerate(rows):
            if sources.counts(row.indicateur):
                place = (edition, table, rank, "valeur")
                yield Cellule(place, row.indicateur, sources.behind(row), is_total=False), _value_veiled(row)


def _value_veiled(row: DonneeTrimestre) -> Chiffre:
    """The value of a row of data as a figure, hidden if its state says so."""
    hidden = next((motif for motif, etat in ETATS_VOILES.items() if etat == row.etat), "")
    return Chiffre(row.valeur, hidden)


def _counted(measure: Indicateur, column: str) -> str:
    """What a column counts: promises are not the same persons as achievements."""
    kind = PROMESSES.get(column)
    return f"{measure.code} {kind}" if kind else measure.code


def _said(chiffre: Chiffre, cellule: Cellule) -> Decimal | str:
    if chiffre.valeur is None and not chiffre.is_infime:
        return chiffre.motif
    # A rate tells its numerator, even too small to be read.
    is_rate = isinstance(cellule.cle, tuple) and cellule.cle[-1] == "taux"
    return cellule.valeur if is_rate or chiffre.valeur is None else chiffre.valeur


def _covers(nature: str, mine: str) -> bool:
    """Whether a line counts signatories of a nature; a total, and a line of before, count all (R38)."""
    return nature in ("", ENSEMBLE_NATURES, mine)


class _Sources:
    """Answers and promises under secret, contributor by contributor: a SIREN is one, whatever it signed (R3)."""

    def __init__(self, donnees: DonneesBilan, grid: Catalogue) -> None:
        self._secrets = grid.secrets
        self.faits = [f for f in answers_about(donnees, self._secrets) if f.valeur]
        self._grid = grid
        self._bound: defaultdict[str, list[tuple[ConventionLue, EngagementLu]]] = defaultdict(list)
        for c in donnees.in_force:
            for e in c.engagements:
                if e.indicateur in self._secrets:
                    self._bound[e.indicateur].append((c, e))
        self._conventions, self._periode = donnees.conventions, donnees.periode
        self._natures = natures_of(donnees)
        # A document asks of a measure many times: by column, by line.
        self._of: Callable[[str, str], Sequence[Fait]] = cache(self._about)
        self._siren = {c.signataire_id: c.siren for c in donnees.conventions}
        p = donnees.periode
        numbers = {c.id: c.numero for c in donnees.conventions}
        self._by_row: defaultdict[tuple[str, str, str], list[Fait]] = defaultdict(list)
        for f in self.faits:
            if f.convention in numbers:
                self._by_row[numbers[f.convention], f.indicateur, f.periode].append(f)
        # None since the start. A column that is not here stops everything: what it is the sum of would be guessed.
        since_start = dict.fromkeys(("cumul", "taux"))
        self._windows = {"realise": p, "precedent": p.precedente, "un_an_avant": p.un_an_avant, **since_start}

    def counts(self, code: str) -> bool:
        """Whether a measure is a count of persons under secret; a ratio is no count."""
        return code in self._secrets and not self._grid.indicateurs[code].traits.is_pair

    def behind(self, row: DonneeTrimestre) -> Apports:
        """The answer that a row of data tells."""
        alike = self._by_row.get((row.convention, row.indicateur, row.periode), [])
        same = [f for f in alike if f.valeur == row.valeur] or alike
        return {self._origin(f): Decimal(f.valeur or 0) for f in same[:1]}

    def of(self, code: str, column: str, nature: str) -> Apports:
        """What a column of a line is the sum of, over the signatories of its nature (R38)."""
        kind, engaged = PROMESSES.get(column), list(self._engaged(code, nature))
        if kind:
            return {(c.siren, e.id, ""): v for c, e in engaged if (v := getattr(e, kind))}
        aimed = {e.id for _, e in engaged if e.cible is not None} if column == "taux" else None
        return self.answers(code, self._windows[column], nature, aimed)

    def natures(self, code: str) -> list[str]:
        """All together, then each nature that answered a measure when there are several."""
        found = sorted({self._nature_of(f) for f in self.faits if f.indicateur == code})
        return ["", *found] if len(found) > 1 else [""]

    def answers(
        self, code: str, window: Periode | None, nature: str = "", engagements: Collection[int] | None = None
    ) -> Apports:
        """What validated answers bring inside a window (R15)."""
        kept = [f for f in self._of(code, nature) if engagements is None or f.engagement in engagements]
        until = (window or self._periode).dernier_jour
        return self._brought(code, kept if window is None else inside(kept, window), until)

    def _brought(self, code: str, kept: Sequence[Fait], until: date) -> Apports:
        """Of a stock or a yes, the last answer of each signatory that is still bound on the last day (R32)."""
        if self._grid.indicateurs[code].traits.is_said_once:
            gone = attentes.gone(self._conventions, map(whose_fact, kept), until, self._grid)
            kept = [f for f in lasting(kept) if (f.departement, f.signataire, code) not in gone]
        return {self._origin(f): Decimal(f.valeur or 0) for f in kept}

    def since_start(self, code: str, window: str, nature: str = "") -> Apports:
        """What validated answers bring from the first day to the end of a window."""
        last = Periode.from_code(window)
        earlier = {p: Periode.from_code(p).fin <= last.fin for p in {f.periode for f in self.faits}}
        kept = [f for f in self._of(code, nature) if earlier[f.periode]]
        return self._brought(code, kept, last.dernier_jour)

    def _about(self, code: str, nature: str) -> Sequence[Fait]:
        return [f for f in self.faits if f.indicateur == code and _covers(nature, self._nature_of(f))]

    def _nature_of(self, fait: Fait) -> str:
        return self._natures.get(fait.signataire, ENTREPRISE)

    def _engaged(self, code: str, nature: str) -> Iterator[tuple[ConventionLue, EngagementLu]]:
        return ((c, e) for c, e in self._bound[code] if _covers(nature, c.nature))

    def _origin(self, fait: Fait) -> Origin:
        return self._siren.get(fait.signataire, f"n° {fait.signataire}"), fait.engagement, fait.periode
