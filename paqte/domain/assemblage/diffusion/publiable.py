"""The document that may leave the préfecture: the internal one, less what would tell a small number (R23, R30)."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from paqte.domain.assemblage.diffusion.apports import (
    ETATS_VOILES,
    PROMESSES,
    EditionPubliable,
    Ligne,
    answers_about,
    cells,
    columns_of,
    former_cells,
    measure_of,
    unsaid_cells,
)
from paqte.domain.assemblage.diffusion.confidences import counts_a_public, may_tell, speaks_of_a_public, tells_a_number
from paqte.domain.assemblage.diffusion.masque import tell
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.commun.comparaison import compare, lines
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.lignes.lignes import (
    ENSEMBLE_NATURES,
    NOMBRES_TUS,
    ComptesSignataires,
    Contact,
    LigneAction,
    LigneAvertissement,
    LigneCompletude,
    LigneContexte,
    LigneCorrection,
    LigneEcart,
    LigneIndicateur,
    LignePartenaire,
    LigneReponse,
    LigneSignataire,
    LigneThematique,
    PartProvenance,
    PointAxe,
    PointSignataires,
    Versions,
    is_of_entreprises,
)
from paqte.domain.documents.lignes.lignes_trimestre import (
    ETATS_INFIMES,
    MASQUEE,
    ComptesTrimestre,
    DonneeTrimestre,
    EntrepriseTrimestre,
    PointThematique,
)
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.indicateurs.genres import genre_of
from paqte.domain.secret import MASQUE, PUBLIABLE, VOILES
from paqte.domain.statuts.conventions import ENTREPRISE, PLAN_10000
from paqte.domain.statuts.declarations import MANQUANTE

NON_DIFFUSEE = "non diffusée"
NOTE = (
    "Version publiable. Un effectif de 1 à 4 personnes des thématiques {} est écrit « < 5 ». Un total de ces "
    "thématiques est masqué (secret statistique) s’il vient de moins de trois signataires, si l’un d’eux en fait plus "
    "de 85 %, ou s’il permettait de retrouver un effectif masqué en rapprochant des lignes, des périodes ou des "
    "éditions, ou en rejouant cette règle, qui est publique ; la ligne d’une entreprise peut l’être pour qu’un total "
    "soit montré. Un chiffre masqué peut être de toute taille. Un zéro est toujours montré."
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
    """The publishable version of a document, given what the département published before.

    A hidden figure is absent, with « < 5 » or « masqué (secret statistique) » as its reason. Figures of measures that
    are not under secret are left as they are. TypeError for a document that has rows of which nobody said what they
    may tell (R46).
    """
    published = tuple(former)
    anciennes = [cellule for one in published for cellule in former_cells(one, donnees, grid)]
    said = tell(cells(document, donnees, grid), anciennes, unsaid_cells(donnees, grid))
    return _Veil(grid, grid.secrets, said, donnees).over(document, _last_of(published, document))


def _last_of(published: Iterable[EditionPubliable], document: Document) -> Document | None:
    """What was last published of the same document."""
    same = [one.document for one in published if type(one.document) is type(document)]
    return next((one for one in reversed(same) if one.periode == document.periode), None)


@dataclass(frozen=True, eq=False)
class _Veil:
    """Puts on a document what was decided of its figures, and on its texts what follows from that.

    Each row is veiled by its type, wherever a document puts it: VEILS says how.
    """

    grid: Catalogue
    secrets: frozenset[str]
    said: Mapping[Hashable, str]
    donnees: DonneesBilan
    # What the lines of indicators say once veiled: why each is hidden or "", by code and nature, and the rates by code.
    hidden: Mapping[tuple[str, str], str] = field(default_factory=dict)
    rates: Mapping[str, Chiffre] = field(default_factory=dict)

    @cached_property
    def hidden_places(self) -> frozenset[str]:
        """Numbers of conventions of sole traders under partial diffusion (R30)."""
        listed = (*self.donnees.conventions, *self.donnees.chartes)
        return frozenset(c.numero for c in listed if c.is_partial_diffusion and c.commune)

    @cached_property
    def placeless(self) -> frozenset[str]:
        """Names of these sole traders."""
        return frozenset(c.nom for c in (*self.donnees.conventions, *self.donnees.chartes) if c.is_partial_diffusion)

    @cached_property
    def gone(self) -> frozenset[int]:
        """Their keys."""
        listed = (*self.donnees.conventions, *self.donnees.chartes)
        return frozenset(c.signataire_id for c in listed if c.is_partial_diffusion)

    @cached_property
    def secretive(self) -> frozenset[str]:
        """Names of the signatories that answered a measure under secret, whenever, or that worded one."""
        names = {c.signataire_id: c.nom for c in self.donnees.conventions}
        answered = {names.get(f.signataire, "") for f in answers_about(self.donnees, self.secrets)}
        return frozenset(answered | self.wording)

    @cached_property
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
        indicateurs = self._veiled(document, LigneIndicateur).values()
        hidden = {
            (line.code, line.nature): _now(line).motif
            for lines in indicateurs
            for line in lines
            if self._is_secret(line)
        }
        rates = {line.code: line.taux for lines in indicateurs for line in lines if is_of_entreprises(line.nature)}
        told = replace(self, hidden=hidden, rates=rates)
        veiled: dict[str, Any] = {
            **told._veiled(document, *VEILS),
            "notes": (*document.notes, *self._notes(document)),
        }
        for name, rows in document.parts():
            if type(rows[0]) not in VEILS and type(rows[0]) not in OUVERTES and name not in document.sans_secret:
                raise TypeError(f"{type(rows[0]).__name__} : rien ne dit ce que la version publiable en montre")
        return self._with_ecarts(document, former, replace(document, diffusion=PUBLIABLE, **veiled))

    def _veiled(self, document: Document, *kinds: type) -> dict[str, tuple[Any, ...]]:
        """The parts of a document whose rows are of these types, each row veiled, or left out."""
        return {
            name: tuple(
                s for rank, row in enumerate(rows) if (s := VEILS[type(row)](self, name, rank, row)) is not None
            )
            for name, rows in document.parts_of(*kinds)
        }

    def _indicateur(self, table: str, rank: int, line: Any) -> Any:
        """The exact numbers of a share are for whoever adds it up: they would tell persons that it does not (R23)."""
        line = replace(line, **NOMBRES_TUS)
        if self._is_free(line.code) and counts_a_public(line.libelle, line.unite):
            return replace(line, **{c: _worded(getattr(line, c)) for c in columns_of(line)})
        if not self._is_secret(line):
            return line
        if genre_of(line.genre).is_pair:
            return replace(line, **{c: _share(getattr(line, c)) for c in columns_of(line) if c not in PROMESSES})
        shown = self._figures(table, rank, line)
        # Of a rate, its target and what it says is achieved, any two give the third.
        if shown["cible"].motif in VOILES or shown["taux"].motif:
            shown["taux"] = _share(line.taux)
        return replace(line, **shown)

    def _thematique(self, table: str, rank: int, line: Any) -> Any:
        parts = (_valued(part, line.nature, self.hidden) for part in line.valorise.split(" ; "))
        shown = replace(line, valorise=" ; ".join(parts))
        return replace(shown, **self._figures(table, rank, line)) if self._is_secret(line) else shown

    def _progres(self, table: str, rank: int, point: PointThematique) -> PointThematique:
        """A rate tells its numerator, even rounded to nil: none is given of what is under secret."""
        is_told = point.mesure in self.secrets and not point.taux.is_missing
        return replace(point, taux=Chiffre(None, MASQUE)) if is_told else point

    def _donnee(self, table: str, rank: int, row: DonneeTrimestre) -> DonneeTrimestre:
        """A row of data whose value is hidden says so in its state; no number of a hidden share is given."""
        if self._is_free(row.indicateur) and counts_a_public(row.libelle, row.unite) and row.valeur:
            return replace(row, etat=MASQUEE, valeur=None)
        if row.indicateur not in self.secrets or (row.valeur is None and row.etat not in ETATS_INFIMES):
            return row
        if self.grid.indicateurs[row.indicateur].traits.is_pair:
            hidden = replace(row, etat=MASQUEE, valeur=None, numerateur=None, denominateur=None)
            return hidden if row.valeur or row.numerateur else row
        said = self.said[0, table, rank, "valeur"]
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

    def _signataire(self, table: str, rank: int, ligne: LigneSignataire) -> Any:
        told = may_tell(ligne.remarques, ligne.nom, self.secretive)
        return self._place(table, rank, replace(ligne, remarques=NON_REPRIS) if told else ligne)

    def _place(self, table: str, rank: int, ligne: Any) -> Any:
        return replace(ligne, commune=NON_DIFFUSEE) if ligne.convention in self.hidden_places else ligne

    @cached_property
    def names(self) -> re.Pattern[str]:
        """Finds in a text the code of a measure or of a thématique under secret."""
        codes = sorted({*self.secrets, *self._thematiques()})
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, codes)) or '(?!)'})\b")

    def _thematiques(self) -> list[str]:
        return [t for t in self.grid.thematiques if any(m.petits_nombres for m in self.grid.measures_of(t))]

    def _notes(self, document: Document) -> list[str]:
        given = self.donnees.answers.inside(self.donnees.periode)
        answered = [f for f in given if f.indicateur in self.secrets and f.reponse != MANQUANTE]
        notes = [NOTE.format(", ".join(self._thematiques())), NOTE_RETENUE.format(len(answered))]
        if kept := sum(self._is_told(a) for _, actions in document.parts_of(LigneAction) for a in actions):
            s = "s" if kept > 1 else ""
            notes.append(f"{kept} action{s} non reprise{s} : le texte compte des personnes de ces thématiques.")
        listed = (one for _, rows in document.parts_of(LigneSignataire, EntrepriseTrimestre) for one in rows)
        return [*notes, NOTE_LIEU] if any(one.convention in self.hidden_places for one in listed) else notes

    def _avertissement(self, table: str, rank: int, a: LigneAvertissement) -> LigneAvertissement | None:
        """A warning bounds the figure it is about, be it only by its place; one about no measure may too (R46)."""
        if not a.indicateur or self._is_hidden(a) or self._tells_another(a):
            return None
        return replace(a, commentaire=NON_REPRIS) if may_tell(a.commentaire, a.signataire, self.secretive) else a

    def _tells_another(self, a: LigneAvertissement) -> bool:
        """Whether it may bear the figure of a measure under secret: one named, or one that its own is held against."""
        own = self.grid.indicateurs.get(a.indicateur)
        against = {*own.total_de, own.numerateur, own.repete, own.dont} if own else set()
        return bool(self.names.search(a.message)) or not self.secrets.isdisjoint(against)

    def _is_hidden(self, a: LigneAvertissement | LigneCorrection) -> bool:
        """Whether it is about a measure under secret, named by the grid or by the signatory."""
        return a.indicateur in self.secrets or (self._is_free(a.indicateur) and a.signataire in self.wording)

    def _axe(self, table: str, rank: int, point: PointAxe) -> PointAxe:
        return replace(point, taux=self.rates.get(point.code, point.taux))

    def _is_sensitive(self, a: LigneAction) -> bool:
        of_plan = {axe.libelle for axe in self.grid.axes.values() if axe.dispositif == PLAN_10000}
        return a.axe in of_plan or a.signataire in self.secretive or speaks_of_a_public(f"{a.titre} {a.texte}")

    def _is_told(self, a: LigneAction) -> bool:
        return self._is_sensitive(a) and tells_a_number(f"{a.titre} {a.texte}")

    def _action(self, table: str, rank: int, a: LigneAction) -> LigneAction | None:
        """Who took part in an action may be the persons that a figure under secret counts."""
        if self._is_told(a):
            return None
        is_hidden = bool(a.beneficiaires.valeur) and self._is_sensitive(a)
        shown = replace(a, beneficiaires=Chiffre(None, MASQUE)) if is_hidden else a
        return replace(shown, lieu=NON_DIFFUSEE) if a.lieu and a.signataire in self.placeless else shown

    def _correction(self, table: str, rank: int, c: LigneCorrection) -> LigneCorrection | None:
        """None of what is under secret: before and after, even hidden, say whose figure moved (R46)."""
        if self._is_hidden(c):
            return None
        return replace(c, motif=NON_REPRIS) if may_tell(c.motif, c.signataire, self.secretive) else c

    def _with_ecarts(self, document: Document, former: Document | None, shown: Document) -> Document:
        """With what differs from the last published version, if there is one: it tells nothing that the two do not.

        No cell under secret names the declarations behind it.
        """
        told: dict[str, Any] = {name: () for name, _ in document.parts_of(LigneEcart)}
        if former is None or not document.has("ecarts"):
            return replace(shown, **told)
        given: Any = document
        behind = {
            (e.tableau, e.ligne, e.colonne): e.declarations
            for e in given.ecarts
            if not self.names.search(f"{e.ligne} {e.colonne}")
        }
        told["ecarts"] = tuple(
            replace(e, declarations=behind.get((e.tableau, e.ligne, e.colonne), ""))
            for e in lines(compare(self._without_places(former), shown, document.tables), {})
        )
        return replace(shown, **told)

    def _without_places(self, former: Document) -> Document:
        """The former version as it would be published now: who has hidden a place since shows it no more (R30)."""
        hidden: dict[str, Any] = {
            name: tuple(self._placeless(row) for row in rows)
            for name, rows in former.parts_of(LigneSignataire, LigneAction)
        }
        return replace(former, **hidden)

    def _placeless(self, row: Any) -> Any:
        if isinstance(row, LigneAction):
            return replace(row, lieu=NON_DIFFUSEE) if row.lieu and row.signataire in self.placeless else row
        return replace(row, commune=NON_DIFFUSEE) if row.signataire_id in self.gone and row.commune else row


# How a row of each type is veiled, None for one that is left out.
VEILS: Mapping[type, Callable[[Any, str, int, Any], Any]] = {
    LigneIndicateur: _Veil._indicateur,
    LigneThematique: _Veil._thematique,
    LigneSignataire: _Veil._signataire,
    EntrepriseTrimestre: _Veil._place,
    LigneAction: _Veil._action,
    LigneAvertissement: _Veil._avertissement,
    LigneCorrection: _Veil._correction,
    PointAxe: _Veil._axe,
    PointThematique: _Veil._progres,
    DonneeTrimestre: _Veil._donnee,
}
# Those that tell nothing under secret; what differs from the edition before is told again from what is published.
OUVERTES = frozenset(
    {
        *(ComptesSignataires, ComptesTrimestre, Contact, LigneCompletude, LigneContexte, LigneEcart, LignePartenaire),
        *(LigneReponse, PartProvenance, PointSignataires, Versions),
    }
)


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
    motif = hidden.get((code, mine), "")
    return f"{code} : {motif}" if motif else part
