"""The bilan that may leave the préfecture: the internal one, less what would tell a small number (R23, R30)."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from paqte.domain.assemblage.apports import (
    ETATS_VOILES,
    PROMESSES,
    Document,
    EditionPubliable,
    Ligne,
    cells,
    columns_of,
    former_cells,
    measure_of,
    unsaid_cells,
)
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.reponses import LATE
from paqte.domain.bilan import Bilan, Chiffre, LigneAvertissement, LigneCorrection, LigneEcart
from paqte.domain.catalogue import RATIO, Catalogue
from paqte.domain.comparaison import ABSENT, WHOLE_ROW
from paqte.domain.compte_rendu import MASQUEE, CompteRendu, DonneeTrimestre, PointThematique
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
_UNCOUNTED = frozenset({"sans réponse", "néant", ABSENT, ""})


def publishable(document: Any, donnees: DonneesBilan, grid: Catalogue, former: Iterable[EditionPubliable] = ()) -> Any:
    """The publishable version of a bilan or of a compte rendu, given what the département published before.

    A hidden figure is absent, with « < 5 » or « masqué (secret statistique) » as its reason. Figures of measures that
    are not under secret are left as they are.
    """
    anciennes = [cellule for one in former for cellule in former_cells(one, donnees, grid)]
    said = tell(cells(document, donnees, grid), anciennes, unsaid_cells(donnees, grid))
    listed = (*donnees.conventions, *donnees.chartes)
    hidden_places = frozenset(c.numero for c in listed if c.is_partial_diffusion and c.commune)
    return _Veil(grid, grid.secrets, said, hidden_places).over(document)


@dataclass(frozen=True, slots=True)
class _Veil:
    """Puts on a document what was decided of its figures, and on its texts what follows from that.

    `hidden_places` are numbers of conventions of sole traders under partial diffusion (R30).
    """

    grid: Catalogue
    secrets: frozenset[str]
    said: Mapping[Hashable, str]
    hidden_places: frozenset[str]

    def over(self, document: Document) -> Document:
        indicateurs = tuple(self._indicateur(rank, line) for rank, line in enumerate(document.indicateurs))
        hidden = {line.code: _now(line).motif for line in indicateurs if self._is_secret(line) and _now(line).motif}
        common: dict[str, Any] = {
            "diffusion": PUBLIABLE,
            "indicateurs": indicateurs,
            "thematiques": tuple(self._thematique(rank, t, hidden) for rank, t in enumerate(document.thematiques)),
            "corrections": tuple(self._correction(c) for c in document.corrections),
            "notes": (*document.notes, *self._notes(document)),
        }
        more = self._of_bilan(document, indicateurs) if isinstance(document, Bilan) else self._of_compte_rendu(document)
        return replace(document, **common, **more)

    def _of_bilan(self, bilan: Bilan, indicateurs: Iterable[Any]) -> dict[str, Any]:
        rates = {line.code: line.taux for line in indicateurs if self._is_secret(line)}
        names = self._names()
        return {
            "signataires": tuple(self._place(s) for s in bilan.signataires),
            "avertissements": tuple(self._avertissement(a, names) for a in bilan.avertissements),
            "axes": tuple(replace(p, taux=rates.get(p.code, p.taux)) for p in bilan.axes),
            "ecarts": tuple(self._ecart(e, names) for e in bilan.ecarts),
        }

    def _of_compte_rendu(self, compte_rendu: CompteRendu) -> dict[str, Any]:
        return {
            "entreprises": tuple(self._place(e) for e in compte_rendu.entreprises),
            "donnees": tuple(self._donnee(rank, row) for rank, row in enumerate(compte_rendu.donnees)),
            "progres": tuple(self._progres(p) for p in compte_rendu.progres),
        }

    def _indicateur(self, rank: int, line: Any) -> Any:
        if not self._is_secret(line):
            return line
        if line.genre == RATIO:
            return replace(line, **{c: _share(getattr(line, c)) for c in columns_of(line) if c not in PROMESSES})
        shown = self._figures("indicateurs", rank, line)
        # Of a rate, its target and what it says is achieved, any two give the third.
        if shown["cible"].motif in VOILES or shown["taux"].motif:
            shown["taux"] = _share(line.taux)
        return replace(line, **shown)

    def _thematique(self, rank: int, line: Any, hidden: Mapping[str, str]) -> Any:
        parts = (_valued(part, hidden) for part in line.valorise.split(" ; "))
        shown = replace(line, valorise=" ; ".join(parts))
        return replace(shown, **self._figures("thematiques", rank, line)) if self._is_secret(line) else shown

    def _progres(self, point: PointThematique) -> PointThematique:
        """A rate tells its numerator, even rounded to nil: none is given of what is under secret."""
        is_told = point.mesure in self.secrets and not point.taux.is_missing
        return replace(point, taux=Chiffre(None, MASQUE)) if is_told else point

    def _donnee(self, rank: int, row: DonneeTrimestre) -> DonneeTrimestre:
        """A row of data whose value is hidden says so in its state; no number of a hidden share is given."""
        if row.indicateur not in self.secrets or row.valeur is None:
            return row
        if self.grid.indicateurs[row.indicateur].genre == RATIO:
            hidden = replace(row, etat=MASQUEE, valeur=None, numerateur=None, denominateur=None)
            return hidden if row.valeur or row.numerateur else row
        said = self.said[0, "donnees", rank, "valeur"]
        return replace(row, etat=ETATS_VOILES[said], valeur=None) if said else row

    def _figures(self, table: str, rank: int, line: Ligne) -> dict[str, Any]:
        """Figures of a line, or what is said instead of them; a missing one keeps its own reason (R13)."""
        given = {column: (self.said[0, table, rank, column], getattr(line, column)) for column in columns_of(line)}
        return {
            c: Chiffre(None, said) if said and not chiffre.is_missing else chiffre
            for c, (said, chiffre) in given.items()
        }

    def _is_secret(self, line: Ligne) -> bool:
        measure = measure_of(line, self.grid)
        return measure is not None and measure.code in self.secrets

    def _place(self, ligne: Any) -> Any:
        return replace(ligne, commune=NON_DIFFUSEE) if ligne.convention in self.hidden_places else ligne

    def _names(self) -> re.Pattern[str]:
        """Finds in a text the code of a measure or of a thématique under secret."""
        codes = sorted({*self.secrets, *self._thematiques()})
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, codes)) or '(?!)'})\b")

    def _thematiques(self) -> list[str]:
        return [t for t in self.grid.thematiques if any(m.petits_nombres for m in self.grid.measures_of(t))]

    def _notes(self, document: Document) -> list[str]:
        notes = [NOTE.format(", ".join(self._thematiques()))]
        listed = document.signataires if isinstance(document, Bilan) else document.entreprises
        return [*notes, NOTE_LIEU] if any(one.convention in self.hidden_places for one in listed) else notes

    def _avertissement(self, a: LigneAvertissement, names: re.Pattern[str]) -> LigneAvertissement:
        """A warning often quotes the figure it is about; one that says of nothing what it is about may too."""
        if a.indicateur and a.indicateur not in self.secrets and not names.search(a.message):
            return a
        return replace(a, message=MASQUE, commentaire=MASQUE if a.commentaire else "")

    def _correction(self, c: LigneCorrection) -> LigneCorrection:
        if c.indicateur not in self.secrets:
            return c
        motif = c.motif if c.motif in (LATE, "") else MASQUE
        return replace(c, avant=_uncounted(c.avant), apres=_uncounted(c.apres), motif=motif)

    def _ecart(self, ecart: LigneEcart, names: re.Pattern[str]) -> LigneEcart:
        """A cell that changed tells its figures, and a row told whole may: none of what is under secret, no place.

        A warning, and so the name of its row, quotes what it is about.
        """
        is_place = ecart.colonne in ("Commune", WHOLE_ROW) and any(n in ecart.ligne for n in self.hidden_places)
        if not is_place and not names.search(f"{ecart.ligne} {ecart.colonne}"):
            return ecart
        ligne = MASQUE if ecart.tableau == "Avertissements" else ecart.ligne
        return replace(ecart, ligne=ligne, avant=_uncounted(ecart.avant), apres=_uncounted(ecart.apres))


def _now(line: Any) -> Chiffre:
    """The figure of the document's own period."""
    chiffre: Chiffre = line.trimestre if hasattr(line, "trimestre") else line.semestre
    return chiffre


def _share(chiffre: Chiffre) -> Chiffre:
    """No percentage is given of a hidden number; that of zero tells zero, which may be shown."""
    return Chiffre(None, MASQUE) if chiffre.valeur else chiffre


def _valued(part: str, hidden: Mapping[str, str]) -> str:
    """ "R9 : 3 personnes" -> "R9 : < 5"."""
    code = part.split(" : ", 1)[0]
    return f"{code} : {hidden[code]}" if code in hidden else part


def _uncounted(told: str) -> str:
    return told if told in _UNCOUNTED else MASQUE
