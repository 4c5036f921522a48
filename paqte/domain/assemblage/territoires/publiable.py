"""The sum of a territory that may go out: of what is under secret, nothing but what its départements published (R23).

A figure of a measure under secret is told here when every département's own publishable file tells it, and is then
their sum; it hides when one of them hides it, whatever the number. Texts and context are those of these files. So
each figure that is given here of such measures can be worked out from files that are out already: this one teaches
nothing to whoever holds them all and every former edition, and no difference with any of them gives a hidden number
back. What a bilan received as a workbook says under secret is in no file of ours that is out: it hides the totals that
it enters. No hash of what is internal stands here either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from paqte.domain.assemblage.territoires.somme import ALONE
from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import summed
from paqte.domain.documents.commun.comparaison import compare, lines
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.lignes.lignes import ENSEMBLE_NATURES
from paqte.domain.documents.somme import (
    NOT_COMPARED,
    ContexteTerritoire,
    LigneTerritoire,
    PartTerritoire,
    SommeTerritoire,
    TextTerritoire,
    ThematiqueTerritoire,
)
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.secret import MASQUE, PUBLIABLE, VOILES
from paqte.domain.statuts.conventions import ENTREPRISE

RECUE = "bilan reçu en classeur"
MENTION = (
    "Version publiable. Des thématiques {}, un chiffre est donné quand la version publiable de chaque "
    "département le donne, et il est alors leur somme ; il est masqué (secret statistique) dès que l’une le masque, ou "
    "qu’un bilan reçu en classeur y entre, quelle que soit sa valeur. Ce fichier n’apprend donc rien sur ces "
    "thématiques que les versions publiables des départements ne disent déjà."
)
# The exact numbers are for whoever adds them up: they would tell persons that the figure does not (R23).
_EXACT = dict.fromkeys(("numerateur", "denominateur", "realise_vise", "vise", "poids_vise"))
# What a row says, and the figure that a publishable document says it by.
_OF_LIGNE = {"realise": "realise", "objectif": "cible", "taux": "taux"}
_OF_MESURE = {"prevision": "prevision", "realise": "realise", "cumul": "cumul"}

Rangee = TypeVar("Rangee", LigneTerritoire, ThematiqueTerritoire)
# A figure as it may be told: its value, and whether it hides.
Dit = tuple[Decimal | None, bool]
# The figures of a row that are told as published files tell them; None for a row that is not under secret.
Dits = Mapping[str, Dit] | None


def publishable_somme(
    somme: SommeTerritoire,
    publics: Mapping[str, Document],
    grid: Catalogue,
    *,
    textes: Sequence[TextTerritoire],
    contexte: Sequence[ContexteTerritoire],
    former: SommeTerritoire | None = None,
) -> SommeTerritoire:
    """The publishable version of a sum, from the publishable version of the document of each département that has one.

    `textes` and `contexte` are those of these versions. `former` is what was published of the same period last: what
    changed is told from the two publishable versions alone.
    """
    veil = _SommeVeil(publics, grid)
    lines_told = [(row, veil.of_line(row)) for row in map(_less_exact, somme.detail)]
    measures_told = [(row, veil.of_measure(row)) for row in map(_less_exact, somme.thematiques_detail)]
    shown = replace(
        somme,
        diffusion=PUBLIABLE,
        mention=MENTION.format(", ".join(_thematiques_secretes(grid))),
        indicateurs=tuple(
            _row_published(row, _sum_of_rows(row, lines_told), somme) for row in map(_less_exact, somme.indicateurs)
        ),
        detail=tuple(_row_published(row, told, somme) for row, told in lines_told),
        thematiques=tuple(
            _row_published(row, _sum_of_rows(row, measures_told), somme) for row in map(_less_exact, somme.thematiques)
        ),
        thematiques_detail=tuple(_row_published(row, told, somme) for row, told in measures_told),
        contexte=tuple(contexte),
        textes=tuple(textes),
        departements=tuple(_source_published(row, publics.get(row.departement)) for row in somme.departements),
        empreinte="",
        ecarts=(),
    )
    return shown if former is None else replace(shown, ecarts=lines(differences(former, shown), {}))


def differences(former: SommeTerritoire, somme: SommeTerritoire) -> list[Any]:
    """Every cell that differs from an edition of before."""
    return compare(former, somme, [table for table in somme.tables if table.champ not in NOT_COMPARED])


class _SommeVeil:
    """What the rows of a sum may say, département by département."""

    def __init__(self, publics: Mapping[str, Document], grid: Catalogue) -> None:
        self._grid, self._secrets = grid, grid.secrets
        self._lines = {
            (code, line.code, line.nature): line
            for code, document in publics.items()
            for line in getattr(document, "indicateurs", ())
        }
        self._measures = {
            (code, line.code, line.unite, line.nature): line
            for code, document in publics.items()
            for line in getattr(document, "thematiques", ())
        }

    def of_line(self, row: LigneTerritoire) -> Dits:
        """What a département brings to an indicator under secret, as its own publishable version says it."""
        own = self._grid.indicateurs[row.code]
        if self._secrets.isdisjoint({row.code, own.numerateur, own.repete, own.dont, *own.total_de}):
            return None
        return _as_published(self._lines, (row.departement, row.code, row.nature), _OF_LIGNE)

    def of_measure(self, row: ThematiqueTerritoire) -> Dits:
        """The same of a measure of a thématique."""
        known = (m.code for m in self._grid.measures_of(row.code) if m.unite == row.unite)
        if self._secrets.isdisjoint(known):
            return None
        return _as_published(self._measures, (row.departement, row.code, row.unite, row.nature), _OF_MESURE)


def _as_published(known: Mapping[Any, Any], key: tuple[str, ...], columns: Mapping[str, str]) -> Dits:
    """Figures of a département; what no file of ours tells hides, and so does what its file hides.

    Where nobody but enterprises stands, the total of all natures is theirs (R38).
    """
    own = known.get(key)
    if own is None and key[-1] == ENSEMBLE_NATURES:
        own = known.get((*key[:-1], ENTREPRISE))
    if own is None:
        return dict.fromkeys(columns, (None, True))
    figures: Mapping[str, Chiffre] = {champ: getattr(own, name) for champ, name in columns.items()}
    return {champ: (one.valeur, one.motif in VOILES or one.is_infime) for champ, one in figures.items()}


def _sum_of_rows(row: Rangee, details: Iterable[tuple[Rangee, Dits]]) -> Dits:
    """A total of what is under secret: the sum of the rows below it, where all are told; None of anything else."""
    mine = [
        told
        for one, told in details
        if (one.code, one.unite, one.nature) == (row.code, row.unite, row.nature) and told is not None
    ]
    if not mine:
        return None
    return {champ: _added_up(champ, [told[champ] for told in mine]) for champ in mine[0]}


def _added_up(champ: str, dits: Sequence[Dit]) -> Dit:
    """Rates do not add up, and the numbers that would are under secret: one that somebody has hides."""
    known = summed(value for value, _ in dits)
    if any(is_hidden for _, is_hidden in dits) or (champ == "taux" and known is not None):
        return None, True
    return known, False


def _less_exact(row: Rangee) -> Rangee:
    """A row without the exact numbers."""
    exact: dict[str, Any] = _EXACT if isinstance(row, LigneTerritoire) else {}
    return replace(row, diffusion=PUBLIABLE, **exact)


def _row_published(row: Rangee, told: Dits, somme: SommeTerritoire) -> Rangee:
    """A row with its figures as they may be told, and beside them which hide."""
    if told is None:
        return row
    given: dict[str, Any] = {champ: value for champ, (value, _) in told.items()}
    table = "indicateurs" if isinstance(row, LigneTerritoire) else "thematiques"
    titles = {c.champ: c.titre for t in somme.tables if t.champ == table for c in t.colonnes}
    hidden = [titles[champ] for champ, (_, is_hidden) in told.items() if is_hidden and champ in titles]
    mention = f"{MASQUE} : {', '.join(hidden)}" if hidden else row.mention
    return replace(row, mention=mention, **given)


def _source_published(row: PartTerritoire, public: Document | None) -> PartTerritoire:
    """Where a département's figures come from, by the hash of what is out.

    That of the internal document would let whoever tries every hidden number see which is the right one. What
    somebody wrote of a workbook received is internal too.
    """
    told = ALONE if row.controle == ALONE else RECUE
    empreinte = public.sha256 if public is not None else ""
    return replace(row, fichier="", controle=told, empreinte=empreinte, empreinte_fichier="")


def _thematiques_secretes(grid: Catalogue) -> list[str]:
    return [t for t in grid.thematiques if any(m.petits_nombres for m in grid.measures_of(t))]
