"""The bilan that may leave the préfecture: the internal one, less what would tell a small number (R23, R30)."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from paqte.domain.assemblage.apports import (
    COLONNES_INDICATEUR,
    COLONNES_THEMATIQUE,
    BilanLu,
    Place,
    cells,
    former_cells,
    measure_of,
    unsaid_cells,
)
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.reponses import LATE
from paqte.domain.bilan import (
    Bilan,
    Chiffre,
    LigneAvertissement,
    LigneCorrection,
    LigneEcart,
    LigneIndicateur,
    LigneSignataire,
    LigneThematique,
)
from paqte.domain.catalogue import RATIO, Catalogue
from paqte.domain.secret import MASQUE, PUBLIABLE, VOILES, tell

NON_DIFFUSEE = "non diffusée"
NOTE = (
    "Version publiable. Un effectif de 1 à 4 personnes des thématiques {} est écrit « < 5 ». Un total de ces "
    "thématiques est masqué (secret statistique) s’il vient de moins de trois signataires, si l’un d’eux en fait plus "
    "de 85 %, ou s’il permettait de retrouver un effectif masqué en rapprochant des lignes, des périodes ou des "
    "éditions : un chiffre masqué peut être de toute taille. Un zéro est toujours montré."
)
NOTE_LIEU = "La commune d’un entrepreneur individuel en diffusion partielle n’est pas montrée."
# What an answer may say without any number.
_UNCOUNTED = frozenset({"sans réponse", "néant", ""})


def publishable(bilan: Bilan, donnees: DonneesBilan, grid: Catalogue, former: Iterable[BilanLu] = ()) -> Bilan:
    """The publishable version of a bilan, given what former editions of the département published.

    A hidden figure is absent, with « < 5 » or « masqué (secret statistique) » as its reason. Figures of measures that
    are not under secret are left as they are.
    """
    anciennes = [cellule for one in former for cellule in former_cells(one, donnees, grid)]
    return _Veil(grid, tell(cells(bilan, donnees, grid), anciennes, unsaid_cells(donnees, grid))).over(bilan)


@dataclass(frozen=True, slots=True)
class _Veil:
    """Puts on a bilan what was decided of its figures, and on its texts what follows from that."""

    grid: Catalogue
    said: Mapping[Hashable, str]

    def over(self, bilan: Bilan) -> Bilan:
        indicateurs = tuple(self._indicateur(rank, line) for rank, line in enumerate(bilan.indicateurs))
        rates = {(line.axe, line.code): line.taux for line in indicateurs}
        hidden = {line.code: line.semestre for line in indicateurs if line.semestre.motif and self._is_secret(line)}
        names = self._names()
        return replace(
            bilan,
            diffusion=PUBLIABLE,
            signataires=tuple(_signataire(s) for s in bilan.signataires),
            indicateurs=indicateurs,
            thematiques=tuple(self._thematique(rank, t, hidden) for rank, t in enumerate(bilan.thematiques)),
            avertissements=tuple(self._avertissement(a, names) for a in bilan.avertissements),
            corrections=tuple(self._correction(c) for c in bilan.corrections),
            axes=tuple(replace(p, taux=rates.get((p.axe, p.code), p.taux)) for p in bilan.axes),
            notes=(*bilan.notes, *self._notes(bilan)),
            ecarts=tuple(_ecart(e, names) for e in bilan.ecarts),
        )

    def _indicateur(self, rank: int, line: LigneIndicateur) -> LigneIndicateur:
        if not self._is_secret(line):
            return line
        if line.genre == RATIO:
            shares: dict[str, Any] = {c: _share(getattr(line, c)) for c in COLONNES_INDICATEUR if c not in _PROMISED}
            return replace(line, **shares)
        shown = self._figures("indicateurs", rank, line, COLONNES_INDICATEUR)
        # Of a rate, its target and what it says is achieved, any two give the third.
        if shown["cible"].motif in VOILES or shown["taux"].motif:
            shown["taux"] = _share(line.taux)
        return replace(line, **shown)

    def _thematique(self, rank: int, line: LigneThematique, hidden: Mapping[str, Chiffre]) -> LigneThematique:
        parts = (_valued(part, hidden) for part in line.valorise.split(" ; "))
        shown = replace(line, valorise=" ; ".join(parts))
        if not self._is_secret(line):
            return shown
        return replace(shown, **self._figures("thematiques", rank, line, COLONNES_THEMATIQUE))

    def _figures(
        self, table: str, rank: int, line: LigneIndicateur | LigneThematique, columns: Iterable[str]
    ) -> dict[str, Any]:
        given = {column: getattr(line, column) for column in columns}
        return {column: self._chiffre((0, table, rank, column), c) for column, c in given.items()}

    def _chiffre(self, place: Place, chiffre: Chiffre) -> Chiffre:
        """The figure, or what is said instead of it; a missing one keeps its own reason (R13)."""
        said = self.said[place]
        return Chiffre(None, said) if said and not chiffre.is_missing else chiffre

    def _is_secret(self, line: LigneIndicateur | LigneThematique) -> bool:
        measure = measure_of(line, self.grid)
        return measure is not None and measure.code in self.grid.secrets

    def _names(self) -> re.Pattern[str]:
        """Finds in a text the code of a measure or of a thématique under secret."""
        codes = sorted({*self.grid.secrets, *self._thematiques()})
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, codes)) or '(?!)'})\b")

    def _thematiques(self) -> list[str]:
        return [t for t in self.grid.thematiques if any(m.petits_nombres for m in self.grid.measures_of(t))]

    def _notes(self, bilan: Bilan) -> list[str]:
        notes = [NOTE.format(", ".join(self._thematiques()))]
        return [*notes, NOTE_LIEU] if any(s.is_partial_diffusion for s in bilan.signataires) else notes

    def _avertissement(self, a: LigneAvertissement, names: re.Pattern[str]) -> LigneAvertissement:
        """A warning often quotes the figure it is about; one that says of nothing what it is about may too."""
        if a.indicateur and a.indicateur not in self.grid.secrets and not names.search(a.message):
            return a
        return replace(a, message=MASQUE, commentaire=MASQUE if a.commentaire else "")

    def _correction(self, c: LigneCorrection) -> LigneCorrection:
        if c.indicateur not in self.grid.secrets:
            return c
        motif = c.motif if c.motif in (LATE, "") else MASQUE
        return replace(c, avant=_uncounted(c.avant), apres=_uncounted(c.apres), motif=motif)


_PROMISED = ("cible", "reference")


def _share(chiffre: Chiffre) -> Chiffre:
    """No percentage is given of a hidden number; that of zero tells zero, which may be shown."""
    return Chiffre(None, MASQUE) if chiffre.valeur else chiffre


def _valued(part: str, hidden: Mapping[str, Chiffre]) -> str:
    """ "R9 : 3 personnes" -> "R9 : < 5"."""
    code = part.split(" : ", 1)[0]
    return f"{code} : {hidden[code].motif}" if code in hidden else part


def _uncounted(told: str) -> str:
    return told if told in _UNCOUNTED else MASQUE


def _ecart(ecart: LigneEcart, names: re.Pattern[str]) -> LigneEcart:
    if not names.search(f"{ecart.ligne} {ecart.colonne}"):
        return ecart
    return replace(ecart, avant=_uncounted(ecart.avant), apres=_uncounted(ecart.apres))


def _signataire(ligne: LigneSignataire) -> LigneSignataire:
    return replace(ligne, commune=NON_DIFFUSEE) if ligne.is_partial_diffusion and ligne.commune else ligne
