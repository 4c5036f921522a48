"""One kind of workbook as data: its sheets, named cells, tables and own template; the machinery knows nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from paqte.domain.chiffres import Chiffre
from paqte.domain.colonnes import NOMBRE, POURCENT, TEXTE, Colonne

GABARITS = Path(__file__).parents[2] / "gabarits"

# Borne by the template itself, never written: which template this is.
VERSION_GABARIT = "b_version_gabarit"
# Written last, from what all the tables received.
EMPREINTE = "b_meta_tableaux"
# Bears the mark by which a reader knows a workbook of ours from any other.
FORMAT = "b_meta_format"
# Says in one line which document this is, at the head of the first sheet.
BANDEAU = "b_bandeau"
# Every kind of workbook has these two tables: the texts that had to be cleaned, and what `_meta` says of the others.
T_NETTOYAGES = "t_nettoyages"
T_META = "t_meta"


META = "_meta"
# Model rows of a table whose figures follow the unit of the row, in the order of the template.
UNITES = ("nombre", "decimal", "euros", "pourcent")
SIMPLE = ("ligne",)
# The first sheets hold tables of several shapes one above the other, on a grid of that many narrow columns.
PAS = 36


class CleanedText(NamedTuple):
    """A text cleaned before it was written: on which sheet, where, and what."""

    feuille: str
    endroit: str
    nettoyage: str


class MetaRow(NamedTuple):
    """What `_meta` says of a table: how many rows of data, and which written rows continue the one above."""

    tableau: str
    lignes: int
    suites: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `lignes` takes its rows from the document, `modele` names the model row that each one follows.

    `vide` is what its only row says when there is nothing; None leaves no row at all. `intitule` is what
    people call the table where its sheet holds several. `trace` says which rows a chart shows: they come first.
    `depuis` is the version that brought it, "" for those of the first: a template drawn before still serves.
    `liste` is the name of the table of a sheet of data, of which programs read row after row under one heading row;
    `ancienne` is the sheet on which the templates drawn before bear it.
    """

    nom: str
    feuille: str
    lignes: Callable[[Any], Iterable[Any]]
    colonnes: tuple[Colonne, ...]
    vide: str | None
    modeles: tuple[str, ...] = SIMPLE
    modele: Callable[[Any], str] | None = None
    entete: bool = True
    intitule: str = ""
    trace: Callable[[Any], bool] = lambda row: True
    depuis: str = ""
    liste: str = ""
    ancienne: str = ""

    def among(self, headings: Collection[str]) -> Table:
        """The table as a template bears it: a column that came later and has no heading there is passed over."""
        kept = tuple(c for c in self.colonnes if not c.depuis or borne_heading(c, headings) in headings)
        return self if kept == self.colonnes else replace(self, colonnes=kept)

    def moved(self, feuille: str) -> Table:
        """The table on another sheet."""
        return replace(self, feuille=feuille)

    @property
    def figures(self) -> tuple[Colonne, ...]:
        """The columns whose values may be absent; its row then says why in OBSERVATIONS (R13)."""
        return tuple(c for c in self.colonnes if c.format in (NOMBRE, POURCENT))


@dataclass(frozen=True, slots=True)
class NamedCell:
    """A named cell: `valeur` takes its value from the document. `depuis` is that of a table.

    One `is_former` serves the templates that bear it, and no other needs it.
    """

    nom: str
    feuille: str
    valeur: Callable[[Any], Any]
    format: str = TEXTE
    depuis: str = ""
    is_former: bool = False


class Piece(NamedTuple):
    """A file that goes with a workbook: its format, its name, its bytes, and who may read it (a diffusion)."""

    format: str
    nom: str
    octets: bytes
    diffusion: str


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """A kind of workbook. `genre` is its code among templates (domain.editions), `marque` what `_meta` bears.

    `nom` and `un` say it in sentences: "le bilan", "un bilan du PAQTE".
    `fichier` begins the name of its files; `pieces` are those made from the same document.
    """

    genre: str
    marque: str
    nom: str
    un: str
    fichier: str
    feuilles: tuple[str, ...]
    champs: tuple[NamedCell, ...]
    tableaux: tuple[Table, ...]
    gabarit: Path
    pieces: Callable[[Any], Iterable[Piece]] = lambda document: ()
    champs_par_nom: Mapping[str, NamedCell] = field(init=False)
    # Name of every cell and table that a template names -> its sheet.
    cellules: Mapping[str, str] = field(init=False)
    noms: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        cells = {c.nom: c.feuille for c in self.champs} | {VERSION_GABARIT: META}
        object.__setattr__(self, "champs_par_nom", {c.nom: c for c in self.champs})
        object.__setattr__(self, "cellules", cells)
        object.__setattr__(self, "noms", cells | {t.nom: t.feuille for t in self.tableaux})

    def among(self, places: Mapping[str, str]) -> Format:
        """The kind of workbook as a template bears it, given the sheet of each of its names.

        Cells, tables and sheets that came later are passed over, and so are the cells that only former templates bear;
        a table that was on another sheet is where it was.
        """
        champs = tuple(c for c in self.champs if c.nom in places or not (c.depuis or c.is_former))
        tableaux = tuple(
            t.moved(t.ancienne) if t.ancienne and places.get(t.nom) == t.ancienne else t
            for t in self.tableaux
            if not t.depuis or t.nom in places
        )
        if (champs, tableaux) == (self.champs, self.tableaux):
            return self
        left = {c.feuille for c in champs} | {t.feuille for t in tableaux}
        gone = {c.feuille for c in self.champs} | {t.feuille for t in self.tableaux}
        feuilles = tuple(title for title in self.feuilles if title in left or title not in gone)
        return replace(self, champs=champs, tableaux=tableaux, feuilles=feuilles)

    def tableau(self, nom: str) -> Table:
        """The table of that name."""
        return next(t for t in self.tableaux if t.nom == nom)


def plain_heading(heading: str) -> str:
    """A heading whatever its spaces, line breaks, capitals and apostrophes."""
    return " ".join(heading.replace("'", "’").split()).casefold()


def borne_heading(colonne: Colonne, headings: Collection[str]) -> str:
    """The heading by which a workbook bears a column, among those it has: that of today, or the one of before."""
    now, before = plain_heading(colonne.titre), plain_heading(colonne.ancien)
    return before if colonne.ancien and now not in headings and before in headings else now


def flow(nom: str, feuille: str, intitule: str, texte: Callable[[Any], str], vide: str | None) -> Table:
    """A text that runs over as many rows as it has paragraphs, without heading."""
    column = Colonne("", "", TEXTE, largeur=PAS, valeur=str)
    return Table(
        nom, feuille, lambda document: paragraphs(texte(document)), (column,), vide, entete=False, intitule=intitule
    )


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, empty ones left out."""
    return [p for p in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if p.strip()]


def answered(figure: Chiffre | None) -> bool:
    """Whether a figure is there and can be written; infinities and NaN are not figures, nor what was not told then."""
    return figure is not None and figure.valeur is not None and figure.valeur.is_finite()
