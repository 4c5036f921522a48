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
from paqte.domain.assemblage.confidences import counts_a_public, may_tell, speaks_of_a_public, tells_a_number
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import inside
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.comparaison import compare, lines
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.lignes import (
    ENSEMBLE_NATURES,
    LigneAction,
    LigneAvertissement,
    LigneCorrection,
    LigneEcart,
    is_of_entreprises,
)
from paqte.domain.documents.lignes_trimestre import INFIME, MASQUEE, DonneeTrimestre, PointThematique
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.indicateurs.genres import genre_of
from paqte.domain.secret import MASQUE, PUBLIABLE, VOILES, tell
from paqte.domain.statuts.conventions import ENTREPRISE, PLAN_10000
from paqte.domain.statuts.declarations import MANQUANTE

NON_DIFFUSEE = "non diffusée"
NOTE = (
    "Version publiable. Un effectif de 1 à 4 personnes des thématiques {} est écrit « < 5 ». Un total de ces "
    "thématiques est masqué (secret statistique) s’il vient de moins de trois signataires, si l’un d’eux en fait plus "
    "de 85 %, ou s’il permettait de retrouver un effectif masqué en rapprochant des lignes, des périodes ou des "
    "éditions : un chiffre masqué peut être de toute taille. Un zéro est toujours montré."
)
NOTE_LIEU = (
    "La commune d’un entrepreneur individuel en diffusion partielle n’est pas montrée, ni le lieu de ses actions."
)
# The same whatever was withheld: that there is a warning about a company's answer would already bound it (R46).
NOTE_RETENUE = (
    "Les avertissements, commentaires, corrections et changements qui portent sur ces thématiques ne figurent que dans "
    "la version interne. Réponses concernées sur la période : {}."
)
NON_REPRIS = "non repris dans la version publiable"


def publishable(document: Any, donnees: DonneesBilan, grid: Catalogue, former: Iterable[EditionPubliable] = ()) -> Any:
    """The publishable version of a bilan or of a compte rendu, given what the département published before.

    A hidden figure is absent, with « < 5 » or « masqué (secret statistique) » as its reason. Figures of measures that
    are not under secret are left as they are.
    """
    published = tuple(former)
    anciennes = [cellule for one in published for cellule in former_cells(one, donnees, grid)]
    said = tell(cells(document, donnees, grid), anciennes, unsaid_cells(donnees, grid))
    return _Veil(grid, grid.secrets, said, donnees).over(document, _last_of(published, document))


def _last_of(published: Iterable[EditionPubliable], document: Document) -> Document | None:
    """What was last published of the same document."""
    same = [one.document for one in published if type(one.document) is type(document)]
    return next((one for one in reversed(same) if one.periode == document.periode), None)


