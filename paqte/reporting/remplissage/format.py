"""One kind of workbook as data: its sheets, named cells, tables and own template; the machinery knows nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

from paqte.domain.secret import DIFFUSIONS
from paqte.reporting.remplissage.colonnes import ENTIER, META, TEXTE, Tableau

GABARITS = Path(__file__).parents[1] / "gabarits"

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


@dataclass(frozen=True, slots=True)
class Champ:
    """A named cell: `valeur` takes its value from the document."""

    nom: str
    feuille: str
    valeur: Callable[[Any], Any]
    format: str = TEXTE


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """A kind of workbook. `genre` is its code among templates (domain.editions), `marque` what `_meta` bears.

    `nom` and `un` say it in sentences: "le bilan", "un bilan du PAQTE". `fichier` begins the name of its files.
    """

    genre: str
    marque: str
    nom: str
    un: str
    fichier: str
    feuilles: tuple[str, ...]
    champs: tuple[Champ, ...]
    tableaux: tuple[Tableau, ...]
    gabarit: Path
    champs_par_nom: Mapping[str, Champ] = field(init=False)
    # Name of every cell and table that a template names -> its sheet.
    cellules: Mapping[str, str] = field(init=False)
    noms: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        cells = {c.nom: c.feuille for c in self.champs} | {VERSION_GABARIT: META}
        object.__setattr__(self, "champs_par_nom", {c.nom: c for c in self.champs})
        object.__setattr__(self, "cellules", cells)
        object.__setattr__(self, "noms", cells | {t.nom: t.feuille for t in self.tableaux})

    def tableau(self, nom: str) -> Tableau:
        """The table of that name."""
        return next(t for t in self.tableaux if t.nom == nom)


def meta_fields(marque: str) -> tuple[Champ, ...]:
    """The named cells of `_meta`, the same for every kind of workbook."""
    return (
        Champ(FORMAT, META, lambda d: marque),
        Champ("b_meta_gabarit", META, attrgetter("versions.gabarit")),
        Champ("b_meta_catalogue", META, attrgetter("versions.catalogue")),
        Champ("b_meta_departement", META, attrgetter("departement")),
        Champ("b_meta_periode", META, attrgetter("periode")),
        Champ("b_meta_edition", META, attrgetter("edition"), ENTIER),
        Champ("b_meta_genere_le", META, attrgetter("genere_le")),
        Champ("b_meta_diffusion", META, lambda d: DIFFUSIONS[d.diffusion]),
        Champ("b_meta_donnees", META, attrgetter("sha256")),
        Champ(EMPREINTE, META, lambda d: None),
    )