@dataclass(frozen=True, slots=True)
class _Veil:
    """Puts on a document what was decided of its figures, and on its texts what follows from that."""

    grid: Catalogue
    secrets: frozenset[str]
    said: Mapping[Hashable, str]
    donnees: DonneesBilan

    @property
    def hidden_places(self) -> frozenset[str]:
        """Numbers of conventions of sole traders under partial diffusion (R30)."""
        listed = (*self.donnees.conventions, *self.donnees.chartes)
        return frozenset(c.numero for c in listed if c.is_partial_diffusion and c.commune)

    @property
    def placeless(self) -> frozenset[str]:
        """Names of these sole traders."""
        return frozenset(c.nom for c in (*self.donnees.conventions, *self.donnees.chartes) if c.is_partial_diffusion)

    @property
    def secretive(self) -> frozenset[str]:
        """Names of the signatories that answered a measure under secret, whenever, or that worded one."""
        names = {c.signataire_id: c.nom for c in self.donnees.conventions}
        answered = {names.get(f.signataire, "") for f in self.donnees.faits if f.indicateur in self.secrets}
        return frozenset(answered | self.wording)

    @property
    def wording(self) -> frozenset[str]:
        """Names of the signatories of which a commitment in words of its own counts persons under secret (R5)."""
        return frozenset(
            c.nom
            for c in self.donnees.conventions
            if any(self._is_free(e.indicateur) and counts_a_public(e.libelle, e.unite) for e in c.engagements)
        )

    def _is_free(self, code: str) -> bool:
        return code in self.grid.indicateurs and self.grid.indicateurs[code].traits.is_free

    def over(self, document: Document, former: Document | None) -> Document:
        indicateurs = tuple(self._indicateur(rank, line) for rank, line in enumerate(document.indicateurs))
        hidden = {
            (line.code, line.nature): _now(line).motif
            for line in indicateurs
            if self._is_secret(line) and _now(line).motif
        }
        common: dict[str, Any] = {
            "diffusion": PUBLIABLE,
            "indicateurs": indicateurs,
            "thematiques": tuple(self._thematique(rank, t, hidden) for rank, t in enumerate(document.thematiques)),
            "corrections": self._corrections(document.corrections),
            "notes": (*document.notes, *self._notes(document)),
        }
        if isinstance(document, CompteRendu):
            return replace(document, **common, **self._of_compte_rendu(document))
        shown = replace(document, **common, **self._of_bilan(document, indicateurs))
        return replace(shown, ecarts=self._ecarts(document.ecarts, former, shown))

    def _of_bilan(self, bilan: Bilan, indicateurs: Iterable[Any]) -> dict[str, Any]:
        rates = {n.code: n.taux for n in indicateurs if self._is_secret(n) and is_of_entreprises(n.nature)}
        names, secretive = self._names(), self.secretive
        return {
            "signataires": tuple(self._remarked(self._place(s), secretive) for s in bilan.signataires),
            "avertissements": tuple(
                self._commented(a, secretive) for a in bilan.avertissements if not self._is_withheld(a, names)
            ),
            "actions": tuple(self._counted(a, secretive) for a in bilan.actions if not self._is_told(a, secretive)),
            "axes": tuple(replace(p, taux=rates.get(p.code, p.taux)) for p in bilan.axes),
        }

    def _of_compte_rendu(self, compte_rendu: CompteRendu) -> dict[str, Any]:
        return {
            "entreprises": tuple(self._place(e) for e in compte_rendu.entreprises),
            "donnees": tuple(self._donnee(rank, row) for rank, row in enumerate(compte_rendu.donnees)),
            "progres": tuple(self._progres(p) for p in compte_rendu.progres),
        }

    def _indicateur(self, rank: int, line: Any) -> Any:
        if self._is_free(line.code) and counts_a_public(line.libelle, line.unite):
            return replace(line, **{c: _worded(getattr(line, c)) for c in columns_of(line)})
        if not self._is_secret(line):
            return line
        if genre_of(line.genre).is_share:
            return replace(line, **{c: _share(getattr(line, c)) for c in columns_of(line) if c not in PROMESSES})
        shown = self._figures("indicateurs", rank, line)
        # Of a rate, its target and what it says is achieved, any two give the third.
        if shown["cible"].motif in VOILES or shown["taux"].motif:
            shown["taux"] = _share(line.taux)
        return replace(line, **shown)

    def _thematique(self, rank: int, line: Any, hidden: Mapping[tuple[str, str], str]) -> Any:
        parts = (_valued(part, line.nature, hidden) for part in line.valorise.split(" ; "))
        shown = replace(line, valorise=" ; ".join(parts))
        return replace(shown, **self._figures("thematiques", rank, line)) if self._is_secret(line) else shown

    def _progres(self, point: PointThematique) -> PointThematique:
        """A rate tells its numerator, even rounded to nil: none is given of what is under secret."""
        is_told = point.mesure in self.secrets and not point.taux.is_missing
        return replace(point, taux=Chiffre(None, MASQUE)) if is_told else point

    def _donnee(self, rank: int, row: DonneeTrimestre) -> DonneeTrimestre:
        """A row of data whose value is hidden says so in its state; no number of a hidden share is given."""
        if self._is_free(row.indicateur) and counts_a_public(row.libelle, row.unite) and row.valeur:
            return replace(row, etat=MASQUEE, valeur=None)
        if row.indicateur not in self.secrets or (row.valeur is None and row.etat != INFIME):
            return row
        if self.grid.indicateurs[row.indicateur].traits.is_share:
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
        given = inside(self.donnees.faits, self.donnees.periode)
        answered = [f for f in given if f.indicateur in self.secrets and f.reponse != MANQUANTE]
        notes = [NOTE.format(", ".join(self._thematiques())), NOTE_RETENUE.format(len(answered))]
        if isinstance(document, Bilan) and (kept := self._told_actions(document)):
            s = "s" if kept > 1 else ""
            notes.append(f"{kept} action{s} non reprise{s} : le texte compte des personnes de ces thématiques.")
        listed = document.signataires if isinstance(document, Bilan) else document.entreprises
        return [*notes, NOTE_LIEU] if any(one.convention in self.hidden_places for one in listed) else notes

    def _told_actions(self, bilan: Bilan) -> int:
        secretive = self.secretive
        return sum(self._is_told(a, secretive) for a in bilan.actions)

    def _is_withheld(self, a: LigneAvertissement, names: re.Pattern[str]) -> bool:
        """A warning bounds the figure it is about, be it only by its place; one about no measure may too (R46)."""
        return not a.indicateur or self._is_hidden(a) or names.search(a.message) is not None

    def _is_hidden(self, a: LigneAvertissement | LigneCorrection) -> bool:
        """Whether it is about a measure under secret, named by the grid or by the signatory."""
        return a.indicateur in self.secrets or (self._is_free(a.indicateur) and a.signataire in self.wording)

    def _commented(self, a: LigneAvertissement, secretive: frozenset[str]) -> LigneAvertissement:
        return replace(a, commentaire=NON_REPRIS) if may_tell(a.commentaire, a.signataire, secretive) else a

    def _remarked(self, ligne: Any, secretive: frozenset[str]) -> Any:
        return replace(ligne, remarques=NON_REPRIS) if may_tell(ligne.remarques, ligne.nom, secretive) else ligne

    def _is_sensitive(self, a: LigneAction, secretive: frozenset[str]) -> bool:
        of_plan = {axe.libelle for axe in self.grid.axes.values() if axe.dispositif == PLAN_10000}
        return a.axe in of_plan or a.signataire in secretive or speaks_of_a_public(f"{a.titre} {a.texte}")

    def _is_told(self, a: LigneAction, secretive: frozenset[str]) -> bool:
        return self._is_sensitive(a, secretive) and tells_a_number(f"{a.titre} {a.texte}")

    def _counted(self, a: LigneAction, secretive: frozenset[str]) -> LigneAction:
        """Who took part in an action may be the persons that a figure under secret counts."""
        is_hidden = bool(a.beneficiaires.valeur) and self._is_sensitive(a, secretive)
        shown = replace(a, beneficiaires=Chiffre(None, MASQUE)) if is_hidden else a
        return replace(shown, lieu=NON_DIFFUSEE) if a.lieu and a.signataire in self.placeless else shown

    def _corrections(self, given: Iterable[LigneCorrection]) -> tuple[LigneCorrection, ...]:
        """None of what is under secret: before and after, even hidden, say whose figure moved (R46)."""
        secretive = self.secretive
        return tuple(
            replace(c, motif=NON_REPRIS) if may_tell(c.motif, c.signataire, secretive) else c
            for c in given
            if not self._is_hidden(c)
        )

    def _ecarts(self, given: Iterable[LigneEcart], former: Document | None, shown: Document) -> tuple[LigneEcart, ...]:
        """What differs from the last published version, if there is one: it tells nothing that the two do not.

        No cell under secret names the declarations behind it.
        """
        if former is None:
            return ()
        before, names = self._without_places(former), self._names()
        behind = {
            (e.tableau, e.ligne, e.colonne): e.declarations for e in given if not names.search(f"{e.ligne} {e.colonne}")
        }
        return tuple(
            replace(e, declarations=behind.get((e.tableau, e.ligne, e.colonne), ""))
            for e in lines(compare(before, shown, Bilan.tables), {})
        )

    def _without_places(self, former: Document) -> Document:
        """The former version as it would be published now: who has hidden a place since shows it no more (R30)."""
        if isinstance(former, CompteRendu):
            return former
        listed = (*self.donnees.conventions, *self.donnees.chartes)
        gone = {c.signataire_id for c in listed if c.is_partial_diffusion}
        shown = (
            replace(s, commune=NON_DIFFUSEE) if s.signataire_id in gone and s.commune else s for s in former.signataires
        )
        actions = (
            replace(a, lieu=NON_DIFFUSEE) if a.lieu and a.signataire in self.placeless else a for a in former.actions
        )
        return replace(former, signataires=tuple(shown), actions=tuple(actions))


def _now(line: Any) -> Chiffre:
    """The figure of the document's own period."""
    chiffre: Chiffre = line.realise
    return chiffre


def _share(chiffre: Chiffre) -> Chiffre:
    """No percentage is given of a hidden number; that of zero tells zero, which may be shown."""
    return Chiffre(None, MASQUE) if chiffre.valeur or chiffre.is_infime else chiffre


def _worded(chiffre: Chiffre) -> Chiffre:
    """The same of a commitment in a signatory's own words: several answers stand in its reason, with their periods."""
    return Chiffre(None, MASQUE) if chiffre.valeur or tells_a_number(chiffre.motif) else chiffre


def _valued(part: str, nature: str, hidden: Mapping[tuple[str, str], str]) -> str:
    """ "R9 : 3 personnes" -> "R9 : < 5"; where nobody else than enterprises answers, the total is theirs (R38)."""
    code = part.split(" : ", 1)[0]
    mine = nature if nature != ENSEMBLE_NATURES or (code, nature) in hidden else ENTREPRISE
    return f"{code} : {hidden[code, mine]}" if (code, mine) in hidden else part
